"""Who will be written to next, and why: made by the same code that sends."""

from django.shortcuts import render

from accounts.roles import Can, may

from . import reminders
from .today import today


@may(Can.PREVIEW_REMINDERS)
def preview(request):
    day = reminders.next_sending_day(today())
    letters = reminders.digests(reminders.people_visible_to(request.user), day)
    return render(request, "casework/reminders.html", {"section": "desk", "day": day, "letters": letters})
