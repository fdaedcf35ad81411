"""What waits for a person, what they want to be written to about, and who will be written to next, and why."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Can, may

from . import reminders
from .desk import Desk
from .forms import LettersForm
from .pages import render_list
from .today import today


def mine(request):
    """All that waits for the person at this moment, near or not: what the morning's letter is cut from."""
    asked = {name: request.GET.get(name, "") for name in ("when", "kind")}
    context = {"section": "desk", "desk": Desk(request.user, today(), **asked)}
    return render_list(request, "casework/waiting.html", "casework/_waiting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_letters(request):
    """Which kinds of matters the morning's letter names."""
    form = LettersForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "已保存，从下一封提醒起按新的选择发送。")
        return redirect("casework:letters")
    status = 422 if form.errors else 200
    return render(request, "casework/letters.html", {"section": "desk", "form": form}, status=status)


@may(Can.PREVIEW_REMINDERS)
def preview(request):
    day = reminders.next_sending_day(today())
    letters = reminders.digests(reminders.people_visible_to(request.user), day)
    return render(request, "casework/reminders.html", {"section": "desk", "day": day, "letters": letters})
