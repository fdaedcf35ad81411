"""The first page of the guidance."""

from django.shortcuts import render

from accounts.roles import Can, may
from casework.today import today

from .tabs import groups, tabs


@may(Can.READ_GUIDANCE)
def home(request):
    here = "guidance:home"
    context = {"section": "guidance", "tabs": tabs(request, here), "on": today()}
    context["groups"] = [(label, pages) for label, pages in groups(request, here) if not pages[0]["current"]]
    return render(request, "guidance/home.html", context)
