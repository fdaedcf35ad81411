"""示范引领: nominations from the three bodies to the public notice, the library of the whole city, pilots of reform."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from campaigns import criteria
from campaigns.exemplar_listings import pilots_of
from campaigns.models import Exemplar, Pilot, Practice
from casework import reminders, wall
from casework.lifecycle import Incomplete, MoveRefused, NotYours
from tests import make
from tests.campaigns import undertakings
from tests.campaigns.undertakings import ON, STORY, body, city
from tests.casework import documents

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"
WORKERS, EMPLOYERS, GOVERNMENT = "workers", "employers", "government"


# ── Nomination and opinions ──────────────────────────────────────────────────────────────────


def test_an_enterprise_is_nominated_by_its_code_and_a_person_by_name_and_post(client, huancui_union):
    firm, foreign = make.enterprise("威海听澜针织有限公司"), make.enterprise(district=RONGCHENG)
    client.force_login(huancui_union)
    page = reverse("campaigns:exemplar_nominate")
    told = {"kind": "firm", "honour": "city", "title": "弹性工时", "uscc": f" {firm.uscc.lower()} "}
    for wrong in (
        {"uscc": ""},
        {"uscc": foreign.uscc},
        {"kind": "person", "person": "李", "unit": "工会主席"},
        {"kind": ""},
    ):
        assert client.post(page, told | wrong).status_code == 422
    assert not Exemplar.objects.exists()
    assert client.post(page, told | {"person": "不应记下"}).status_code == 303
    made = Exemplar.objects.get()
    assert (made.subject, made.person, made.nominated_by) == (firm.name, "", huancui_union)
    told = {
        "kind": "person",
        "honour": "national",
        "title": "师带徒",
        "person": "李建国",
        "unit": "工会主席",
        "uscc": "",
    }
    assert client.post(page, told).status_code == 303
    assert Exemplar.objects.get(kind="person").subject == "李建国"


def test_each_criterion_of_the_day_wants_its_grounds_before_the_bodies_are_asked():
    made = undertakings.exemplar()
    first, *others = made.unmet(ON)
    made.write(by=made.nominated_by, on=ON, rows={first.key: {"grounds": "市级现场会"}}, **STORY)
    assert made.criteria == [
        {"key": first.key, "text": first.text, "source": first.source, "grounds": "市级现场会"}
    ]  # fmt: skip
    with pytest.raises(MoveRefused, match=others[0].text):
        made.submit(by=made.nominated_by, on=ON)
    rows = {each.key: {"grounds": "有"} for each in (first, *others)}
    made.write(by=made.nominated_by, on=ON, rows=rows, **STORY | {"measures": ""})
    with pytest.raises(Incomplete, match="做法"):
        made.submit(by=made.nominated_by, on=ON)


def test_each_body_gives_one_opinion_and_all_agree_before_the_district_recommends():
    made = undertakings.judged(undertakings.exemplar(), against=[EMPLOYERS])
    head = body(GOVERNMENT)
    with pytest.raises(Incomplete, match="都提出意见并同意"):
        made.recommend(by=head, on=ON, recommendation="同意。")
    with pytest.raises(NotYours):
        made.opine(by=body(EMPLOYERS), on=ON, agrees=True)
    made.rework(by=head, on=ON, reason="补充材料")
    undertakings.judged(made)  # the opinions of the round before do not count
    assert {opinion.agrees for opinion in made.opinions.all()} == {True}
    with pytest.raises(NotYours):
        made.recommend(by=body(WORKERS), on=ON, recommendation="同意。")
    made.recommend(by=head, on=ON, recommendation="同意。")
    assert made.state == "recommended"
    assert [entry.note for entry in made.timeline if entry.deed == "提出意见"].count("不同意。不符") == 1


def test_who_does_not_agree_says_why():
    made = undertakings.exemplar()
    rows = {each.key: {"grounds": "有"} for each in made.unmet(ON)}
    made.write(by=made.nominated_by, on=ON, rows=rows, **STORY)
    made.submit(by=made.nominated_by, on=ON)
    with pytest.raises(MoveRefused, match="写明理由"):
        made.opine(by=body(EMPLOYERS), on=ON, agrees=False)
    assert not made.opinions.exists()


# ── Notice and publication ───────────────────────────────────────────────────────────────────


def test_a_notice_lasts_five_working_days_and_nothing_is_published_before(city_office):
    made = undertakings.on_notice(undertakings.exemplar(), on=date(2023, 9, 27))
    assert made.notice_until == date(2023, 10, 10)  # without the holidays, with the weekend that was worked
    with pytest.raises(MoveRefused, match="期满后才能公布"):
        made.publish(by=city_office, on=made.notice_until, **made.told())
    assert not Practice.objects.exists()
    made.publish(by=city_office, on=date(2023, 10, 11), **made.told())
    assert (made.state, made.practice.published_on) == ("published", date(2023, 10, 11))


def test_the_notice_is_a_word_file_that_names_who_is_held_up_and_hides_numbers(client, city_office):
    made = undertakings.exemplar(person="李建国", unit="工会主席")
    undertakings.on_notice(made, story={"measures": "李建国（13812345678）带徒弟。"})
    client.force_login(city_office)
    told = documents.read(client.get(reverse("campaigns:exemplar_notice", args=[made.pk])).content)
    for words in (
        "全国和谐劳动关系创建先进",
        "李建国（138****5678）带徒弟",
        "2023年11月14日至2023年11月21日",
        "5个工作日",
    ):
        assert words in told


def test_an_objection_is_settled_before_publication(city_office, huancui_union):
    made = undertakings.on_notice(undertakings.exemplar())
    with pytest.raises(NotYours):
        made.settle(by=city_office, on=ON, finding="没有异议")
    made.object(by=huancui_union, on=ON, objection="有未付加班费")
    with pytest.raises(MoveRefused, match="还没有处理"):
        made.object(by=huancui_union, on=ON, objection="又一件")
    later = made.notice_until + timedelta(days=1)
    with pytest.raises(Incomplete, match="先“处理异议”"):
        made.publish(by=city_office, on=later, **made.told())
    assert not Practice.objects.exists()  # what was entered on the way is undone
    made.settle(by=city_office, on=later, finding="已核实，不成立")
    made.publish(by=city_office, on=later, **made.told())
    assert made.practice.state == "kept"


# ── The library ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def person_published():
    """A person of Huancui, whose story names people and numbers."""
    made = undertakings.exemplar(person="李建国", unit="某公司工会主席")
    story = {
        "measures": "李建国（电话13812345678）带徒弟，协商技能工资。",
        "result": "职工370602197003121239领到奖金。",
    }  # fmt: skip
    return undertakings.published(made, story=story)


def test_the_library_is_read_and_searched_by_every_role_of_every_district(client, person_published):
    entry = person_published.practice
    for username in ("rongcheng_officer", "huancui_supervisor", "huancui_union", "huancui_employer", "city_office"):
        person = make.member_of_the_cast(username)
        client.force_login(person)
        with wall.within(wall.reach_of(person)):
            assert Practice.objects.visible_to(person).get() == entry
        assert entry.title in client.get(reverse("campaigns:practices"), {"q": "带徒弟"}).text
        assert client.get(reverse("campaigns:practices"), {"q": "无此内容"}).context["page"].total == 0
        page = client.get(entry.get_absolute_url()).text
        assert "协商技能工资" in page
        assert (person_published.get_absolute_url() in page) is not (username == "rongcheng_officer")


def test_what_is_published_names_nobody(client, person_published, rongcheng_officer):
    """Whatever form the client sends: the verb masks, too."""
    entry = person_published.practice
    client.force_login(rongcheng_officer)
    shown = client.get(entry.get_absolute_url()).text + client.get("/api/practices/").text
    for private in ("建国", "13812345678", "370602197003121239", "工会主席"):
        assert private not in shown
    assert (entry.subject, "李某（电话138****5678）" in entry.measures) == ("李某", True)
    entry.correct(by=city(), on=ON, measures="李建国带徒弟。", result="好")
    assert entry.measures == "李某带徒弟。"
    assert entry.district_id == HUANCUI


def test_what_is_withdrawn_keeps_its_reason_and_loses_its_text(
    client, person_published, rongcheng_officer, city_office
):
    entry = person_published.practice
    with pytest.raises(NotYours):
        entry.withdraw(by=rongcheng_officer, on=ON, reason="不实")
    entry.withdraw(by=city_office, on=ON, reason="企业发生欠薪")
    client.force_login(rongcheng_officer)
    page = client.get(entry.get_absolute_url()).text
    assert "企业发生欠薪" in page
    assert "技能工资" not in page + client.get("/api/practices/", {"show": "all"}).text
    assert client.get(reverse("campaigns:practices")).context["page"].total == 0
    assert client.get(reverse("campaigns:practices"), {"show": "withdrawn"}).context["page"].total == 1


# ── Pilots ───────────────────────────────────────────────────────────────────────────────────


def test_a_pilot_is_proposed_approved_noted_concluded_and_shared(city_office, huancui_union):
    made, head = undertakings.pilot(), body(GOVERNMENT)
    with pytest.raises(Incomplete, match="还没有记录过进展"):
        made.conclude(by=head, on=ON, result="完成")
    made.note(by=huancui_union, on=ON, kind="measure", text="建立街道调解窗口")
    made.note(by=huancui_union, on=ON, kind="progress", text="受理3件")
    made.conclude(by=head, on=ON, result="可以推广")
    made.reopen(by=city_office, on=ON, reason="补充数据")
    made.extend(by=city_office, on=ON, ends_on=date(2023, 12, 31), reason="补充数据")
    made.conclude(by=head, on=ON, result="受理30件，可以推广")
    made.accept(by=city_office, on=ON)
    made.share(by=city_office, on=ON, **made.told())
    assert (made.practice.measures, made.practice.kind, made.practice.subject) == (
        "建立街道调解窗口", "pilot", "环翠区",
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="已经编入"):
        made.share(by=city_office, on=ON, **made.told())
    other = undertakings.pilot(running=False)
    other.send_back(by=city_office, on=ON, reason="期限过长")
    other.revise(by=undertakings.officer(HUANCUI), on=ON, ends_on=date(2023, 12, 1))
    other.stop(by=city_office, on=ON, reason="并入省试点")
    with pytest.raises(MoveRefused, match="晚于开始日期"):
        undertakings.pilot(ends_on=ON)
    with pytest.raises(MoveRefused, match="晚于今天和原截止日期"):
        undertakings.pilot().extend(by=city_office, on=ON, ends_on=ON, reason="")


def test_a_pilot_without_news_is_listed_after_the_term(huancui_officer):
    made = undertakings.pilot()
    due = criteria.note_due(ON)
    assert not Pilot.objects.silent(due)
    assert list(Pilot.objects.silent(due + timedelta(days=1))) == [made]
    made.note(by=huancui_officer, on=due, kind="progress", text="推进")
    assert not Pilot.objects.silent(due + timedelta(days=1))


def test_a_list_that_nothing_calls_for_leaves_the_other_figures_as_they_are(huancui_officer):
    undertakings.pilot()
    figures = pilots_of(huancui_officer, QueryDict()).figures
    assert (figures["all"], figures["running"], figures["silent"]) == (1, 1, 0)


# ── Who acts, who is reminded, who sees ──────────────────────────────────────────────────────

_HEAD, _CITY = ("huancui_supervisor",), ("city_office",)
_AUTHORITY = ("huancui_officer", *_HEAD)
_THREE = (*_AUTHORITY, "huancui_union", "huancui_employer")
EXEMPLAR = {
    (None, "nominate"): _THREE, ("draft", "write"): _THREE, ("returned", "write"): _THREE,
    ("draft", "submit"): _THREE, ("returned", "submit"): _THREE, ("review", "opine"): _THREE,
    ("review", "recommend"): _HEAD, ("review", "rework"): _HEAD, ("recommended", "announce"): _CITY,
    ("recommended", "send_back"): _CITY, ("notice", "publish"): _CITY, ("notice", "settle"): _CITY,
    ("notice", "object"): (*_THREE, *_CITY), ("recommended", "decline"): _CITY, ("notice", "decline"): _CITY,
    ("draft", "drop"): _HEAD, ("returned", "drop"): _HEAD, ("review", "drop"): _HEAD, ("recommended", "drop"): _HEAD,
}  # fmt: skip
PILOT = {
    (None, "propose"): _AUTHORITY, ("returned", "revise"): _AUTHORITY, ("proposed", "approve"): _CITY,
    ("proposed", "send_back"): _CITY, ("running", "note"): _THREE, ("running", "conclude"): _HEAD,
    ("running", "extend"): _CITY, ("concluded", "accept"): _CITY, ("concluded", "reopen"): _CITY,
    ("accepted", "share"): _CITY, ("proposed", "stop"): _CITY, ("returned", "stop"): _CITY, ("running", "stop"): _CITY,
}  # fmt: skip
PRACTICE = {(None, "enter"): _CITY, ("kept", "correct"): _CITY, ("kept", "withdraw"): _CITY}


@pytest.mark.parametrize(("model", "table"), [(Exemplar, EXEMPLAR), (Pilot, PILOT), (Practice, PRACTICE)])
def test_each_is_moved_by_whom_its_table_names(request, model, table):
    if model is Exemplar:
        record = undertakings.exemplar()
        record.objection = "有异议"  # settled only where there is one
    else:
        record = undertakings.pilot() if model is Pilot else undertakings.practice()
    for username in make.cast():
        person = request.getfixturevalue(username)
        found = {(None, move.name) for move in model(district_id=HUANCUI).moves_for(person)}
        for state in model.lifecycle.stages:
            record.state = state
            found |= {(state.value, move.name) for move in record.moves_for(person)}
        assert found == {key for key, who in table.items() if username in who}, username


def kinds_of(*people, on=ON):
    return {each.kind for each in reminders.waiting(list(people), on) if each.kind.startswith(("exemplar", "pilot"))}


def test_each_step_waits_for_whom_it_is_to_act(huancui_supervisor, huancui_union, huancui_employer, city_office):
    people = (huancui_supervisor, huancui_union, huancui_employer, city_office)
    made = undertakings.exemplar()
    writer = made.nominated_by
    assert kinds_of(*people, writer) == {"exemplar_write"}
    rows = {each.key: {"grounds": "有"} for each in made.unmet(ON)}
    made.write(by=writer, on=ON, rows=rows, **STORY)
    made.submit(by=writer, on=ON)
    made.opine(by=huancui_union, on=ON, agrees=True)
    assert kinds_of(huancui_employer) == {"exemplar_opine"}
    assert kinds_of(huancui_union) == set()
    made.opine(by=huancui_employer, on=ON, agrees=True)
    made.opine(by=huancui_supervisor, on=ON, agrees=True)
    assert kinds_of(*people) == {"exemplar_recommend"}
    made.recommend(by=huancui_supervisor, on=ON, recommendation="同意")
    assert kinds_of(*people) == {"exemplar_decide"}
    made.announce(by=city_office, on=ON, decision="公示")
    assert kinds_of(*people, on=made.notice_until) == set()
    made.object(by=huancui_union, on=ON, objection="有异议")
    assert kinds_of(*people) == {"exemplar_settle"}
    made.settle(by=city_office, on=ON, finding="不成立")
    assert kinds_of(*people, on=made.notice_until + timedelta(days=1)) == {"exemplar_publish"}
    made.decline(by=city_office, on=ON, reason="名额所限")
    assert kinds_of(*people) == set()


def test_a_pilot_waits_for_whom_it_is_to_act(huancui_supervisor, city_office):
    made = undertakings.pilot(running=False)
    assert kinds_of(huancui_supervisor, city_office) == {"pilot_approve"}
    made.send_back(by=city_office, on=ON, reason="修改")
    assert kinds_of(huancui_supervisor, city_office) == {"pilot_revise"}
    made.revise(by=huancui_supervisor, on=ON)
    made.approve(by=city_office, on=ON)
    assert kinds_of(huancui_supervisor) == {"pilot_note", "pilot_conclude"}
    made.note(by=huancui_supervisor, on=ON, kind="measure", text="推进")
    made.conclude(by=huancui_supervisor, on=ON, result="完成")
    assert kinds_of(huancui_supervisor, city_office) == {"pilot_accept"}


@pytest.mark.parametrize("model", [Exemplar, Pilot])
def test_another_district_sees_neither_by_either_wall(model, huancui_union, rongcheng_officer):
    made = undertakings.judged(undertakings.exemplar()) if model is Exemplar else undertakings.pilot()
    if model is Pilot:
        made.note(by=huancui_union, on=ON, kind="measure", text="举措")
    hanging = (made.opinions if model is Exemplar else made.notes).model
    assert hanging.objects.visible_to(huancui_union).exists()
    assert not model.objects.visible_to(rongcheng_officer).exists()
    assert not hanging.objects.visible_to(rongcheng_officer).exists()
    with wall.within(RONGCHENG):
        assert not model.objects.exists()
        assert not hanging.objects.exists()


def test_the_pages_forms_and_twins_take_the_whole_way(client, huancui_supervisor, city_office):
    made = undertakings.judged(undertakings.exemplar(enterprise=make.enterprise("威海听澜针织有限公司")))

    def send(person, move, **told):
        client.force_login(person)
        page = reverse(f"campaigns:exemplar_{move}", args=[made.pk])
        assert client.get(page).status_code == 200
        return client.post(page, {"version": Exemplar.objects.get().version} | told)

    assert "听澜针织" in client_get(client, huancui_supervisor, made)
    assert send(huancui_supervisor, "recommend", recommendation="").status_code == 422
    assert send(huancui_supervisor, "recommend", recommendation="同意").status_code == 303
    assert send(city_office, "announce", decision="公示").status_code == 303
    Exemplar.objects.update(announced_on=date(2023, 1, 1), notice_until=date(2023, 1, 2))
    offered = client.get(reverse("campaigns:exemplar_publish", args=[made.pk])).context["form"].initial
    assert send(city_office, "publish", **{name: offered[name] for name in STORY}).status_code == 303
    assert "已编入典型经验库" in client_get(client, huancui_supervisor, made)
    entry = Practice.objects.get()
    address = f"/api/practices/{entry.pk}/"
    client.force_login(city_office)
    told = client.get(address)
    answer = client.post(f"{address}withdraw/", {"reason": "不实"}, headers={"if-match": told.headers["ETag"]})
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")


def client_get(client, person, record):
    client.force_login(person)
    return client.get(record.get_absolute_url()).text


@pytest.mark.parametrize("page", ["exemplars", "pilots", "practices"])
def test_pages_without_a_row_say_what_to_do(client, huancui_officer, page):
    client.force_login(huancui_officer)
    assert client.get(reverse(f"campaigns:{page}")).status_code == 200
