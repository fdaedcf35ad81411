"""A district's plan (实施方案) as a Word file by GB/T 9704-2012: what is done for each duty, by whom, until when."""

from itertools import groupby

from accounts.models import Organisation
from casework.documents import Paper

from . import titles
from .models import Plan

_HANDED_IN = (Plan.State.SUBMITTED, Plan.State.ACCEPTED)
_NUMERALS = "一二三四五六七八九十"
_WITHOUT_PHASE = {"二（四）": "示范引领", "三": "组织实施"}


def paper(plan):
    """The Paper. One that is not submitted yet has a blank for its date, and 【】 where something is missing."""
    campaign, district = plan.campaign, plan.district.name
    lines = titles.broken(district, campaign.title, "实施方案")
    made = Paper("".join(lines), title_lines=lines, on_grid=True)
    made.text(
        f"为落实{campaign.title}（{campaign.document_number}）要求，结合{district}实际，经三方共同研究，制定本方案。"
    )
    measures = list(plan.measures.select_related("duty__phase", "duty__campaign").order_by("duty__number"))
    made.heading("一、总体要求和目标")
    made.text(plan.goals.strip() or "【没有填写】")
    made.heading("二、主要任务和举措")
    if not measures:
        made.text("【没有填写】")
    number = 0
    for numeral, (part, of_part) in zip(_NUMERALS, groupby(measures, lambda each: _part(each.duty)), strict=False):
        made.heading(f"（{numeral}）{part}", 2)
        for measure in of_part:
            number += 1
            made.text(_told(measure), label=f"{number}. {measure.duty.title}。")
    made.heading("三、组织保障")
    made.text(f"牵头单位：{plan.lead or '【没有填写】'}。联系人：{plan.contact or '【没有填写】'}。")
    made.text("各责任单位按照时间进度推进，进展按期报送调度；工会、企业方共同参与，重大情况及时会商。")
    if measures:
        made.attachments(["任务分工和时间进度表"])
    made.signature(*_bodies(plan), on=plan.submitted_on if plan.state in _HANDED_IN else None)
    if measures:
        made.appendix("", "任务分工和时间进度表")
        rows = [
            (place, each.duty.title, each.unit, f"{_day(each.begins_on)}至{_day(each.ends_on)}")
            for place, each in enumerate(measures, start=1)
        ]
        made.table(("序号", "任务", "责任单位", "时间进度"), rows, widths=(14, 56, 36, 50))
    return made


def _part(duty):
    """What a measure stands under: the phase of its duty, or what its clause is about."""
    return duty.phase.name if duty.phase else _WITHOUT_PHASE.get(duty.clause, "其他任务")


def _told(measure):
    text = measure.text.strip().rstrip("。；")
    return f"{text}。（责任单位：{measure.unit}；{_day(measure.begins_on)}至{_day(measure.ends_on)}）"


def _day(day):
    return f"{day.month}月{day.day}日"


def _bodies(plan):
    """The three organisations of the district, government first, with their own names."""
    order = {side: place for place, side in enumerate(Organisation.Side.values)}
    found = Organisation.objects.filter(district=plan.district_id)
    return [body.name for body in sorted(found, key=lambda body: (order[body.side], body.pk))]
