"""Major risks: flagged by rule or by hand, handled until settled, seen by the city at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.roles import Role
from casework import thresholds, wall
from casework.lifecycle import Incomplete, MoveRefused, Stale
from risks import major_reminders, majors
from risks.models import Arrears, MajorRisk
from risks.models.majors import MajorState
from tests import make
from tests.casework import lifecycles

pytestmark = pytest.mark.django_db

HUANCUI = "371002"
_OPEN = (MajorState.FLAGGED, MajorState.ENGAGED)
_OFFICER, _SUPERVISOR, _UNION, _CITY = (
    Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR, Role.CITY_OFFICE,
)  # fmt: skip


def engaged(risk, by, on, lead=None):
    risk.engage(
        by=by, on=on, lead=lead or by, due_on=on + timedelta(days=10),
        words="与企业面谈，核实裁员方案", person="王某", measure_due_on=on + timedelta(days=2),
    )  # fmt: skip
    return risk


# ── The lifecycle ────────────────────────────────────────────────────────────────────────────


def test_a_major_risk_moves_as_its_table_says(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, rongcheng_officer, city_office, steward
):
    enterprise = make.enterprise()
    lead = make.person("lead", Role.UNION_COORDINATOR, district=HUANCUI, side="workers")
    fields = {"enterprise": enterprise, "district_id": HUANCUI, "kind": MajorRisk.Kind.STOPPAGE, "grounds": "班组停工"}

    def record_in(state):
        if state is None:
            return MajorRisk(**fields)
        ended = make.ON if state in (MajorState.SETTLED, MajorState.DISMISSED) else None
        MajorRisk.objects.all().delete()
        return MajorRisk.objects.create(
            **fields, source="hand", state=state, flagged_on=make.ON, lead=lead, ended_on=ended,
            campaign=make.Campaign.objects.running(make.ON),
        )  # fmt: skip

    people = lifecycles.by_role(
        huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, steward
    )
    people |= {"lead": lead, "stranger": rongcheng_officer, "portal": None}
    ended = (MajorState.SETTLED, MajorState.DISMISSED)
    assert lifecycles.allowed(record_in, people) == {
        *((None, "flag", who) for who in (_OFFICER, _SUPERVISOR, _UNION, _CITY, "lead", "portal")),
        *((state, "revise", who) for state in _OPEN for who in (_OFFICER, _SUPERVISOR, "lead")),
        *((MajorState.FLAGGED, move, who) for move in ("engage", "dismiss") for who in (_SUPERVISOR, _CITY)),
        *((MajorState.ENGAGED, "note", who) for who in (_OFFICER, _SUPERVISOR, _UNION, "lead")),
        *((MajorState.ENGAGED, "carry_out", who) for who in (_OFFICER, _SUPERVISOR, "lead")),
        *((MajorState.ENGAGED, "add_measure", who) for who in (_SUPERVISOR, _CITY, "lead")),
        *((MajorState.ENGAGED, move, who) for move in ("redirect", "settle") for who in (_SUPERVISOR, _CITY)),
        *((state, "reopen", who) for state in ended for who in (_SUPERVISOR, _CITY)),
    }


def test_it_is_handled_with_a_lead_measures_and_daily_notes_until_settled(huancui_supervisor, huancui_union, on):
    risk = engaged(make.major(), huancui_supervisor, on, lead=huancui_union)
    with pytest.raises(Incomplete, match="还没有处置日志"):
        risk.settle(by=huancui_supervisor, on=on, outcome="企业撤回裁员方案")
    risk.note(by=huancui_union, on=on, words="已与企业负责人面谈，职工情绪平稳", people=25)
    with pytest.raises(Incomplete, match="还有未落实的措施"):
        risk.settle(by=huancui_supervisor, on=on, outcome="企业撤回裁员方案")
    risk.carry_out(by=huancui_union, on=on, measure=risk.measures.get(), outcome="已面谈")
    risk.settle(by=huancui_supervisor, on=on, outcome="企业撤回裁员方案，改为轮岗")
    assert (risk.state, risk.ended_on) == (MajorState.SETTLED, on)
    deeds = [entry.deed for entry in risk.timeline]
    assert deeds == ["化解办结", "登记措施落实", "记处置日志", "部署处置", "标记重大风险"]


def test_it_is_handled_by_nobody_without_a_lead_a_day_and_a_measure(huancui_supervisor, on):
    risk = make.major()
    with pytest.raises(Incomplete, match="请填写“牵头人”。"):
        risk.engage(by=huancui_supervisor, on=on, lead=None, due_on=on, words="面谈", person="王某", measure_due_on=on)
    assert not risk.measures.exists()


def test_two_notes_of_one_day_both_stay(huancui_supervisor, huancui_officer, on):
    risk = engaged(make.major(), huancui_supervisor, on)
    same = MajorRisk.objects.get(pk=risk.pk)
    risk.note(by=huancui_supervisor, on=on, words="上午面谈")
    same.note(by=huancui_officer, on=on, words="下午到厂区查看")
    assert risk.notes.count() == 2


def test_one_that_nobody_noted_today_is_listed(huancui_supervisor, on):
    risk = engaged(make.major(), huancui_supervisor, on)
    make.major()
    assert list(MajorRisk.objects.without_note(on)) == [risk]
    risk.note(by=huancui_supervisor, on=on, words="平稳")
    assert not MajorRisk.objects.without_note(on).exists()
    assert list(MajorRisk.objects.without_note(on + timedelta(days=1))) == [risk]


def test_one_of_a_kind_is_open_at_an_enterprise(huancui_officer, on):
    risk = make.major()
    with pytest.raises(MoveRefused, match="正在处置，请在原记录上办理"):
        make.major(risk.enterprise)
    make.major(risk.enterprise, kind=MajorRisk.Kind.STOPPAGE)


def test_more_people_than_staff_are_refused(on):
    with pytest.raises(MoveRefused, match="涉及人数不能多于职工总数"):
        make.major(people=81, staff=80)


# ── Rules ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "people", "staff", "rules"),
    [
        ("layoff", 19, None, 0),
        ("layoff", 20, None, 1),
        ("layoff", 19, 191, 0),
        ("layoff", 19, 190, 1),
        ("layoff", 20, 200, 2),
        ("layoff", 1, 10, 1),
        ("layoff", None, 10, 0),
        ("layoff", 0, 0, 0),
        ("wages", 9, 9, 0),
        ("wages", 10, None, 1),
        ("stoppage", 500, 500, 0),
    ],
)
def test_the_lines_of_the_law_are_inclusive(kind, people, staff, rules, on):
    assert len(thresholds.met(kind, people, staff=staff, on=on)) == rules


def test_a_rule_says_its_figures_and_its_article(on):
    first, second = thresholds.met("layoff", 25, staff=80, on=on)
    assert first == "拟裁减25人，达到20人（《劳动合同法》第四十一条第一款）"
    assert second == "拟裁减25人，占职工总数80人的31.2%，达到10%（《劳动合同法》第四十一条第一款）"


def test_a_rule_holds_in_its_time():
    assert not thresholds.met("layoff", 25, on=date(2007, 12, 31))


def test_who_flags_by_hand_is_told_apart_from_the_rule(huancui_union, on):
    assert make.major(by=huancui_union).source == MajorRisk.Source.RULE
    assert make.major(by=huancui_union, people=3, staff=None).source == MajorRisk.Source.HAND


def test_other_figures_are_weighed_anew(huancui_officer, on):
    risk = make.major()
    risk.revise(by=huancui_officer, on=on, reason="企业更正方案", people=5, staff=80, grounds="拟裁5人")
    assert (risk.source, risk.rules) == (MajorRisk.Source.HAND, "")


def test_ten_workers_unpaid_are_flagged_by_the_portal_when_the_arrears_are_recorded(huancui_officer, on):
    arrears = make.arrears(by=huancui_officer, workers=10, amount=9_600_000)
    risk = MajorRisk.objects.get()
    assert (risk.enterprise, risk.kind, risk.people, risk.amount) == (arrears.enterprise, "wages", 10, 9_600_000)
    assert "被拖欠工资10人，达到10人（法释〔2013〕3号第三条）" in risk.rules
    assert risk.timeline.get().by is None


def test_nine_are_not_and_the_tenth_makes_them_so(huancui_officer, on):
    arrears = make.arrears(by=huancui_officer, workers=9)
    assert not MajorRisk.objects.exists()
    make.arrears(arrears.enterprise, by=huancui_officer, workers=1)
    assert MajorRisk.objects.get().people == 10


def test_an_agreed_delay_and_a_report_yet_to_be_verified_are_no_arrears(huancui_officer, huancui_union, on):
    make.arrears(by=huancui_officer, workers=40, kind=Arrears.Kind.DELAY, months=0, delay_days=20)
    reported = Arrears(
        enterprise=make.enterprise(), district_id=HUANCUI, campaign=make.Campaign.objects.running(on), workers=40,
        months=2, amount=100_000, source=Arrears.Source.COMPLAINT, found_on=on,
    )  # fmt: skip
    reported.report(by=huancui_union, on=on)
    assert not MajorRisk.objects.exists()
    reported.verify(by=huancui_officer, on=on, workers=40, months=2, delay_days=None, amount=100_000)
    assert MajorRisk.objects.get().people == 40


def test_what_people_dismissed_is_not_flagged_again_for_the_same_arrears(huancui_officer, huancui_supervisor, on):
    arrears = make.arrears(by=huancui_officer, workers=30)
    MajorRisk.objects.get().dismiss(by=huancui_supervisor, on=on, outcome="已与职工达成分期支付协议")
    arrears.pay(by=huancui_officer, on=on, amount=100)
    majors.flag_by_rule(on=on)
    assert MajorRisk.objects.count() == 1
    make.arrears(arrears.enterprise, by=huancui_officer, workers=30, found_on=on + timedelta(days=1))
    assert MajorRisk.objects.count() == 2


# ── Who sees it ──────────────────────────────────────────────────────────────────────────────


def test_the_city_sees_it_at_once_and_the_neighbours_never(huancui_union, rongcheng_officer, city_office, on):
    risk = make.major(by=huancui_union)
    assert list(MajorRisk.objects.visible_to(city_office)) == [risk]
    assert not MajorRisk.objects.visible_to(rongcheng_officer).exists()
    with wall.within("371082"):
        assert not MajorRisk.objects.exists()


# ── At once, and of itself ───────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_is_told(on):
    """Real connections: the second waits for the row, reads it anew and is told who was first."""
    risk = make.major()
    people = [make.person(f"supervisor{n}", Role.DISTRICT_SUPERVISOR, district=HUANCUI) for n in range(2)]
    ready = threading.Barrier(2)

    def dismiss(person):
        try:
            mine = MajorRisk.objects.get(pk=risk.pk)
            ready.wait(timeout=10)
            mine.dismiss(by=person, on=on, version=1, outcome=f"由{person.name}核实排除")
        except Stale as stale:
            return stale.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        told = sorted(threads.map(dismiss, people), key=bool)
    risk.refresh_from_db()
    assert told[0] is None
    assert "“排除”，现为“已排除”" in told[1]
    assert (risk.version, risk.timeline.filter(deed="排除").count()) == (2, 1)


def test_people_are_reminded_of_what_waits_for_them(huancui_officer, huancui_supervisor, on):
    flagged = make.major()
    led = engaged(make.major(), huancui_supervisor, on - timedelta(days=1), lead=huancui_officer)
    people = [huancui_officer, huancui_supervisor]
    told = {
        (matter.kind, matter.person.username, matter.href)
        for kind in (major_reminders.to_engage, major_reminders.to_note, major_reminders.to_settle)
        for matter in kind(people, on)
    }
    assert told == {
        ("major_flagged", "huancui_supervisor", flagged.get_absolute_url()),
        ("major_note", "huancui_officer", led.get_absolute_url()),
        ("major_due", "huancui_officer", led.get_absolute_url()),
    }
    led.note(by=huancui_officer, on=on, words="平稳")
    assert not list(major_reminders.to_note(people, on))
