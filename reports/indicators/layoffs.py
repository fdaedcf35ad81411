"""（三）指导服务情况: lay-offs that were reported, and what was done for those who went.

Nobody is named: the rows behind each figure are reports, with so many people each.
"""

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from accounts.roles import Can
from guidance.models import Help, LaidOff, Layoff

from .catalogue import Heading, Indicator, Unit, declare, firms, happened, narrowed

_reported = happened(Layoff, "reported_on", statutory=True)
_gone = happened(Layoff, "carried_out_on")


def _told(code, name, unit, rule, rows, day=None, **more):
    return Indicator(
        f"layoff.{code}", name, unit, Heading.GUIDANCE, rule, rows, day, capability=Can.READ_GUIDANCE, **more
    )


def _with(counted, once=None):
    """rows(campaign, on): reports of which somebody is counted, each with how many as `told`.

    `counted(on)`: rows with a `layoff`, and of them how many. `once`: the way from a row to the person on the list; who
    stands on two lists of a district is counted with the first. Districts add up to the city, so each counts its own.
    """

    def rows(campaign, on):
        found, number = counted(on)
        if once is not None:
            same = {f"{once}likeness": OuterRef(f"{once}likeness"), f"{once}pk__lt": OuterRef(f"{once}pk")}
            here = {f"layoff__{name}": OuterRef(f"layoff__{name}") for name in ("district", "campaign")}
            found = found.exclude(Exists(found.filter(**same, **here)))
        each = found.filter(layoff=OuterRef("pk")).order_by().values("layoff").annotate(number=number)
        return (
            Layoff.objects.filter(campaign=campaign).annotate(told=Subquery(each.values("number"))).filter(told__gt=0)
        )

    return rows


def _helped(**conditions):
    """People, each once, who were helped so."""
    of = Count("person", distinct=True)
    return _with(lambda on: (Help.objects.filter(helped_on__lte=on, **conditions), of), once="person__")


def _came_to(outcome):
    """People, each once, with whom help came to this."""
    of = Count("person", distinct=True)
    return _with(lambda on: (Help.objects.filter(outcome=outcome, outcome_on__lte=on), of), once="person__")


def _placed(on):
    """People who have work again, by help or with the enterprise that let them go."""
    at_work = Help.objects.filter(outcome__in=Help.AT_WORK, outcome_on__lte=on).values("person")
    return LaidOff.objects.filter(Q(pk__in=at_work) | Q(hiring__hired_on__lte=on)), Count("pk")


def _people(code, name, rule, rows, **more):
    return _told(code, name, Unit.PEOPLE, rule, rows, "carried_out_on", sums=F("told"), **more)


_RESULTS = (
    (Help.Outcome.EMPLOYED, "与新单位建立劳动关系"), (Help.Outcome.BUSINESS, "自主创业"),
    (Help.Outcome.TRAINED, "完成技能培训"), (Help.Outcome.EASED, "经心理指导情绪平稳"),
)  # fmt: skip

declare(
    _told("reports", "裁员报告", Unit.CASES, "达到经济性裁员标准的报告；按报告日期", _reported, "reported_on"),
    _told("firms", "报告裁员的企业", Unit.FIRMS, "报告经济性裁员方案的企业，每户计一次；按报告日期", firms(_reported)),
    _told("people", "报告拟裁减人数", Unit.PEOPLE, "经济性裁员方案的拟裁减人数；按报告日期",
          _reported, "reported_on", sums=F("planned_cut")),
    _told("early", "其中不足三十日", Unit.CASES, "计划或者实际裁减距说明情况不足三十日的报告；按报告日期",
          narrowed(_reported, Q(carried_out_on__lt=F("earliest_on"))
                   | Q(carried_out_on=None, starts_on__lt=F("earliest_on"))),
          "reported_on", part_of="layoff.reports"),
    _told("guided", "未达标准予以指导", Unit.CASES, "裁减人数未达到经济性裁员标准、予以指导的；按报告日期",
          happened(Layoff, "reported_on", statutory=False), "reported_on"),
    _told("carried_out", "实施裁减", Unit.CASES, "已实施裁减的；按实际裁减日期", _gone, "carried_out_on"),
    _told("laid_off", "实际裁减人数", Unit.PEOPLE, "已实施裁减的实际人数；按实际裁减日期",
          _gone, "carried_out_on", sums=F("laid_off")),
    _people("helped", "帮扶被裁减人员", "得到就业援助、心理指导、技能提升的，每人计一次；按帮扶日期", _helped()),
    *(
        _people(f"helped_{kind.value}", f"其中{kind.label}", f"得到{kind.label}的，每人计一次；按帮扶日期",
                _helped(kind=kind), part_of="layoff.helped")
        for kind in Help.Kind
    ),
    _told("helps", "帮扶被裁减人员人次", Unit.ATTENDANCES, "帮扶被裁减人员的记录，一人一次计一人次；按帮扶日期",
          _with(lambda on: (Help.objects.filter(helped_on__lte=on), Count("pk"))), "carried_out_on", sums=F("told")),
    *(
        _people(f"came_to_{outcome.value}", f"帮扶结果：{outcome.label}", f"{rule}的，每人计一次；按结果日期",
                _came_to(outcome))
        for outcome, rule in _RESULTS
    ),
    _people("placed", "被裁减人员再就业", "已就业、已创业，或者由原企业重新招用的，每人计一次；按结果、招用日期",
            _with(_placed, once="")),
    _people("rehired", "其中原企业重新招用", "由原企业重新招用的被裁减人员；按招用日期",
            _with(lambda on: (LaidOff.objects.filter(hiring__hired_on__lte=on), Count("pk")), once=""),
            part_of="layoff.placed"),
)  # fmt: skip
