"""The catalogue as pages: all figures as of a day, and the rows behind each."""

from datetime import date

from django.http import Http404
from django.shortcuts import redirect, render

from accounts.models import District
from accounts.roles import Can, may
from campaigns.models import Campaign
from casework.pages import page_of, query_without, render_list
from casework.today import today

from .indicators import checks, rows, tables
from .indicators.catalogue import Heading, readable_by
from .listings import ROWS, rows_of
from .tabs import tabs

_SECTION = {"section": "reports"}


@may(Can.READ_REPORTS)
def indicators(request):
    """Every figure that the person may open, district by district."""
    campaign = Campaign.objects.running(today())
    latest = tables.cut_off(campaign, today())
    on, refused = day_asked(request.GET.get("on", ""), latest)
    readable = readable_by(request.user)
    table = tables.of(readable, campaign, on=on, user=request.user)
    before = tables.of(readable, campaign, on=checks.earlier(on), user=request.user) if checks.earlier(on) else None
    districts = _districts(request.user)
    hints = checks.of(table, [district.pk for district in districts], before=before)
    context = {
        "campaign": campaign, "on": on, "latest": latest, "refused": refused, "districts": districts,
        "groups": _groups(readable, table, districts, hints), "checked": checks.in_force(on),
        "tabs": tabs("reports:indicators", request.user),
        "hints": _told(hints, readable, districts, on),
    }  # fmt: skip
    return render(request, "reports/indicators.html", _SECTION | context)


@may(Can.READ_REPORTS)
def indicator_rows(request):
    """The rows behind a figure."""
    if not request.GET.get("code"):
        return redirect("reports:indicators")
    filters = rows_of(request.user, request.GET)
    if filters.indicator is None and request.GET["code"] not in filters.readable:
        raise Http404("没有这项指标，或者您的岗位不能查看它的明细。")
    page = page_of(filters.qs, request.GET)
    context = {
        "tabs": tabs("reports:indicators", request.user), "filters": filters,
        "indicator": filters.readable[request.GET["code"]], "page": page, "page_name": ROWS.page,
        "listed": [_row(row) for row in page.rows], "on": filters.day, "total": _total(filters),
        "views": request.user.saved_views.filter(page=ROWS.page),
    }  # fmt: skip
    response = render_list(request, "reports/rows.html", "reports/_rows.html", _SECTION | context)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


def day_asked(text, latest):
    """(the day, a sentence where the one asked for cannot be)."""
    if not text:
        return latest, ""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return latest, "日期请按 2023-11-20 的形式填写，现按截止日列出。"
    return (asked, "") if asked <= latest else (latest, f"数据截至 {latest:%Y-%m-%d}，不能查看以后的日期。")


def _districts(user):
    everywhere = District.objects.all()
    return list(everywhere if user.sees_whole_city else everywhere.filter(pk=user.organisation.district_id))


def _groups(readable, table, districts, hints):
    """[(heading, [(indicator, address, cells, total)])]; a cell is (value in words, address, whether it looks odd)."""
    odd = {(hint.code, hint.district) for hint in hints}
    groups = {}
    for each in readable:
        cells = [
            (table.shown(each.code, district.pk), each.address(district.pk, table.on), (each.code, district.pk) in odd)
            for district in districts
        ]
        line = (each, each.address(on=table.on), cells, table.shown(each.code))
        groups.setdefault(each.heading, []).append(line)
    return [(Heading(heading).label, lines) for heading, lines in groups.items()]


def _told(hints, readable, districts, on):
    """(district, name of the indicator, sentence, address) of each hint."""
    known, names = {each.code: each for each in readable}, {district.pk: district for district in districts}
    return [
        (names[hint.district], known[hint.code].name, hint.sentence, known[hint.code].address(hint.district, on))
        for hint in hints
    ]


def _total(filters):
    """The figure itself, for the rows that are listed."""
    if filters.indicator is None:
        return "—"
    district = filters.form.cleaned_data.get("district")
    table = tables.of([filters.indicator], filters.campaign, on=filters.day, user=filters.user)
    return table.shown(filters.indicator.code, district.pk if district else None)


def _row(row):
    return {
        "name": rows.name_of(row), "uscc": rows.code_of(row), "district": row.district, "words": rows.words_of(row),
        "address": rows.address_of(row), "on": row.counted_on, "share": row.share, "money": row.counts_money,
    }  # fmt: skip
