"""Comments beside a record: who may be named, who reads them, what is found on the desk until it is read."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse

from accounts.models import District
from casework import comments, reminders, wall
from casework.comments import Comment, Mention, Outsider
from tests import make, remedies
from tests.campaigns import undertakings
from tests.campaigns.undertakings import ON

pytestmark = pytest.mark.django_db

HUANCUI, RUSHAN = "371002", "371083"
MONDAY = date(2023, 11, 20)


@pytest.fixture
def item(huancui_officer):
    return remedies.rectification(remedies.RectificationState.ASSIGNED, district=HUANCUI, owner=huancui_officer)


def address_of(record, name="comments"):
    return reverse(f"casework:{name}", args=[record._meta.label_lower, record.pk])


def test_every_case_says_what_its_page_asks_of_a_reader(db):
    for model in filter(comments.takes_comments, apps.get_models()):
        keys = {field.attname: 1 for field in model._meta.fields if field.many_to_one}
        assert comments.capability_of(model(pk=1, **keys)) is not None, model


def records():
    """One of each way in which a record lies: in a district, of sensitive kind, of several, of all."""
    firm = make.enterprise(district=HUANCUI)
    yield firm
    yield make.arrears(firm)
    yield make.major(firm, by=undertakings.officer(HUANCUI))
    yield undertakings.joint_case(HUANCUI, RUSHAN)
    yield undertakings.transfer(HUANCUI, RUSHAN)
    yield undertakings.dispatch()


def test_those_who_may_be_named_are_those_who_open_the_page(client, request):
    cast = [request.getfixturevalue(username) for username in make.cast()]
    opened = 0
    for record in records():
        named = {place: {person.pk for person in comments.readers(record, place)} for place in (HUANCUI, None)}
        for person in cast:
            client.force_login(person)
            opens = client.get(record.get_absolute_url()).status_code == 200
            opened += opens
            for place, those in named.items():
                within = person.sees_whole_city or person.organisation.district_id == place
                assert (person.pk in those) is (opens and within), (record, place, person.username)
    assert opened > 20


def test_nobody_outside_the_records_scope_is_named(item, huancui_officer, huancui_union, rongcheng_officer, auditor):
    for outsider in (rongcheng_officer, auditor):
        with pytest.raises(Outsider):
            comments.comment(item, "请看", by=huancui_officer, on=ON, mentions=[huancui_union, outsider])
    assert not Comment.objects.exists()
    huancui_union.is_active = False
    huancui_union.save()
    with pytest.raises(Outsider):
        comments.comment(item, "请看", by=huancui_officer, on=ON, mentions=[huancui_union])


def test_another_district_reads_it_by_neither_wall(client, item, huancui_officer, huancui_union, rongcheng_officer):
    made = comments.comment(item, "请看附件", by=huancui_officer, on=ON, mentions=[huancui_union])
    assert not Comment.objects.visible_to(rongcheng_officer).exists()
    assert not Mention.objects.visible_to(rongcheng_officer).exists()
    for reach, sees in ((HUANCUI, True), (wall.WHOLE_CITY, True), ("371082", False)):
        with wall.within(reach):
            assert Comment.objects.filter(pk=made.pk).exists() is sees
            assert Mention.objects.exists() is sees
    client.force_login(rongcheng_officer)
    assert client.get(address_of(item)).status_code == 404
    assert client.post(address_of(item), {"text": "看看"}).status_code == 404
    assert client.post(address_of(item, "comments_read")).status_code == 404


def test_what_a_district_writes_beside_a_shared_record_is_its_own_and_the_citys(client, huancui_union, city_office):
    case, of_rushan = undertakings.joint_case(HUANCUI, RUSHAN), undertakings.officer(RUSHAN)
    with pytest.raises(Outsider):
        comments.comment(case, "请看", by=huancui_union, on=ON, mentions=[of_rushan])
    comments.comment(case, "环翠内部商量", by=huancui_union, on=ON, mentions=[city_office])
    for person, sees in ((city_office, True), (undertakings.officer(HUANCUI), True), (of_rushan, False)):
        client.force_login(person)
        assert ("环翠内部商量" in client.get(address_of(case)).text) is sees


def kinds(person, on=ON):
    return [matter.what for matter in reminders.waiting([person], on) if matter.kind == "mention"]


def test_who_is_named_finds_it_on_the_desk_until_it_is_read_or_answered(item, huancui_officer, huancui_union):
    comments.comment(item, "请核对\n工资表", by=huancui_officer, on=ON, mentions=[huancui_union, huancui_officer])
    assert kinds(huancui_union) == [f"{huancui_officer.name}：请核对 工资表"]
    assert kinds(huancui_officer) == []  # nobody reminds themselves
    assert comments.mark_read(item, by=huancui_union, on=ON) == 1
    assert kinds(huancui_union) == []
    comments.comment(item, "再请核对", by=huancui_officer, on=ON, mentions=[huancui_union])
    comments.comment(item, "已核对", by=huancui_union, on=ON, mentions=[huancui_officer])
    assert (kinds(huancui_union), len(kinds(huancui_officer))) == ([], 1)


def test_who_may_open_it_no_more_is_not_reminded(item, huancui_officer, huancui_union):
    comments.comment(item, "请核对", by=huancui_officer, on=ON, mentions=[huancui_union])
    huancui_union.role = "data_steward"
    huancui_union.save()
    assert kinds(huancui_union) == []


def test_the_morning_letter_previewed_is_what_is_sent_and_stops_once_it_is_read(item, huancui_officer, huancui_union):
    huancui_union.email = "union@example.invalid"
    huancui_union.save()
    comments.comment(item, "请核对工资表", by=huancui_officer, on=MONDAY - timedelta(days=1), mentions=[huancui_union])
    (letter,) = reminders.digests([huancui_union], MONDAY)
    assert "请核对工资表" in letter.text
    assert reminders.send(huancui_union, MONDAY).text == letter.text
    assert mail.outbox[0].body.strip() == letter.text.strip()
    comments.mark_read(item, by=huancui_union, on=MONDAY)
    assert reminders.digests([huancui_union], MONDAY + timedelta(days=7)) == []


def test_it_is_written_and_read_through_the_page(client, item, huancui_officer, huancui_union, rongcheng_officer):
    client.force_login(huancui_officer)
    page = client.get(address_of(item)).text
    assert huancui_union.name in page
    assert rongcheng_officer.name not in page
    empty = client.post(address_of(item), {"text": " ", "mentions": [huancui_union.pk]})
    assert (empty.status_code, "请填写留言。" in empty.text) == (422, True)
    assert f'value="{huancui_union.pk}" data-name="{huancui_union.name}" checked' in empty.text
    for outsider in (rongcheng_officer.pk, huancui_officer.pk, "x"):
        refused = client.post(address_of(item), {"text": "请看", "mentions": [outsider]})
        assert (refused.status_code, "只能提醒看得到这条记录的同事" in refused.text) == (422, True)
    assert client.post(address_of(item), {"text": "请看附件", "mentions": [huancui_union.pk]}).status_code == 302
    client.force_login(huancui_union)
    assert "提醒：" in client.get(address_of(item)).text
    assert "有 1 条留言提到您。" in client.get(address_of(item)).text
    part = client.post(address_of(item, "comments_read"), headers={"HX-Request": "true"})
    assert part.text.startswith("<section")
    assert "提到您" not in part.text
    assert Mention.objects.get().read_on is not None


def test_what_takes_no_comments_is_not_there(client, huancui_officer):
    client.force_login(huancui_officer)
    for kind in ("accounts.user", "casework.job", "nothing.there", "x", "risks"):
        assert client.get(reverse("casework:comments", args=[kind, 1])).status_code == 404


def test_a_role_that_may_not_open_the_record_reads_no_comment(client, huancui_officer, huancui_employer):
    arrears = make.arrears(make.enterprise(district=HUANCUI))
    comments.comment(arrears, "金额待核", by=huancui_officer, on=ON)
    client.force_login(huancui_employer)
    assert client.get(address_of(arrears)).status_code == 403


def test_a_machine_asks_whom_it_may_name_writes_and_reads(client, item, huancui_officer, huancui_union):
    client.force_login(huancui_officer)
    asked = {"kind": "risks.rectification", "record": item.pk}
    people = client.get("/api/comments/people/", asked).json()
    assert huancui_union.pk in {person["id"] for person in people}
    told = asked | {"text": "请看", "mentions": [huancui_union.pk]}
    made = client.post("/api/comments/", told, "application/json")
    assert (made.status_code, made.json()["mentions"][0]["read_on"]) == (201, None)
    assert client.post("/api/comments/", asked, "application/json").status_code == 422
    client.force_login(huancui_union)
    assert [each["text"] for each in client.get("/api/comments/", asked).json()] == ["请看"]
    assert client.post("/api/comments/read/", asked, "application/json").json() == {"read": 1}


def test_comments_go_along_when_an_enterprise_moves(steward, huancui_officer, rongcheng_officer, on):
    firm = make.enterprise(district=HUANCUI)
    comments.comment(firm, "随企业划转", by=huancui_officer, on=on)
    firm.move(District.objects.get(pk="371082"), version=firm.version, by=steward, on=on, note="注册地迁移")
    assert Comment.objects.visible_to(rongcheng_officer).exists()
    assert not Comment.objects.visible_to(huancui_officer).exists()
