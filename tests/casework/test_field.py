"""Records from phones: taken in once, word for word, merged field by field; photos whole (casework.field)."""

import hashlib
import io
import json
import random
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import override_settings
from PIL import Image

from casework import field_views
from casework.arrivals import Arrival, Disagreement, Piece
from casework.attachments import Attachment
from enterprises import short_codes
from guidance.models import GuidanceVisit
from risks.models import Inspection
from tests import field, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(client, huancui_union):
    client.force_login(huancui_union)
    return client


@pytest.fixture
def firm():
    return make.enterprise()


def body(firm, **more):
    """A record as a phone sends it: {…} with `values` and the rest changed by name."""
    told = json.loads(field.record(random.Random(1), firm.pk if firm else None)) | {"id": str(uuid4())}
    values = told["values"] | more.pop("values", {})
    return told | {"values": values} | more


def send(phone, told):
    content = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    return phone.post("/field/records/", content, "application/json")


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.effect_noise((320, 200), 60).convert("RGB").save(out, kind)
    return out.getvalue()


def send_piece(phone, told, content, *, id, what="photo", **more):
    sent = {"id": id, "record": told["id"], "what": what, "sha256": hashlib.sha256(content).hexdigest()} | more
    return phone.post("/field/pieces/", sent | {"file": SimpleUploadedFile("照片1.png", content)})


# ── Once, and with a receipt ─────────────────────────────────────────────────────────────────


def test_the_receipt_names_what_arrived_and_is_the_same_when_it_comes_again(phone, firm):
    content = json.dumps(body(firm)).encode()
    first, second = send(phone, content).json(), send(phone, content).json()
    assert first == second
    assert first["sha256"] == hashlib.sha256(content).hexdigest()
    arrival = Arrival.objects.get()
    assert arrival.body.encode() == content
    visit = GuidanceVisit.objects.get(uid=first["id"])
    assert (visit.people_met, visit.topics, first["href"]) == ("厂长一名", ["wages", "hours"], visit.get_absolute_url())


def test_an_edition_that_comes_after_a_later_one_is_kept_and_changes_nothing(phone, firm):
    told = body(firm)
    later = told | {"edition": 2, "values": told["values"] | {"notes": "更正后的情况"}, "base": told["values"]}
    assert send(phone, later).status_code == 200
    assert send(phone, told).json()["applied"] is False
    assert GuidanceVisit.objects.get().notes == "更正后的情况"
    assert Arrival.objects.count() == 2


def test_what_arrived_cannot_be_changed_or_deleted_by_the_portal_itself(phone, firm):
    send(phone, body(firm))
    for statement in (
        "UPDATE casework_arrival SET body = ''",
        "DELETE FROM casework_arrival",
        "DELETE FROM casework_piece",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"values": {"visited_on": "2023-11-21"}}, "走访日期不能晚于今天"),
        ({"values": {"people_met": ""}}, "请填写“会见人员”"),
        ({"made_at": "2031-01-01T00:00:00+08:00"}, "请校准手机时间"),
        ({"enterprise": 999_999_999}, "没有找到这户企业"),
        ({"kind": "nothing"}, "格式有误"),
        ({"edition": True}, "格式有误"),
        ({"values": {"notes": "a\x00b"}}, "格式有误"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence_and_leaves_nothing(phone, firm, more, sentence):
    answer = send(phone, body(firm, **more))
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert not Arrival.objects.exists()
    assert not GuidanceVisit.objects.exists()


def test_wrong_fields_are_told_one_by_one(phone, firm):
    answer = send(phone, body(firm, values={"follow_up_on": "明天", "topics": "wages,dancing"}))
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"follow_up_on", "topics"}


def test_no_district_can_write_into_another_one_or_over_its_records(phone, client, rongcheng_officer, firm):
    told = body(firm)
    send(phone, told)
    client.force_login(rongcheng_officer)
    foreign = send(client, told | {"edition": 2})
    assert (foreign.status_code, "没有找到这户企业" in foreign.json()["detail"]) == (422, True)
    own = make.enterprise(district="371082")
    taken = send(client, told | {"edition": 2, "enterprise": own.pk})
    assert (taken.status_code, "编号已被占用" in taken.json()["detail"]) == (422, True)
    assert GuidanceVisit.objects.get().enterprise == firm


def test_the_city_reads_and_writes_no_field_records(client, city_office, firm):
    client.force_login(city_office)
    assert send(client, body(firm)).status_code == 403


def test_the_code_on_a_sheet_stands_for_the_enterprise(phone, firm):
    answer = send(phone, body(None, code=short_codes.of(firm.pk).lower()))
    assert answer.status_code == 200
    assert GuidanceVisit.objects.get().enterprise == firm


# ── Two people ───────────────────────────────────────────────────────────────────────────────


def test_what_two_people_gave_differently_waits_for_a_choice_and_both_values_stay(phone, firm, huancui_supervisor, on):
    told = body(firm)
    base = send(phone, told).json()["values"]
    visit = GuidanceVisit.objects.get()
    visit.amend(
        by=huancui_supervisor, on=on, people_met="副厂长", visited_on=make.date(2023, 11, 19), findings="设工资专户"
    )
    mine = {"people_met": "工会主席", "visited_on": "2023-11-18", "notes": "停工两天"}
    answer = send(phone, told | {"edition": 2, "base": base, "values": base | mine}).json()
    assert {(one["name"], one["theirs"], one["mine"]) for one in answer["conflicts"]} == {
        ("people_met", "副厂长", "工会主席"), ("visited_on", "2023-11-19", "2023-11-18"),
    }  # fmt: skip
    visit.refresh_from_db()
    assert (visit.people_met, visit.notes, visit.findings) == ("副厂长", "停工两天", "设工资专户")

    now = answer["values"]
    choices = {"people_met": "mine", "visited_on": "both"}
    done = send(phone, told | {"edition": 3, "base": now, "values": now, "choices": choices}).json()
    assert done["conflicts"] == []
    visit.refresh_from_db()
    assert (visit.people_met, str(visit.visited_on)) == ("工会主席", "2023-11-19")
    assert "走访日期另记为：2023-11-18" in visit.notes
    rows = Disagreement.objects.on(visit)
    assert {(row.name, row.theirs, row.mine, row.chosen) for row in rows} == {
        ("people_met", "副厂长", "工会主席", "mine"), ("visited_on", "2023-11-19", "2023-11-18", "both"),
    }  # fmt: skip


def test_the_choice_can_be_made_at_the_desk_too(phone, client, firm, huancui_supervisor, on):
    told = body(firm)
    base = send(phone, told).json()["values"]
    visit = GuidanceVisit.objects.get()
    visit.amend(by=huancui_supervisor, on=on, people_met="副厂长")
    send(phone, told | {"edition": 2, "base": base, "values": base | {"people_met": "工会主席"}})
    client.force_login(huancui_supervisor)
    page = client.get(visit.get_absolute_url()).content.decode()
    assert "工会主席" in page
    assert "核对两处填写" in page
    visit.refresh_from_db()
    address = f"/guidance/visits/{visit.pk}/settle/"
    assert client.post(address, {"version": visit.version}).status_code == 422
    assert client.post(address, {"version": visit.version, "people_met": "theirs"}).status_code == 303
    visit.refresh_from_db()
    assert visit.people_met == "副厂长"
    assert "工会主席" in client.get(visit.get_absolute_url()).content.decode()


def test_nobody_disagrees_with_an_earlier_word_of_their_own_whose_receipt_was_lost(phone, firm, huancui_supervisor, on):
    told = body(firm, after=0)
    base = send(phone, told).json()["values"]
    second = told | {"edition": 2, "after": 1, "base": base, "values": base | {"people_met": "工会主席"}}
    send(phone, second)  # and no receipt came
    GuidanceVisit.objects.get().amend(by=huancui_supervisor, on=on, findings="设工资专户")
    third = second | {"edition": 3, "values": second["values"] | {"people_met": "工会主席、厂长", "notes": "停工两天"}}
    answer = send(phone, third).json()
    assert answer["conflicts"] == []
    said = answer["values"]
    assert (said["people_met"], said["notes"], said["findings"]) == ("工会主席、厂长", "停工两天", "设工资专户")


def test_what_a_phone_never_saw_is_not_written_over(phone, firm, huancui_supervisor, on):
    told = body(firm)
    send(phone, told)
    visit = GuidanceVisit.objects.get()
    visit.amend(by=huancui_supervisor, on=on, people_met="副厂长")
    answer = send(phone, told | {"edition": 2, "values": told["values"] | {"people_met": "工会主席"}}).json()
    assert [one["name"] for one in answer["conflicts"]] == ["people_met"]


# ── Photos and signatures ────────────────────────────────────────────────────────────────────


def test_photos_come_first_whole_and_once_and_hang_on_the_record(phone, firm):
    content, ids = picture(), [str(uuid4()) for _ in range(2)]
    told = body(firm, pieces=ids)
    refused = send(phone, told)
    assert (refused.status_code, refused.json()["missing"]) == (409, ids)
    first = send_piece(phone, told, content, id=ids[0], what="signature").json()
    assert first == send_piece(phone, told, content, id=ids[0], what="signature").json()
    assert (first["id"], first["sha256"]) == (ids[0], hashlib.sha256(content).hexdigest())
    noted = {"taken_at": "2023-11-20T14:02:00+08:00", "place": "37.5,122.12"}
    send_piece(phone, told, content, id=ids[1], **noted)
    assert send(phone, told).status_code == 200
    visit = GuidanceVisit.objects.get()
    assert {str(one.pk) for one in Attachment.objects.on(visit)} == set(ids)
    assert [str(one.pk) for one in visit.signatures] == ids[:1]
    photo = Piece.objects.get(pk=ids[1])
    assert (photo.taken_at.isoformat(), float(photo.latitude)) == ("2023-11-20T06:02:00+00:00", 37.5)
    shown = phone.get(f"/attachments/{ids[1]}/")
    assert hashlib.sha256(b"".join(shown.streaming_content)).hexdigest() == photo.sha256


def test_a_photo_that_was_damaged_on_the_way_or_is_none_is_not_taken(phone, firm):
    told, content = body(firm), picture()
    damaged = send_piece(phone, told, content, id=str(uuid4()), sha256="0" * 64)
    assert (damaged.status_code, "传输中有损坏" in damaged.json()["detail"]) == (422, True)
    other = send_piece(phone, told, b"\x89PNG\r\n\x1a\nnothing", id=str(uuid4()))
    assert other.status_code == 422
    id = str(uuid4())
    send_piece(phone, told, content, id=id)
    assert "已有另一张照片" in send_piece(phone, told, picture(), id=id).json()["detail"]
    assert Piece.objects.count() == 1


# ── What a phone is told ─────────────────────────────────────────────────────────────────────


def test_the_key_of_a_phone_is_the_same_each_time_and_another_one_for_each_person(
    phone, huancui_union, huancui_officer
):
    device = str(uuid4())
    told = phone.get(f"/field/session/?device={device}&device=nonsense").json()
    assert told["keys"] == {device: field_views.keys_of(huancui_union, device)}
    assert field_views.keys_of(huancui_officer, device) != told["keys"][device]
    assert field_views.keys_of(huancui_union, str(uuid4())) != told["keys"][device]
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[field_views.settings.SECRET_KEY]):
        assert field_views.keys_of(huancui_union, device)[1:] == told["keys"][device]


def test_a_phone_holds_names_and_addresses_of_the_persons_own_list_alone(phone, huancui_union, firm, on):
    make.enterprise(name="威海别家水产有限公司")
    visit = make.visit(
        firm, by=huancui_union, follow_up_on=on, follow_up="核对工资", place="37.5,122.1,18,2023-11-20T09:00:00+08:00"
    )
    [place] = phone.get("/field/session/").json()["places"]
    assert (place["enterprise"], place["why"], place["latitude"]) == (
        visit.enterprise_id,
        "11月20日回访：核对工资",
        37.5,
    )
    assert place.keys() == {"enterprise", "code", "name", "address", "why", "kind", "latitude", "longitude"}


def test_the_search_of_a_phone_stays_within_the_district(phone, firm):
    make.enterprise(name="荣成远洋捕捞有限公司", district="371082")
    assert phone.get("/field/search/", {"q": "荣成远洋"}).json() == {"places": []}
    [found] = phone.get("/field/search/", {"q": firm.name}).json()["places"]
    assert found["code"] == short_codes.of(firm.pk)
    assert phone.get("/field/search/", {"q": found["code"]}).json()["places"] == [found]


def test_the_shell_tells_nothing_of_anybody_and_its_worker_names_every_file(client, phone):
    assert client.get("/field/").content == phone.get("/field/").content
    worker = phone.get("/field/worker.js").content.decode()
    for name in field_views.ASSETS:
        assert f"/static/{name}" in worker


# ── 体检 ─────────────────────────────────────────────────────────────────────────────────────


def test_an_inspection_from_a_phone_becomes_a_draft_by_the_questions_that_were_asked(phone, firm, huancui_union):
    item = make.checklist().items.get(number="4.1")
    told = body(firm, kind="inspection") | {"values": {
        "visited_on": "2023-11-20", "outcome": "done", "people_met": "厂长", "situation": "停产一周",
        f"answer-{item.pk}": "no", f"evidence-{item.pk}": "8月尚有12人未发",
    }}  # fmt: skip
    assert send(phone, told).json() == send(phone, told).json()
    draft = Inspection.objects.get(uid=told["id"])
    assert (draft.state, draft.situation, list(draft.inspectors.all())) == ("draft", "停产一周", [huancui_union])
    answer = draft.answers.get()
    assert (answer.item, answer.value, answer.evidence) == (item, "no", "8月尚有12人未发")

    draft.keep({"situation": "停产两周"}, {}, by=huancui_union, on=make.ON)
    later = told | {"edition": 2, "base": told["values"], "values": told["values"] | {"situation": "已复工"}}
    [conflict] = send(phone, later).json()["conflicts"]
    assert (conflict["theirs"], conflict["mine"]) == ("停产两周", "已复工")
    now = later["values"] | {"situation": "停产两周"}
    send(phone, later | {"edition": 3, "base": now, "values": now, "choices": {"situation": "both"}})
    draft.refresh_from_db()
    assert draft.situation == "停产两周\n已复工"


def test_an_inspection_that_was_handed_in_is_not_changed_by_a_phone(phone, firm, huancui_union):
    item = make.checklist().items.get(number="4.1")
    told = body(firm, kind="inspection") | {"values": {"visited_on": "2023-11-20", "outcome": "gone"}}
    send(phone, told)
    Inspection.objects.update(state="submitted")
    answer = send(phone, told | {"edition": 2, "values": told["values"] | {f"answer-{item.pk}": "no"}})
    assert (answer.status_code, Arrival.objects.count()) == (409, 1)
