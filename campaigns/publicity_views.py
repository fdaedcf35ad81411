"""Pages of publicity."""

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.shortcuts import render

from accounts.roles import Can, may
from casework.scope import visible_or_404
from casework.today import today

from . import publicity_forms as forms
from .listings import PUBLICITY, publicity_of
from .models import Publicity
from .pages import SECTION, begin, deed_of, list_page
from .tabs import tabs


def begun_publicity(user):
    """Of the person's district, not saved yet."""
    if user.organisation.district_id is None:
        raise PermissionDenied("宣传信息由区市的三方登记，市级单位的不在这里统计。")
    return Publicity(district_id=user.organisation.district_id)


@may(Can.READ_CAMPAIGN)
def publicity_list(request):
    here = request.user.organisation.district_id
    reached = publicity_of(request.user, request.GET).qs.aggregate(people=Sum("reach"))["people"] or 0
    context = {
        "begins": Publicity(district_id=here).moves_for(request.user) if here else [],
        "begin_at": "campaigns:publicity_record", "reached": reached,
    }  # fmt: skip
    empty = "区市的人社、工会、企业方点击“登记宣传信息”，写明渠道、日期、链接和覆盖人次。"
    return list_page(request, PUBLICITY, publicity_of, "campaigns/_publicity.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def publicity(request, pk):
    found = visible_or_404(request.user, Publicity.objects.select_related("district", "organisation", "campaign"), pk)
    context = {"record": found, "on": today(), "timeline": found.timeline, "tabs": tabs(PUBLICITY.page)}
    return render(request, "campaigns/publicity.html", SECTION | context)


record = begin(begun_publicity, forms.RecordForm, "campaigns:publicity_list")
OF_PUBLICITY = {form.move: deed_of(Publicity, form, "district") for form in forms.OF_PUBLICITY if form.move != "record"}
