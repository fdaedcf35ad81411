"""Real records that may serve as typical cases, told as background, action and result without the people in them."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType

from campaigns.models import Exemplar
from casework.masking import masked
from negotiations.models import Contract
from risks.models import Arrears, MajorRisk, Rectification
from risks.models.majors import MajorState
from risks.models.rectifications import RectificationState

MOST_OFFERED = 30


@dataclass(frozen=True)
class Candidate:
    """A record and how it reads: `key` names it in forms, as 12-345 (content type, id)."""

    key: str
    kind: str
    day: object
    title: str
    background: str
    action: str
    result: str


def offered(report):
    """Concluded records of the district in the campaign, the latest of each kind first; at most thirty."""
    found = [candidate for kind in _KINDS for candidate in _of(report, *kind)]
    return sorted(found, key=lambda candidate: candidate.day, reverse=True)[:MOST_OFFERED]


def _of(report, label, rows, day, tell):
    kind = ContentType.objects.get_for_model(rows.model)
    here = rows.filter(campaign=report.campaign_id, district=report.district_id).select_related("enterprise")
    for row in here.order_by(f"-{day}")[:MOST_OFFERED]:
        firm = row.enterprise
        names = [firm.legal_representative, firm.contact] if firm else []
        words = [masked(text.strip(), names=names) for text in tell(row)]
        yield Candidate(f"{kind.pk}-{row.pk}", label, getattr(row, day), *words)


def _arrears(row):
    firm = row.enterprise.name
    return (
        f"{firm}欠薪化解案例",
        f"{row.found_on.month}月{row.found_on.day}日，通过{row.get_source_display()}发现{firm}拖欠{row.workers}名职工"
        f"{row.months}个月工资，共{row.amount / 1_000_000:,.2f}万元。{row.remark}",
        "人社部门会同工会上门核实，指导企业制定支付计划，跟踪督促到位。",
        f"{row.paid_on.month}月{row.paid_on.day}日，拖欠的工资全部付清。",
    )


def _rectification(row):
    firm = row.enterprise.name
    return (
        f"{firm}{row.matter}案例",
        f"走访体检发现{firm}存在问题，{row.opened_on.month}月{row.opened_on.day}日列入整改台账：{row.matter}。",
        "出具用工处方，明确整改时限和负责人，逐项指导整改。",
        f"{row.outcome}{row.closed_on.month}月{row.closed_on.day}日复核销号。",
    )


def _major(row):
    firm = row.enterprise.name
    people = f"，涉及职工{row.people}人" if row.people else ""
    measures = "；".join(measure.words for measure in row.measures.all())
    return (
        f"{firm}{row.get_kind_display()}风险早期介入案例",
        f"{row.flagged_on.month}月{row.flagged_on.day}日，研判{firm}可能引发{row.get_kind_display()}{people}。{row.grounds}",
        f"采取的措施：{measures}。",
        row.outcome,
    )


def _contract(row):
    firm = row.enterprise.name if row.enterprise else row.trade
    covered = f"，覆盖职工{row.workers}人" if row.workers else ""
    return (
        f"{firm}集体协商案例",
        f"{firm}职工方与企业方就工资等事项开展集体协商。",
        f"双方代表依法召开协商会议，{row.signed_on.month}月{row.signed_on.day}日签订{row.get_kind_display()}。",
        f"合同于{row.in_force_on.month}月{row.in_force_on.day}日生效{covered}。",
    )


def _exemplar(row):
    told = row.told()
    return told["title"], told["background"], told["measures"], told["result"]


_KINDS = (
    ("欠薪化解", Arrears.objects.filter(state="paid", paid_on__isnull=False), "paid_on", _arrears),
    ("整改销号", Rectification.objects.filter(state=RectificationState.CLOSED), "closed_on", _rectification),
    ("早期介入", MajorRisk.objects.filter(state=MajorState.SETTLED), "ended_on", _major),
    ("示范引领", Exemplar.objects.published(), "published_on", _exemplar),
    ("集体协商", Contract.objects.filter(in_force_on__isnull=False), "in_force_on", _contract),
)
