"""Hand-over to 劳动保障监察: a complete file, time limits in working days, the result recorded."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from casework.attachments import attach
from casework.documents import Paper
from casework.lifecycle import Incomplete, MoveRefused
from casework.models import Entry
from risks import major_reminders
from risks.models import Handover
from risks.models.handovers import HandoverState
from tests import make
from tests.casework import lifecycles

pytestmark = pytest.mark.django_db

HUANCUI = "371002"
_OFFICER, _SUPERVISOR = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR


def with_evidence(handover, by, on, name="工资表.docx"):
    attach(handover, SimpleUploadedFile(name, Paper("工资表").content), by=by, on=on)
    return handover


@pytest.fixture
def sent(huancui_supervisor, on):
    handover = with_evidence(make.handover(by=huancui_supervisor), huancui_supervisor, on)
    handover.send(by=huancui_supervisor, on=on)
    return handover


@pytest.fixture
def filed(sent, huancui_supervisor, on):
    sent.receive(by=huancui_supervisor, on=on, received_on=on, received_by="赵某")
    sent.file(by=huancui_supervisor, on=on, filed_on=date(2023, 11, 22), case_number="演示监立字〔2023〕7号")
    return sent


def test_a_handover_moves_as_its_table_says(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, rongcheng_officer, city_office, steward, on
):
    fields = {"enterprise": make.enterprise(), "district_id": HUANCUI, "subject": "wages", "facts": "欠薪"}

    def record_in(state):
        if state is None:
            return Handover(**fields)
        return Handover.objects.create(**fields, state=state, drafted_on=on, campaign=make.Campaign.objects.running(on))

    people = lifecycles.by_role(
        huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, steward
    ) | {"stranger": rongcheng_officer, "portal": None}
    both, state = (_OFFICER, _SUPERVISOR), HandoverState
    assert lifecycles.allowed(record_in, people) == {
        *((None, "draft", who) for who in both),
        *((state.DRAFT, "amend", who) for who in both),
        (state.DRAFT, "send", _SUPERVISOR),
        *((state.SENT, "receive", who) for who in both),
        *((state.RECEIVED, move, who) for move in ("file", "decline") for who in both),
        *((state.FILED, move, who) for move in ("extend", "conclude") for who in both),
        (state.DRAFT, "withdraw", _SUPERVISOR),
        (state.SENT, "withdraw", _SUPERVISOR),
    }


def test_nothing_is_sent_without_evidence_and_law(huancui_supervisor, on):
    handover = make.handover(by=huancui_supervisor, legal_basis="")
    with pytest.raises(Incomplete, match="移交材料不齐") as missing:
        handover.send(by=huancui_supervisor, on=on)
    assert missing.value.missing.keys() == {"legal_basis", "has_evidence"}


def test_the_recipient_is_the_district_s_own_inspection_unless_told_otherwise(huancui_officer):
    assert make.handover(by=huancui_officer).recipient == "环翠区劳动保障监察机构"


def test_five_working_days_to_accept_and_sixty_to_investigate(sent, huancui_supervisor, on):
    sent.receive(by=huancui_supervisor, on=on, received_on=on, received_by="赵某")
    assert sent.accept_by == date(2023, 11, 27)
    assert "自次日起计5个工作日" in sent.due.sentence
    sent.file(by=huancui_supervisor, on=on, filed_on=date(2023, 11, 20), case_number="演示监立字〔2023〕7号")
    assert sent.investigate_by == date(2024, 2, 18)
    assert "劳动保障监察条例" in sent.due.sentence


def test_thirty_more_are_given_once(filed, huancui_supervisor, on):
    before = filed.investigate_by
    filed.extend(by=huancui_supervisor, on=on, note="案情复杂，经负责人批准")
    assert (filed.investigate_by - before).days > 30
    with pytest.raises(MoveRefused, match="已经延长过一次"):
        filed.extend(by=huancui_supervisor, on=on, note="再延长")


def test_what_is_late_is_listed(filed, sent, on):
    assert not Handover.objects.overdue(filed.investigate_by).exists()
    assert list(Handover.objects.overdue(date(2024, 12, 31))) == [filed]


def test_its_result_is_recorded(filed, huancui_officer, on):
    with pytest.raises(Incomplete, match="请填写“处理结果”"):
        filed.conclude(by=huancui_officer, on=on, ruling="", result="已补发", concluded_on=on)
    with pytest.raises(MoveRefused, match="办结日期不能早于立案日期"):
        filed.conclude(by=huancui_officer, on=on, ruling="ordered", result="已补发", concluded_on=date(2023, 11, 1))
    filed.conclude(by=huancui_officer, on=on, ruling="ordered", result="已补发", concluded_on=date(2023, 12, 8))
    assert (filed.state, filed.get_ruling_display()) == (HandoverState.CONCLUDED, "责令改正，已改正")
    assert Entry.objects.filter(deed="登记办理结果").get().note == "已补发"


def test_it_is_not_received_before_it_was_sent(sent, huancui_supervisor, on):
    with pytest.raises(MoveRefused, match="接收日期不能早于移交日期"):
        sent.receive(by=huancui_supervisor, on=on, received_on=date(2023, 11, 1), received_by="赵某")


def test_the_supervisor_is_reminded_when_the_time_of_the_inspection_runs_out(filed, huancui_supervisor, on):
    (matter,) = major_reminders.to_follow([huancui_supervisor], on)
    assert (matter.what, matter.day) == ("监察调查到期", filed.investigate_by)
