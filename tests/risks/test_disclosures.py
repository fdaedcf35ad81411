"""Relatives of a firm at risk in another district: masked, and opened for a while by leave of that district."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from casework import wall
from casework.lifecycle import Incomplete, MoveRefused, Stale
from enterprises.models import Enterprise
from risks import major_reminders
from risks.majors import relatives_of
from risks.models import Disclosure
from risks.models.disclosures import DisclosureState
from tests import make
from tests.casework import lifecycles

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"
OWNER = "测试负责人甲"


@pytest.fixture
def rongcheng_supervisor(db):
    return make.person("rongcheng_supervisor", "district_supervisor", district=RONGCHENG)


@pytest.fixture
def relative(db):
    return make.enterprise("荣成虚构远洋渔业有限公司", RONGCHENG, legal_representative=OWNER, heads=120)


@pytest.fixture
def risk(relative):
    return make.major(make.enterprise(legal_representative=OWNER))


@pytest.fixture
def asked(risk, huancui_officer, on):
    with wall.within(HUANCUI):
        return requested(risk, huancui_officer, on)


def requested(risk, by, on, reason="核实两地企业资金往来和欠薪情况"):
    stub = relatives_of(risk)[0]
    disclosure = stub.request(risk)
    disclosure.reason = reason
    disclosure.ask(by=by, on=on)
    return disclosure


def allowed(disclosure, by, on, at=None):
    with wall.within(RONGCHENG):
        mine = Disclosure.objects.get(pk=disclosure.pk)
        mine.allow(by=by, on=on, version=mine.version, at=at or timezone.now(), answer="请注意保密")
    disclosure.refresh_from_db()
    return disclosure


# ── The stub ─────────────────────────────────────────────────────────────────────────────────


def test_a_relative_in_another_district_is_a_masked_name_and_nothing_more(risk, relative):
    with wall.within(HUANCUI):
        (stub,) = relatives_of(risk)
        assert not Enterprise.objects.filter(pk=relative.pk).exists()  # and the fence stands again
    assert (stub.masked_name, stub.shared) == ("荣成＊＊＊＊有限公司", "法定代表人同名")
    assert stub.district.short_name == "荣成"
    assert stub.__dict__.keys() == {"enterprise_id", "district", "masked_name", "shared"}


def test_the_controller_is_a_relative_too(risk, relative):
    type(risk).objects.filter(pk=risk.pk).update(controller="测试控制人乙")
    other = make.enterprise("乳山虚构贸易有限责任公司", "371083", legal_representative="测试控制人乙")
    make.enterprise("文登虚构同名不同人有限公司", "371003", legal_representative="测试无关人")
    with wall.within(HUANCUI):
        stubs = relatives_of(risk)
    assert {stub.enterprise_id: stub.shared for stub in stubs} == {
        relative.pk: "法定代表人同名",
        other.pk: "实际控制人同名",
    }


def test_nobody_is_a_relative_of_a_firm_whose_representative_is_not_known(db):
    make.enterprise("荣成虚构甲有限公司", RONGCHENG, legal_representative="")
    assert relatives_of(make.major(make.enterprise(legal_representative=""))) == []


def test_who_cannot_see_the_risk_learns_nothing_of_its_relatives(risk, relative):
    with wall.within(RONGCHENG):
        assert relatives_of(risk) == []
    with wall.within(wall.NOTHING):
        assert relatives_of(risk) == []


def test_a_short_name_is_masked_too(risk):
    with connection.cursor() as cursor:
        for name, masked in (
            ("海丰厂", "海丰＊＊＊＊厂"),
            ("李四", "李四＊＊＊＊"),
            ("威海甲乙股份有限公司", "威海＊＊＊＊股份有限公司"),
        ):
            cursor.execute("SELECT risks_masked(%s)", [name])
            assert cursor.fetchone() == (masked,)


# ── Asking and answering ─────────────────────────────────────────────────────────────────────


def test_a_disclosure_moves_as_its_table_says(
    risk,
    relative,
    rongcheng_supervisor,
    huancui_officer,
    huancui_supervisor,
    huancui_union,
    rongcheng_officer,
    city_office,
    on,
):
    fields = {
        "district_id": HUANCUI, "holder_id": RONGCHENG, "enterprise": relative, "risk": risk,
        "masked_name": "荣成＊＊＊＊", "shared": "法定代表人同名", "reason": "核实",
        "asked_on": on, "asked_by": huancui_officer,
    }  # fmt: skip

    def record_in(state):
        Disclosure.objects.all().delete()
        until = timezone.now() if state == DisclosureState.ALLOWED else None
        made = Disclosure(**fields, state=state or "", allowed_until=until)
        if state:
            made.save()
        return made

    people = {
        "asker": huancui_officer, "asking_supervisor": huancui_supervisor, "asking_union": huancui_union,
        "holder": rongcheng_supervisor, "holding_officer": rongcheng_officer, "city": city_office, "portal": None,
        "third": make.person("rushan_supervisor", "district_supervisor", district="371083"),
    }  # fmt: skip
    asking = ("asker", "asking_supervisor")
    assert lifecycles.allowed(record_in, people) == {
        *((None, "ask", who) for who in asking),
        *((DisclosureState.ASKED, "withdraw", who) for who in asking),
        (DisclosureState.ASKED, "allow", "holder"),
        (DisclosureState.ASKED, "refuse", "holder"),
        (DisclosureState.ALLOWED, "revoke", "holder"),
    }


def test_both_districts_and_the_city_see_a_request_and_no_third(
    asked, huancui_officer, rongcheng_officer, city_office, on
):
    third = make.person("rushan_officer", "district_officer", district="371083")
    for person, seen in ((huancui_officer, 1), (rongcheng_officer, 1), (city_office, 1), (third, 0)):
        assert Disclosure.objects.visible_to(person).count() == seen
        with wall.within(wall.reach_of(person)):
            assert Disclosure.objects.count() == seen


def test_before_it_is_allowed_nothing_is_shown(asked):
    with wall.within(HUANCUI):
        assert asked.shown() is None


def test_what_was_allowed_is_shown_without_figures_of_the_departments(
    asked, relative, rongcheng_supervisor, rongcheng_officer, on
):
    make.arrears(relative, by=rongcheng_officer, workers=3)
    allowed(asked, rongcheng_supervisor, on)
    with wall.within(HUANCUI):
        told = asked.shown()
        assert not Enterprise.objects.filter(pk=relative.pk).exists()
    assert told["name"] == "荣成虚构远洋渔业有限公司"
    assert told["arrears"][0]["workers"] == 3
    assert told.keys() == {
        "name", "uscc", "industry", "heads", "status", "address", "legal_representative", "contact", "phone",
        "level", "majors", "arrears",
    }  # fmt: skip


def test_a_permission_ends_by_itself(asked, rongcheng_supervisor, on, settings):
    settings.DISCLOSURE_HOURS = 72
    allowed(asked, rongcheng_supervisor, on, at=timezone.now() - timedelta(hours=73))
    with wall.within(HUANCUI):
        assert asked.shown() is None
    assert not asked.is_open(timezone.now())


def test_a_permission_that_was_taken_back_shows_nothing(asked, rongcheng_supervisor, on):
    allowed(asked, rongcheng_supervisor, on)
    with wall.within(RONGCHENG):
        asked.revoke(by=rongcheng_supervisor, on=on, version=asked.version, answer="核查已结束")
    with wall.within(HUANCUI):
        assert asked.shown() is None


def test_a_third_district_is_shown_nothing_of_what_was_allowed(asked, rongcheng_supervisor, on):
    allowed(asked, rongcheng_supervisor, on)
    with wall.within("371083"):
        assert asked.shown() is None


def test_a_refusal_says_why(asked, rongcheng_supervisor, on):
    with wall.within(RONGCHENG), pytest.raises(Incomplete, match="请填写“答复”"):
        asked.refuse(by=rongcheng_supervisor, on=on, version=asked.version, answer="")


def test_an_enterprise_is_asked_for_once_at_a_time(asked, risk, huancui_officer, on):
    with wall.within(HUANCUI), pytest.raises(MoveRefused, match="正在等待答复"):
        requested(risk, huancui_officer, on)


def test_who_answers_second_is_told(asked, rongcheng_supervisor, on):
    allowed(asked, rongcheng_supervisor, on)
    with wall.within(RONGCHENG), pytest.raises(Stale):
        asked.refuse(by=rongcheng_supervisor, on=on, version=1, answer="不同意")


def test_each_district_keeps_the_lines_of_its_own_people(asked, rongcheng_supervisor, on):
    allowed(asked, rongcheng_supervisor, on)
    with wall.within(HUANCUI):
        assert [entry.deed for entry in asked.timeline] == ["申请协查"]
    with wall.within(RONGCHENG):
        assert [entry.deed for entry in asked.timeline] == ["同意协查"]


def test_a_request_in_the_name_of_two_others_cannot_be_written(asked, on):
    with wall.within("371083"), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Disclosure.objects.create(**{
            field.attname: getattr(asked, field.attname)
            for field in Disclosure._meta.concrete_fields if field.attname != "id"
        })  # fmt: skip


def test_the_other_district_is_reminded_to_answer(asked, rongcheng_supervisor, huancui_supervisor, on):
    told = list(major_reminders.to_answer([rongcheng_supervisor, huancui_supervisor], on))
    assert [(matter.person, matter.href) for matter in told] == [(rongcheng_supervisor, asked.get_absolute_url())]
