"""What a report needs to know of lay-offs, each figure with the list behind it. Counted in 件, 户, 人 or 人次."""

from dataclasses import dataclass

from django.db.models import Sum
from django.urls import reverse

from accounts.roles import Can

from .models import Help, LaidOff, Layoff


@dataclass(frozen=True)
class Figure:
    label: str
    value: int
    unit: str
    address: str = ""  # the list that holds exactly these rows


@dataclass(frozen=True)
class Group:
    label: str
    figures: list


def of(user, since=None, until=None):
    """[Group] of what `user` may see; `since`, `until`: days of report, of laying off and of help.

    户: distinct enterprises; 人: distinct people on the lists; 人次: entries of help.
    """
    rows = Layoff.objects.visible_to(user)
    reported = rows.reported(since, until)
    guided = _within(rows.filter(statutory=False), "reported_on", since, until)
    gone = _within(rows.exclude(carried_out_on=None), "carried_out_on", since, until)
    helps = _within(Help.objects.visible_to(user), "helped_on", since, until)
    whole = since is None and until is None
    return [
        Group("裁员报告", [
            Figure("达到经济性裁员标准的报告", reported.count(), "件", _reports("statutory=1") if whole else ""),
            Figure("涉及企业", reported.order_by().values("enterprise").distinct().count(), "户"),
            Figure("拟裁减", _sum(reported, "planned_cut"), "人"),
            Figure("未达到标准、予以指导", guided.count(), "件", _reports("statutory=0") if whole else ""),
            Figure("已实施裁减", gone.count(), "件"),
            Figure("实际裁减", _sum(gone, "laid_off"), "人"),
        ]),
        *(_of_kind(*told) for told in helps.tally()),
        Group("帮扶成效", [
            Figure("帮扶被裁减人员", helps.order_by().values("person").distinct().count(), "人",
                   _people("show=helped", user) if whole else ""),
            Figure("再就业", LaidOff.objects.visible_to(user).placed().count(), "人", _people("show=placed", user)),
            Figure("其中原企业招回", LaidOff.objects.visible_to(user).exclude(hiring=None).count(), "人",
                   _people("show=rehired", user)),
        ]),
    ]  # fmt: skip


def _of_kind(label, entries, people, outcomes):
    """A kind of help, and what came of it."""
    results = [Figure(f"其中{outcome}", number, "人次") for outcome, number in outcomes.items()]
    return Group(label, [Figure("受助人员", people, "人"), Figure("帮扶", entries, "人次"), *results])


def _within(rows, day, since, until):
    if since:
        rows = rows.filter(**{f"{day}__gte": since})
    return rows.filter(**{f"{day}__lte": until}) if until else rows


def _sum(rows, field):
    return rows.aggregate(total=Sum(field))["total"] or 0


def _reports(query):
    return f"{reverse('guidance:layoffs')}?show=all&{query}"


def _people(query, user):
    return f"{reverse('guidance:laid_off')}?{query}" if user.may(Can.READ_LAID_OFF) else ""
