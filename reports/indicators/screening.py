"""（一）风险摸排情况: the register, the sweep, prescriptions and ledger, shared figures, wages owed."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from accounts.roles import Can
from enterprises.models import Enterprise, Feed
from enterprises.models.signal import Signal
from risks.models import (
    Arrears,
    Finding,
    Inspection,
    Level,
    LevelDecision,
    Prescription,
    Rectification,
    Score,
    ScoreRun,
)
from risks.models.checklists import RiskClass, Severity
from risks.models.inspections import Outcome

from .catalogue import HEADS, Heading, Indicator, Rate, Unit, declare, firms, happened, narrowed, not_before

_S = Heading.SCREENING
_REGISTER, _LEVELS, _VISITS = Can.READ_REGISTER, Can.READ_LEVELS, Can.READ_INSPECTIONS
_LEDGER, _ARREARS, _FIGURES = Can.READ_LEDGER, Can.READ_ARREARS, Can.READ_FIGURES


def _register(campaign, on):
    """Founded later than the day is not on the list of that day."""
    return Enterprise.objects.current().filter(Q(founded_on=None) | Q(founded_on__lte=on))


# ── The score and the levels ─────────────────────────────────────────────────────────────────


def run_at(on):
    """The number of the run that was the latest on the evening of `on`; None where there was none."""
    runs = ScoreRun.objects.finished().annotate(finished_on=TruncDate("finished_at")).filter(finished_on__lte=on)
    return runs.order_by("-as_of", "-id").values_list("pk", flat=True).first()


def _screened(campaign, on):
    scores = Score.objects.filter(run=run_at(on), coverage__gt=0)
    return Enterprise.objects.current().filter(pk__in=scores.values("enterprise"))


def _decided(campaign, on):
    """The one decision of each enterprise that held on the evening of `on`."""
    rows = LevelDecision.objects.filter(campaign=campaign, decided_on__lte=on).standing()
    return LevelDecision.objects.filter(pk__in=rows.values("pk"))


def _at_level(level):
    """A person's word on the level goes before the score's."""

    def rows(campaign, on):
        decided = _decided(campaign, on)
        scored = Score.objects.filter(run=run_at(on), level=level).values("enterprise")
        by_score = Q(pk__in=scored) & ~Q(pk__in=decided.values("enterprise"))
        by_person = Q(pk__in=decided.filter(level=level).values("enterprise"))
        return Enterprise.objects.current().filter(by_score | by_person)

    return rows


declare(
    Indicator("risk.register", "名录企业", Unit.FIRMS, _S, "企业名录中的企业，已并入其他企业的不计；按成立日期",
              _register, "founded_on", capability=_REGISTER),
    Indicator("risk.screened", "已筛查企业", Unit.FIRMS, _S, "截至当日最近一轮评分中有部门数据可评的企业",
              _screened, capability=_LEVELS),
    Rate("risk.screened_rate", "筛查覆盖率", _S, "已筛查企业占名录企业", "risk.screened", "risk.register"),
    *(
        Indicator(f"risk.level_{level.name.lower()}", f"{level.label}色等级企业", Unit.FIRMS, _S,
                  "等级以工作人员确认的为准，未确认的以最近一轮评分为准", _at_level(level), capability=_LEVELS)
        for level in (Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE)
    ),
    Indicator("risk.levels_decided", "已确认等级企业", Unit.FIRMS, _S, "由工作人员确认过等级的企业；按确认日期",
              firms(_decided), capability=_LEVELS),
)  # fmt: skip


# ── Visits ───────────────────────────────────────────────────────────────────────────────────

_visits = happened(Inspection, "visited_on", state=Inspection.State.SUBMITTED)
_checkups = narrowed(_visits, outcome=Outcome.DONE)
_findings = happened(Finding, "found_on", inspection__state=Inspection.State.SUBMITTED)

declare(
    Indicator("risk.visits", "入户走访", Unit.VISITS, _S, "已提交的走访，每次计一户次；按走访日期",
              _visits, "visited_on", capability=_VISITS),
    Indicator("risk.visited_firms", "走访企业", Unit.FIRMS, _S, "走访过的企业，多次走访计一户；按走访日期",
              firms(_visits), capability=_VISITS),
    Indicator("risk.visited_heads", "走访企业职工", Unit.PEOPLE, _S, "走访过的企业名录中的从业人数之和，每户计一次",
              firms(_visits), sums=HEADS, capability=_VISITS),
    Indicator("risk.checkups", "法治体检", Unit.VISITS, _S, "完成体检的走访；按走访日期",
              _checkups, "visited_on", capability=_VISITS),
    Indicator("risk.checkup_firms", "体检企业", Unit.FIRMS, _S, "完成体检的企业，多次体检计一户；按走访日期",
              firms(_checkups), capability=_VISITS),
    Indicator("risk.findings", "发现风险", Unit.ITEMS, _S, "体检发现的不符合、部分符合事项；按发现日期",
              _findings, "found_on", capability=_VISITS),
    *(
        Indicator(f"risk.findings_{kind.value}", f"其中{kind.label}类", Unit.ITEMS, _S,
                  f"归类为“{kind.label}”的发现事项；按发现日期", narrowed(_findings, risk_class=kind), "found_on",
                  capability=_VISITS, part_of="risk.findings")
        for kind in RiskClass
    ),
    Indicator("risk.findings_grave", "其中重大问题", Unit.ITEMS, _S, "程度为“重大”的发现事项；按发现日期",
              narrowed(_findings, severity=Severity.GRAVE), "found_on", capability=_VISITS, part_of="risk.findings"),
    Indicator("risk.firms_at_fault", "发现风险的企业", Unit.FIRMS, _S, "体检有发现事项的企业，每户计一次；按发现日期",
              firms(_findings), capability=_VISITS),
)  # fmt: skip


# ── Prescriptions and ledger ─────────────────────────────────────────────────────────────────

_issued = narrowed(happened(Prescription, "signed_on"), state__in=["signed", "given"])
_ledger = happened(Rectification, "opened_on")
_closed = happened(Rectification, "closed_on")


def _overdue(campaign, on):
    """Not handed in by the evening of `on` although due before it. What was sent back since is held as it is now."""
    return _ledger(campaign, on).filter(not_before("closed_on", on), not_before("submitted_on", on), due_on__lt=on)


declare(
    Indicator("risk.prescriptions", "开具用工处方", Unit.COPIES, _S, "已签发的用工处方，作废的不计；按签发日期",
              _issued, "signed_on", capability=_LEDGER),
    Indicator("risk.prescriptions_given", "其中已送达", Unit.COPIES, _S, "已登记送达的用工处方；按送达日期",
              happened(Prescription, "given_on", state="given"), "given_on", capability=_LEDGER,
              part_of="risk.prescriptions"),
    Indicator("risk.ledger", "整改事项", Unit.CASES, _S, "列入整改台账的事项；按登记日期",
              _ledger, "opened_on", capability=_LEDGER),
    Indicator("risk.ledger_closed", "其中已销号", Unit.CASES, _S, "已复核销号的事项；按销号日期",
              _closed, "closed_on", capability=_LEDGER, part_of="risk.ledger"),
    Rate("risk.ledger_closed_rate", "整改销号率", _S, "已销号事项占整改事项", "risk.ledger_closed", "risk.ledger"),
    Indicator("risk.ledger_overdue", "其中逾期未整改", Unit.CASES, _S, "时限已过而未提交复核的事项；按整改时限",
              _overdue, "due_on", capability=_LEDGER, part_of="risk.ledger"),
    Rate("risk.ledger_overdue_rate", "整改逾期率", _S, "逾期未整改事项占整改事项",
         "risk.ledger_overdue", "risk.ledger"),
)  # fmt: skip


# ── Shared figures ───────────────────────────────────────────────────────────────────────────


def _matched(feed):
    """Enterprises of whom the feed tells something for a month of the campaign, received by the evening of `on`."""

    def rows(campaign, on):
        told = Signal.objects.annotate(stored_on=TruncDate("delivery__stored_at")).filter(
            enterprise=OuterRef("pk"), feed=feed, delivery__state="stored", stored_on__lte=on,
            month__range=(campaign.starts_on.replace(day=1), on),
        )  # fmt: skip
        return Enterprise.objects.current().filter(Exists(told))

    return rows


declare(
    *(
        Indicator(f"risk.matched_{feed.name.lower()}", f"比对{feed.label}数据企业", Unit.FIRMS, _S,
                  f"行动期间各月中有{feed.label}数据的企业，每户计一次；按部门数据入库日期",
                  _matched(feed), capability=_FIGURES)
        for feed in Feed
    )
)  # fmt: skip


# ── Wages owed ───────────────────────────────────────────────────────────────────────────────

_owed = happened(Arrears, "found_on", kind=Arrears.Kind.ARREARS, state__in=["owed", "paid"])
_paid = happened(Arrears, "paid_on", kind=Arrears.Kind.ARREARS, state="paid")

declare(
    Indicator("arrears.firms", "发现欠薪企业", Unit.FIRMS, _S, "经核实拖欠工资的企业，每户计一次；按发现日期",
              firms(_owed), capability=_ARREARS),
    Indicator("arrears.workers", "涉及职工", Unit.PEOPLE, _S, "经核实的拖欠工资所涉人数之和；按发现日期",
              _owed, "found_on", sums=F("workers"), capability=_ARREARS),
    Indicator("arrears.amount", "欠薪金额", Unit.YUAN, _S, "经核实的拖欠工资金额之和；按发现日期",
              _owed, "found_on", sums=F("amount"), capability=_ARREARS),
    Indicator("arrears.settled_firms", "其中已付清企业", Unit.FIRMS, _S, "有已付清欠薪的企业，每户计一次；按付清日期",
              firms(_paid), capability=_ARREARS, part_of="arrears.firms"),
    Indicator("arrears.settled_workers", "已付清涉及职工", Unit.PEOPLE, _S, "已付清的欠薪所涉人数之和；按付清日期",
              _paid, "paid_on", sums=F("workers"), capability=_ARREARS, part_of="arrears.workers"),
    Indicator("arrears.settled_amount", "已付清金额", Unit.YUAN, _S, "已付清的欠薪金额之和，部分支付的不计；按付清日期",
              _paid, "paid_on", sums=F("amount"), capability=_ARREARS, part_of="arrears.amount"),
)  # fmt: skip
