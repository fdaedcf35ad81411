"""The first page of the guidance."""

from django.shortcuts import render

from accounts.models import District
from accounts.roles import Can, may
from casework.today import today

from . import home as front
from .tabs import tabs


@may(Can.READ_GUIDANCE)
def home(request):
    user, on = request.user, today()
    matters = front.matters(user, on)
    context = {
        "section": "guidance", "tabs": tabs(request, "guidance:home"), "on": on, "desk": {"on": on, "matters": matters},
        "lines": [(matter, matter.told(on)) for matter in matters[: front.MOST]], "blocks": front.blocks(user),
    }  # fmt: skip
    if user.sees_whole_city:
        districts = District.objects.filter(active=True)
        context |= {"headings": front.headings(), "districts": front.by_district(user, districts)}
    return render(request, "guidance/home.html", context)
