"""Regional cooperation: who of several districts sees what, and what each may do."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from PIL import Image

from accounts.models import District
from campaigns import coverage
from campaigns.models import Campaign, JointCase, JointNote, Receipt, SpreadWarning, Transfer
from casework import reminders, wall
from casework.attachments import Attachment, attach
from casework.confined import NotTaken
from casework.lifecycle import MoveRefused, NotYours
from tests import make
from tests.campaigns import undertakings
from tests.campaigns.undertakings import DUE, ON

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG, RUSHAN = "371002", "371082", "371083"


def _picture():
    out = io.BytesIO()
    Image.new("RGB", (32, 24)).save(out, "PNG")
    return out.getvalue()


PICTURE = _picture()


# ── Walls ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shared(db):
    """Of Huancui and Rushan, one record each of what districts share."""
    case, warning = undertakings.joint_case(HUANCUI, RUSHAN), undertakings.warning(HUANCUI, RUSHAN)
    warning.acknowledge(by=undertakings.officer(RUSHAN), on=ON, measures="已排查")
    return {
        JointCase: case, JointNote: case.notes.get(), SpreadWarning: warning, Receipt: warning.receipts.get(),
        Transfer: undertakings.transfer(HUANCUI, RUSHAN),
    }  # fmt: skip


@pytest.mark.parametrize("model", [JointCase, JointNote, SpreadWarning, Receipt, Transfer])
def test_members_see_it_and_a_third_district_does_not_by_either_wall(
    shared, model, huancui_union, rongcheng_officer, city_office
):
    row, of_rushan = shared[model], undertakings.officer(RUSHAN)
    for person, sees in ((huancui_union, True), (of_rushan, True), (city_office, True), (rongcheng_officer, False)):
        assert model.objects.visible_to(person).filter(pk=row.pk).exists() is sees
    for reach, sees in ((HUANCUI, True), (RUSHAN, True), (wall.WHOLE_CITY, True), (RONGCHENG, False)):
        with wall.within(reach):
            assert model.objects.filter(pk=row.pk).exists() is sees


def test_members_work_on_a_joint_case_behind_their_own_wall(shared):
    case = shared[JointCase]
    with wall.within(RUSHAN):
        case.note(by=undertakings.officer(RUSHAN), on=ON, text="门店两家，职工23人。")
    with wall.within(HUANCUI):
        assert [note.text for note in case.notes.filter(deed="进展")] == ["门店两家，职工23人。"]
        case.invite(by=undertakings.officer(HUANCUI), on=ON, member=District.objects.get(pk=RONGCHENG))
    with wall.within(RONGCHENG):
        assert JointCase.objects.get().notes.count() == 3  # what was written before, too
    with wall.within(HUANCUI):
        case.release(by=undertakings.officer(HUANCUI), on=ON, member=District.objects.get(pk=RONGCHENG))
    with wall.within(RONGCHENG):
        assert not JointCase.objects.exists()


# ── Files ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def filed(shared, settings, tmp_path):
    """Of each kind of record that districts share, with a file that Rushan, no leader, added behind its own wall."""
    settings.MEDIA_ROOT = tmp_path
    officer = undertakings.officer(RUSHAN)
    with wall.within(RUSHAN):
        return {
            model: attach(shared[model], SimpleUploadedFile("笔录.png", PICTURE), by=officer, on=ON)
            for model in (JointCase, SpreadWarning, Transfer)
        }


@pytest.mark.parametrize("model", [JointCase, SpreadWarning, Transfer])
def test_a_file_is_for_all_who_share_the_record_and_for_nobody_else(
    client, filed, model, huancui_union, rongcheng_officer, city_office
):
    kept, of_rushan = filed[model], undertakings.officer(RUSHAN)
    for person, status in ((huancui_union, 200), (of_rushan, 200), (city_office, 200), (rongcheng_officer, 404)):
        client.force_login(person)
        for address in (
            reverse("casework:attachment", args=[kept.pk]),
            reverse("casework:attachments", args=[kept.holder.key, kept.subject_id]),
            f"/api/attachments/?key={kept.holder.key}&record={kept.subject_id}",
        ):
            answer = client.get(address)
            assert answer.status_code == status, (person, address)
            answer.getvalue()  # a file that is read to its end is closed
        assert Attachment.objects.visible_to(person).filter(pk=kept.pk).exists() is (status == 200)
    for reach, sees in ((HUANCUI, True), (RUSHAN, True), (RONGCHENG, False)):
        with wall.within(reach):
            assert Attachment.objects.filter(pk=kept.pk).exists() is sees


def test_files_of_a_joint_case_come_and_go_with_membership(filed, shared):
    case, leader = shared[JointCase], undertakings.officer(HUANCUI)
    for deed, member, sees in ((case.invite, RONGCHENG, True), (case.release, RUSHAN, False)):
        with wall.within(HUANCUI):
            deed(by=leader, on=ON, member=District.objects.get(pk=member))
        with wall.within(member):
            assert Attachment.objects.on(case).exists() is sees


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_sent_while_a_member_joins_is_for_the_new_member_too(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case, leader = undertakings.joint_case(HUANCUI, RUSHAN), undertakings.officer(HUANCUI)
    of_rushan, newcomer = undertakings.officer(RUSHAN), District.objects.get(pk=RONGCHENG)
    at_the_invitation = threading.Event()

    def invite():
        try:
            with wall.within(HUANCUI):
                at_the_invitation.set()
                case.invite(by=leader, on=ON, member=newcomer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic(), wall.within(RUSHAN):
            attach(JointCase.objects.get(), SimpleUploadedFile("先到.png", PICTURE), by=of_rushan, on=ON)
            invited = thread.submit(invite)
            at_the_invitation.wait()
            with pytest.raises(TimeoutError):  # it waits for the file
                invited.result(timeout=0.5)
        invited.result()
    with wall.within(RUSHAN):
        seen_before = JointCase.objects.get()
        seen_before.districts = [HUANCUI, RUSHAN]
        attach(seen_before, SimpleUploadedFile("后到.png", PICTURE), by=of_rushan, on=ON)
    with wall.within(RONGCHENG):
        assert [kept.name for kept in Attachment.objects.on(case)] == ["先到.png", "后到.png"]


def test_a_file_that_comes_after_its_district_was_released_or_the_case_was_closed_is_not_taken(
    shared, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    case, leader, of_rushan = shared[JointCase], undertakings.officer(HUANCUI), undertakings.officer(RUSHAN)
    seen_before = JointCase.objects.get()
    with wall.within(HUANCUI):
        case.invite(by=leader, on=ON, member=District.objects.get(pk=RONGCHENG))
        case.release(by=leader, on=ON, member=District.objects.get(pk=RUSHAN))
    with wall.within(RUSHAN), pytest.raises(NotTaken, match="已不在其中"):
        attach(seen_before, SimpleUploadedFile("笔录.png", PICTURE), by=of_rushan, on=ON)
    case.close(by=leader, on=ON, result="全部付清")
    with pytest.raises(NotTaken, match="刚刚办结"):
        attach(seen_before, SimpleUploadedFile("笔录.png", PICTURE), by=leader, on=ON)
    assert not Attachment.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_closed_joint_case_takes_no_file_any_more(client, shared, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case, leader = shared[JointCase], undertakings.officer(HUANCUI)
    client.force_login(leader)
    address = reverse("casework:attachments", args=["joint-case", case.pk])
    assert client.post(address, {"files": [SimpleUploadedFile("笔录.png", PICTURE)]}).status_code == 302
    case.close(by=leader, on=ON, result="全部付清")
    assert client.post(address, {"files": [SimpleUploadedFile("再次.png", PICTURE)]}).status_code == 403
    assert [kept.name for kept in Attachment.objects.on(case)] == ["笔录.png"]


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


def test_only_the_leading_district_invites_and_closes(shared):
    case, of_rushan = shared[JointCase], undertakings.officer(RUSHAN)
    for deed in (lambda: case.close(by=of_rushan, on=ON, result="完"),
                 lambda: case.invite(by=of_rushan, on=ON, member=District.objects.get(pk=RONGCHENG))):  # fmt: skip
        with pytest.raises(NotYours):
            deed()
    with pytest.raises(MoveRefused, match="牵头区市不能移出"):
        case.release(by=undertakings.officer(HUANCUI), on=ON, member=District.objects.get(pk=HUANCUI))
    with pytest.raises(MoveRefused, match="至少有两个区市"):
        case.release(by=undertakings.officer(HUANCUI), on=ON, member=District.objects.get(pk=RUSHAN))
    case.close(by=undertakings.officer(HUANCUI), on=ON, result="全部付清")
    assert case.notes.first().text == "全部付清"


def test_a_matter_is_accepted_and_sent_back_or_finished_by_the_receiver(shared):
    matter, receiver = shared[Transfer], undertakings.officer(RUSHAN)
    with pytest.raises(NotYours):
        matter.accept(by=undertakings.officer(HUANCUI), on=ON)
    with wall.within(RUSHAN):
        matter.accept(by=receiver, on=ON)
        matter.send_back(by=receiver, on=ON, answer="用工地在高区")
    assert (matter.state, matter.answer) == ("returned", "用工地在高区")
    other = undertakings.transfer(HUANCUI, RUSHAN)
    other.accept(by=receiver, on=ON)
    other.finish(by=receiver, on=ON, result="已付清")
    third = undertakings.transfer(HUANCUI, RUSHAN)
    third.refuse(by=receiver, on=ON, answer="不属本市")
    assert set(Transfer.objects.turned_away()) == {matter, third}


def test_nothing_is_handed_to_oneself(client, huancui_officer):
    client.force_login(huancui_officer)
    asked = {"receiver": HUANCUI, "subject": "投诉", "facts": "情况", "due_on": "2099-01-01"}
    assert client.post(reverse("campaigns:transfer_offer"), asked).status_code == 422
    sent = client.post(reverse("campaigns:transfer_offer"), asked | {"receiver": RUSHAN})
    assert sent.status_code == 303


def test_the_receiver_does_not_learn_of_the_senders_record(client, huancui_officer, rongcheng_officer):
    firm = make.enterprise("威海听澜针织有限公司")
    client.force_login(huancui_officer)
    asked = {"receiver": RONGCHENG, "subject": "投诉", "facts": "情况", "due_on": "2099-01-01"}
    client.post(reverse("campaigns:transfer_offer"), asked | {"about": firm.get_absolute_url()})
    page = Transfer.objects.get().get_absolute_url()
    assert "听澜针织" in client.get(page).text
    client.force_login(rongcheng_officer)
    assert "听澜针织" not in client.get(page).text


def test_each_neighbour_answers_a_warning_once(shared):
    warning = shared[SpreadWarning]
    with pytest.raises(MoveRefused, match="本区市已经回复"):
        warning.acknowledge(by=undertakings.officer(RUSHAN), on=ON, measures="再次排查")
    with pytest.raises(NotYours):
        warning.acknowledge(by=undertakings.officer(HUANCUI), on=ON, measures="已知")


def test_receivers_are_reminded_until_they_answer(huancui_officer):
    matter, warning = undertakings.transfer(RUSHAN, HUANCUI), undertakings.warning(RUSHAN, HUANCUI)
    kinds = {"transfer_answer", "warning_answer"}
    assert kinds <= {each.kind for each in reminders.waiting([huancui_officer], DUE)}
    matter.accept(by=huancui_officer, on=DUE)
    warning.acknowledge(by=huancui_officer, on=DUE, measures="已排查")
    assert not kinds & {each.kind for each in reminders.waiting([huancui_officer], DUE)}


_LEAD = ("huancui_officer", "huancui_supervisor")
_MEMBERS = (*_LEAD, "huancui_union", "huancui_employer")
TABLES = {
    JointCase: {
        *((None, "open", who) for who in _LEAD), *(("open", "note", who) for who in (*_MEMBERS, "city_office")),
        *(("open", move, who) for move in ("invite", "release") for who in (*_LEAD, "city_office")),
        *(("open", "close", who) for who in _LEAD),
    },
    Transfer: {*((None, "offer", who) for who in _LEAD), *(("offered", "withdraw", who) for who in _LEAD)},
    SpreadWarning: {*((None, "send", who) for who in _LEAD), *(("sent", "lift", who) for who in _LEAD)},
}  # fmt: skip


@pytest.mark.parametrize("model", TABLES)
def test_each_is_moved_by_whom_its_table_names(request, shared, model):
    record = shared[model]
    for username in make.cast():
        person = request.getfixturevalue(username)
        new = model(district_id=HUANCUI, **({} if model is Transfer else {"districts": []}))
        found = {(None, move.name) for move in new.moves_for(person)}
        for state in model.lifecycle.stages:
            record.state = state
            found |= {(state.value, move.name) for move in record.moves_for(person)}
        assert found == {(state, move) for state, move, who in TABLES[model] if who == username}, username


# ── The map of duties ────────────────────────────────────────────────────────────────────────


def test_each_duty_shows_its_evidence_by_district_or_none(client, city_office, huancui_union):
    undertakings.joint_case(HUANCUI, RUSHAN)
    places = list(District.objects.filter(pk__in=[HUANCUI, RUSHAN]))
    rows = {duty.title: cells for duty, cells in coverage.of(city_office, Campaign.objects.get(), places, ON)}
    (piece,), of_rushan = rows["区域协同"]
    assert (piece.name, piece.number) == ("牵头的联合办案", 1)
    assert of_rushan == []  # counted where it is led
    assert rows["上门走访摸排"] == [[], []]
    client.force_login(city_office)
    page = client.get(reverse("campaigns:coverage"))
    assert piece.address.replace("&", "&amp;") in page.text
    assert client.get(piece.address).context["page"].total == piece.number
    client.force_login(huancui_union)
    assert "乳山" not in client.get(reverse("campaigns:coverage")).text.split("<table")[1]


def test_a_duty_names_only_evidence_that_is_counted(db):
    named = coverage.known()
    assert {code for duty in Campaign.objects.get().duties.all() for code in duty.evidence} <= named.keys()


@pytest.mark.parametrize("page", ["jointcases", "transfers", "warnings", "coverage"])
def test_pages_without_a_row_say_what_to_do(client, huancui_officer, page):
    client.force_login(huancui_officer)
    assert client.get(reverse(f"campaigns:{page}")).status_code == 200
