"""What waits for a person, and who will be written to next, and why: made by the same code that sends."""

from django.shortcuts import render

from accounts.roles import Can, may

from . import reminders
from .today import today


def mine(request):
    """All that waits for the person at this moment, near or not: what the morning's letter is cut from."""
    on = today()
    waiting = sorted(reminders.waiting([request.user], on), key=lambda matter: (matter.awaited, matter.day))
    rows = [(matter, matter.told(on)) for matter in waiting]
    return render(request, "casework/waiting.html", {"section": "desk", "rows": rows, "on": on})


@may(Can.PREVIEW_REMINDERS)
def preview(request):
    day = reminders.next_sending_day(today())
    letters = reminders.digests(reminders.people_visible_to(request.user), day)
    return render(request, "casework/reminders.html", {"section": "desk", "day": day, "letters": letters})
