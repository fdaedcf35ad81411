"""Limits of law on visits, the checklist as it is shipped, merging of drafts, and who may do what."""

import tomllib
from datetime import date

import pytest

from accounts.roles import Role
from campaigns.models import Campaign
from casework import drafts
from risks import facts, limits, reference, runs, scoring, sweeps, tone
from risks.limits import Kind
from risks.models import (
    Arrears,
    Inspection,
    Item,
    Level,
    LevelDecision,
    MajorRisk,
    Score,
    Subject,
    Sweep,
)
from tests import make
from tests.casework import lifecycles

OFFICER, SUPERVISOR, UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR


# ── Limits ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "checked", "warned"),
    [("checkup", 9, False), ("routine", 1, False), ("routine", 2, True), ("special", 0, False), ("special", 1, True)],
)
def test_a_check_beyond_the_years_limit_is_warned_of_and_a_checkup_never(kind, checked, warned):
    assert bool(limits.warning(kind, checked, on=make.ON)) is warned


def test_before_the_regulation_was_in_force_it_limits_nothing():
    assert limits.warning(Kind.ROUTINE, 5, on=date(2019, 6, 1)) == ""


@pytest.mark.parametrize(
    ("kind", "side", "least"),
    [("checkup", "workers", 2), ("checkup", "government", 1), ("routine", "government", 2), ("special", "workers", 2)],
)
def test_a_unions_check_and_every_check_of_the_inspectorate_takes_two(kind, side, least):
    assert limits.least_inspectors(kind, side, on=make.ON) == least


# ── The checklist ──────────────────────────────────────────────────────────────────────────────


def test_the_checklist_covers_the_fourteen_subjects_each_item_with_its_law():
    content = tomllib.loads(reference.CHECKUP.read_text("utf-8"))
    subjects = {int(item["number"].split(".")[0]) for item in content["item"]}
    assert subjects == set(Subject)
    assert all("《" in item["basis"] and "条" in item["basis"] for item in content["item"] if item["number"] != "14.1")


def test_every_reason_that_the_card_can_give_has_its_question_and_the_checklist_names_no_other():
    content = tomllib.loads(reference.CHECKUP.read_text("utf-8"))
    known = {item.key for item in make.CARD.items} | {rule.title for rule in make.CARD.rules}
    assert known == set(content["questions"])
    assert {reason for item in content["item"] for reason in item.get("reasons", ())} <= known


@pytest.mark.django_db
def test_consequences_and_advice_suggest_and_never_order():
    for item in Item.objects.all():
        assert not tone.order_words(item.advice + item.consequence), item


@pytest.mark.django_db
def test_loading_again_changes_nothing():
    reference.load()
    assert make.checklist().items.count() == len(tomllib.loads(reference.CHECKUP.read_text("utf-8"))["item"])


# ── Drafts ─────────────────────────────────────────────────────────────────────────────────────

# now, typed, base, choice -> changed, conflict, settled
MERGES = [
    ("", "厂长", "", None, "厂长", None, None),  # only I wrote
    ("厂长", "", "", None, None, None, None),  # only the other wrote
    ("厂长", "厂长", "", None, None, None, None),  # both wrote the same
    ("厂长", "主管", "", None, None, ("主管", "厂长"), None),
    ("厂长", "主管", "", "mine", "主管", None, ("主管", "厂长")),
    ("厂长", "主管", "", "theirs", None, None, ("厂长", "主管")),
    ("厂长", "", "厂长", None, "", None, None),  # I took it out
    ("", "主管", "厂长", None, None, ("主管", ""), None),  # the other took it out, I changed it
]


@pytest.mark.parametrize(("now", "typed", "base", "choice", "changed", "conflict", "settled"), MERGES)
def test_a_save_takes_what_a_person_changed_and_writes_over_nobody(
    now, typed, base, choice, changed, conflict, settled
):
    merged = drafts.merge({"a": now}, {"a": typed, "foreign": "x"}, {"a": base}, {"a": choice} if choice else None)
    assert merged.changed == ({} if changed is None else {"a": changed})
    assert merged.conflicts == ({} if conflict is None else {"a": conflict})
    assert merged.settled == ({} if settled is None else {"a": settled})


# ── Who may do what ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def people(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office):
    return lifecycles.by_role(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office)


def of_huancui(model, state, **fields):
    """A record of Huancui in a state, however it got there; None: not saved."""
    firm = make.enterprise()
    base = {"district_id": "371002", "campaign": Campaign.objects.running(make.ON)} | fields
    if hasattr(model, "enterprise"):
        base |= {"enterprise": firm}
    record = model(**base)
    if state is not None:
        record.state = state
        record.save()
    return record


@pytest.mark.django_db
def test_levels_are_decided_by_the_government_side_and_proposed_by_the_union(people, huancui_officer):
    def record_in(state):
        decided = {"decided_by": huancui_officer, "decided_on": make.ON} if state == "decided" else {}
        return of_huancui(LevelDecision, state, level=Level.RED, reason="核实", **decided)

    proposed = LevelDecision.State.PROPOSED
    assert lifecycles.allowed(record_in, people) == {
        (None, "propose", UNION),
        (None, "decide", OFFICER),
        (None, "decide", SUPERVISOR),
        *((proposed, move, role) for move in ("adopt", "decline") for role in (OFFICER, SUPERVISOR)),
    }


@pytest.mark.django_db
def test_arrears_are_recorded_by_the_government_side_and_reported_by_the_union(people):
    def record_in(state):
        paid = {"paid": 100, "paid_on": make.ON} if state == "paid" else {}
        return of_huancui(Arrears, state, workers=1, months=1, amount=100, found_on=make.ON, source="visit", **paid)

    reported, owed = Arrears.State.REPORTED, Arrears.State.OWED
    assert lifecycles.allowed(record_in, people) == {
        (None, "report", UNION),
        *((None, "record", role) for role in (OFFICER, SUPERVISOR)),
        *((reported, move, role) for move in ("verify", "dismiss") for role in (OFFICER, SUPERVISOR)),
        *((owed, move, role) for move in ("amend", "pay", "settle", "dismiss") for role in (OFFICER, SUPERVISOR)),
    }


@pytest.mark.django_db
def test_a_plan_is_the_supervisors(people, huancui_supervisor):
    def record_in(state):
        return of_huancui(
            Sweep, state, title="走访", run=make.run(), organisation=huancui_supervisor.organisation, size=1, seed="x",
            starts_on=make.ON, ends_on=make.ON, pool=b"", pool_sha256="",
        )  # fmt: skip

    proposed, confirmed = Sweep.State.PROPOSED, Sweep.State.CONFIRMED
    assert lifecycles.allowed(record_in, people) == {
        (None, "propose", SUPERVISOR),
        *((proposed, move, SUPERVISOR) for move in ("deal", "send", "strike", "add", "confirm", "cancel")),
        *((confirmed, move, SUPERVISOR) for move in ("send", "strike", "add", "cancel")),
    }


@pytest.mark.django_db
def test_a_checkup_is_written_by_its_inspectors_alone(people, huancui_officer):
    inspector = make.person("goes_there", OFFICER, district="371002")

    def record_in(state):
        record = of_huancui(
            Inspection, state, organisation=huancui_officer.organisation, checklist=make.checklist(),
            opened_by=inspector, visited_on=make.ON,
        )  # fmt: skip
        if state:
            record.inspectors.add(inspector)
        return record

    draft, submitted = Inspection.State.DRAFT, Inspection.State.SUBMITTED
    assert lifecycles.allowed(record_in, people | {"inspector": inspector}) == {
        *((None, "open", who) for who in (OFFICER, SUPERVISOR, UNION, "inspector")),
        *((draft, move, "inspector") for move in ("keep", "accompany", "submit")),
        *((draft, move, SUPERVISOR) for move in ("accompany", "withdraw")),
        (submitted, "withdraw", SUPERVISOR),
    }


# ── What people know drives levels ─────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_known_arrears_lift_the_level_of_the_next_run_until_they_are_paid(huancui_officer):
    firm, other = make.enterprise(), make.enterprise()
    owed = make.arrears(firm, workers=12, months=2)
    make.arrears(other, kind="delay", months=0, delay_days=20)

    def scored():
        run = runs.begin(date(2023, 10, 1))
        runs.score_part(run, 0)
        return {row.enterprise_id: (row.level, row.reasons) for row in Score.objects.filter(run=run)}

    levels = scored()
    assert levels[firm.pk][0] == Level.RED
    assert "已确认拖欠 12 人工资 2 个月" in levels[firm.pk][1][0]
    assert levels[other.pk][0] == Level.YELLOW
    owed.settle(by=huancui_officer, on=make.ON, paid_on=make.ON)
    assert scored()[firm.pk] == (Level.BLUE, [])


@pytest.mark.django_db
def test_a_major_risk_and_a_stopped_enterprise_are_facts_until_they_are_settled_or_seen_at_work(huancui_officer):
    claims, layoff, stopped, resumed = (make.enterprise() for _ in range(4))
    campaign = Campaign.objects.running(make.ON)
    for firm, fields in ((claims, {"kind": "wages"}), (layoff, {"kind": "layoff", "people": 19, "staff": 150})):
        record = MajorRisk(enterprise=firm, district_id="371002", campaign=campaign, flagged_on=make.ON, **fields)
        record.state, record.source, record.grounds = "flagged", "hand", "职工反映"
        record.save()
    for firm, outcome, day in ((stopped, "gone", 9), (resumed, "gone", 9), (resumed, "done", 15)):
        make.inspection(firm, by=huancui_officer, outcome=outcome, visited_on=make.ON.replace(day=day))
    known = facts.known_in(district="371002")
    assert known == {
        claims.pk: {"collective_action": 1},
        layoff.pk: {"planned_cut_heads": 19, "planned_cut_percent": 12},
        stopped.pk: {"stopped": 1},
    }
    assert {firm: facts.least_level(value) for firm, value in known.items()} == {
        claims.pk: Level.RED,
        layoff.pk: Level.ORANGE,
        stopped.pk: Level.RED,
    }


@pytest.mark.django_db
def test_a_decided_level_counts_instead_of_the_scored_one_and_arrears_lift_both(huancui_supervisor):
    run, district = make.run(), huancui_supervisor.district
    firms = [make.enterprise() for _ in range(4)]
    for firm, level in zip(firms, (Level.RED, Level.ORANGE, Level.BLUE, Level.BLUE), strict=True):
        make.score(firm, run, level=level, score=20.0 * level)
    make.decision(firms[0], level=Level.YELLOW, reason="已整改")
    make.decision(firms[2], level=Level.ORANGE, reason="职工反映")
    make.arrears(firms[3], workers=12, months=3)
    ranks = {c.key: c.rank for c in sweeps.pool_of(run, district, on=make.ON, pause_days=30).candidates}
    assert [ranks[firm.pk] for firm in firms] == [(1, 1, 600), (2, 0, 400), (2, 1, 0), (3, 0, 0)]
    assert scoring.LEVELS[ranks[firms[3].pk][0]] == "red"
