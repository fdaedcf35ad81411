"""The lifecycle on a small record of its own: an errand that a supervisor gives to somebody who then does it."""

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, models
from django.test import RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from accounts.models import District
from accounts.roles import Role
from casework import deeds
from casework.cases import Case
from casework.forms import DeedForm
from casework.lifecycle import PORTAL, STAYS, Incomplete, Lifecycle, MoveRefused, NotYours, Part, Stale
from casework.models import Entry
from casework.scope import ScopedQuerySet
from tests.casework import lifecycles

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"


class Stage(models.TextChoices):
    OPEN = "open", "待交办"
    GIVEN = "given", "办理中"
    DONE = "done", "已办结"


_OFFICER, _SUPERVISOR, OWNER = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Part.of("owner", "承办人")
ERRAND = Lifecycle(
    Stage,
    # move     label   from                        to           by                              needs
    ("open",   "登记", (None,),                    Stage.OPEN,  (_OFFICER, _SUPERVISOR, PORTAL), ("title",)),
    ("give",   "交办", (Stage.OPEN,),              Stage.GIVEN, (_SUPERVISOR,),                  ("owner",)),
    ("remark", "备注", (Stage.OPEN, Stage.GIVEN),  STAYS,       (OWNER, _SUPERVISOR)),
    ("finish", "办结", (Stage.GIVEN,),             Stage.DONE,  (OWNER,),                        ("is_proven",)),
    asks={"is_proven": "请先写明办理结果。"},
)  # fmt: skip


class Errand(Case):
    district_path = "district"
    lifecycle = ERRAND

    district = models.ForeignKey(District, models.DO_NOTHING, db_constraint=False, related_name="+")
    title = models.CharField("事项", max_length=20)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        verbose_name="承办人",
        db_constraint=False,
        related_name="+",
    )
    outcome = models.CharField("结果", max_length=40, blank=True)
    state = models.CharField("状态", max_length=10, choices=Stage)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tests"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title="无"),
                name="an_errand_is_called_something",
                violation_error_message="请写明事项。",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/errands/{self.pk}/"

    @property
    def is_proven(self):
        return bool(self.outcome)

    def open(self, *, by, on, version=None, title=""):
        with self.deed("open", by=by, on=on) as row:
            row.title = title

    def give(self, *, by, on, version=None, owner=None):
        with self.deed("give", by=by, on=on, version=version) as row:
            row.owner = owner

    def remark(self, *, by, on, version=None, note=""):
        with self.deed("remark", by=by, on=on, version=version, note=note):
            pass

    def finish(self, *, by, on, version=None, outcome=""):
        with self.deed("finish", by=by, on=on, version=version, note=outcome) as row:
            row.outcome = outcome


class FinishForm(DeedForm, forms.ModelForm):
    move = "finish"

    class Meta:
        model, fields = Errand, ["outcome"]


@pytest.fixture(autouse=True)
def _a_table_for_the_time_of_a_test(db):
    with connection.schema_editor() as editor:
        statement, _ = editor.table_sql(Errand)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1).replace("%%", "%"))
    yield
    ContentType.objects.clear_cache()  # the type of the errand is gone with the test


@pytest.fixture
def errand(huancui_officer, on):
    return opened(huancui_officer, on)


def opened(by, on, **fields):
    errand = Errand(district_id=HUANCUI)
    errand.open(by=by, on=on, **{"title": "核实工资表"} | fields)
    return errand


@pytest.fixture
def given(errand, huancui_supervisor, huancui_union, on):
    errand.give(by=huancui_supervisor, on=on, owner=huancui_union)
    return errand


# ── The table ────────────────────────────────────────────────────────────────────────────────


def test_every_move_is_for_those_alone_whom_the_table_names(
    huancui_officer, huancui_supervisor, huancui_union, rongcheng_officer, city_office, on
):
    def record_in(state):
        errand = Errand(district_id=HUANCUI, title="核实工资表", owner=huancui_union, state=state or "")
        if state:
            errand.save()
        return errand

    people = lifecycles.by_role(huancui_supervisor, city_office) | {
        "officer": huancui_officer,
        "owner": huancui_union,
        "stranger": rongcheng_officer,
        "portal": None,
    }
    assert lifecycles.allowed(record_in, people) == {
        (None, "open", "officer"),
        (None, "open", Role.DISTRICT_SUPERVISOR),
        (None, "open", "portal"),
        (Stage.OPEN, "give", Role.DISTRICT_SUPERVISOR),
        (Stage.OPEN, "remark", Role.DISTRICT_SUPERVISOR),
        (Stage.OPEN, "remark", "owner"),
        (Stage.GIVEN, "remark", Role.DISTRICT_SUPERVISOR),
        (Stage.GIVEN, "remark", "owner"),
        (Stage.GIVEN, "finish", "owner"),
    }


def test_the_table_gives_the_buttons(errand, huancui_officer, huancui_supervisor, rongcheng_officer):
    assert [move.name for move in errand.moves_for(huancui_supervisor)] == ["give", "remark"]
    assert errand.moves_for(huancui_officer) == []
    rongcheng_officer.role = Role.DISTRICT_SUPERVISOR
    assert errand.moves_for(rongcheng_officer) == []


def test_who_is_disabled_moves_nothing(errand, huancui_supervisor, huancui_union, on):
    huancui_supervisor.is_active = False
    with pytest.raises(NotYours):
        errand.give(by=huancui_supervisor, on=on, owner=huancui_union)


def test_a_table_with_two_moves_of_one_name_is_a_mistake():
    with pytest.raises(ValueError, match="Two moves"):
        Lifecycle(Stage, ("open", "登记", (None,), Stage.OPEN, ()), ("open", "重开", (Stage.DONE,), Stage.OPEN, ()))


# ── A deed ───────────────────────────────────────────────────────────────────────────────────


def test_a_deed_sets_the_state_and_the_version_and_writes_one_entry(given, huancui_supervisor, on):
    assert (given.state, given.version) == (Stage.GIVEN, 2)
    entry, opening = given.timeline
    assert (entry.deed, entry.before, entry.after, entry.by) == ("交办", "待交办", "办理中", huancui_supervisor)
    assert (opening.deed, opening.before, opening.after) == ("登记", "", "待交办")
    assert {entry.district_id for entry in given.timeline} == {HUANCUI}


def test_a_move_that_stays_is_noted_all_the_same(given, huancui_union, on):
    given.remark(by=huancui_union, on=on, note="已电话联系")
    assert (given.state, given.version) == (Stage.GIVEN, 3)
    assert given.timeline[0].note == "已电话联系"


def test_what_a_move_needs_is_asked_for_and_nothing_is_stored(errand, given, huancui_supervisor, huancui_union, on):
    fresh = opened(huancui_supervisor, on)
    with pytest.raises(Incomplete, match="请填写“承办人”。"):
        fresh.give(by=huancui_supervisor, on=on)
    with pytest.raises(Incomplete, match="请先写明办理结果。"):
        given.finish(by=huancui_union, on=on)
    for record in (fresh, given):
        before = record.state
        record.refresh_from_db()
        assert record.state == before


def test_a_record_cannot_be_opened_in_another_district(huancui_officer, on):
    with pytest.raises(NotYours, match="其他区市"):
        Errand(district_id=RONGCHENG).open(by=huancui_officer, on=on, title="核实工资表")
    assert not Errand.objects.exists()


def test_a_rule_of_the_table_in_the_database_is_told_in_words(huancui_officer, on):
    with pytest.raises(MoveRefused, match="请写明事项。"):
        opened(huancui_officer, on, title="无")


def test_a_verb_that_fails_stores_nothing(errand, huancui_supervisor, on):
    def give():
        with errand.deed("give", by=huancui_supervisor, on=on) as row:
            row.owner = huancui_supervisor
            raise LookupError

    with pytest.raises(LookupError):
        give()
    errand.refresh_from_db()
    assert (errand.state, errand.owner, errand.timeline.count()) == (Stage.OPEN, None, 1)


# ── Two officers on one record ───────────────────────────────────────────────────────────────


def test_the_second_of_two_is_told_who_did_what_and_overwrites_nothing(errand, huancui_supervisor, huancui_union, on):
    second = Errand.objects.get(pk=errand.pk)
    errand.give(by=huancui_supervisor, on=on, owner=huancui_union)
    with pytest.raises(Stale) as stale:
        second.give(by=huancui_supervisor, on=on, version=1, owner=huancui_supervisor)
    assert "由环翠人社局测试huancui_supervisor“交办”，现为“办理中”，不能再“交办”" in stale.value.sentence
    second.refresh_from_db()
    assert second.owner == huancui_union


def test_a_remark_in_between_makes_what_was_seen_old(given, huancui_supervisor, huancui_union, on):
    given.remark(by=huancui_supervisor, on=on, note="请附工资表")
    with pytest.raises(Stale, match="请核对后重新办理") as stale:
        given.finish(by=huancui_union, on=on, version=2, outcome="已补发")
    assert [entry.note for entry in stale.value.since] == ["请附工资表"]


def test_one_record_is_opened_once(errand, huancui_officer, on):
    with pytest.raises(Stale):
        errand.open(by=huancui_officer, on=on, title="又一次")


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def ask(user, record, data=None, htmx=False):
    request = RequestFactory().post("/deed/", data) if data is not None else RequestFactory().get("/deed/")
    request.user = user
    request.session = {}
    if htmx:
        request.META["HTTP_HX_REQUEST"] = "true"
    request.htmx = HtmxDetails(request)
    request._messages = []
    request._messages = type("Kept", (list,), {"add": lambda self, *args: self.append(args)})()
    return deeds.page(request, record, FinishForm)


def test_a_deed_is_done_by_its_page(given, huancui_union):
    shown = ask(huancui_union, given)
    assert shown.status_code == 200
    assert 'name="version" value="2"' in shown.content.decode()
    done = ask(huancui_union, given, {"version": 2, "outcome": "已补发"})
    assert (done.status_code, done["Location"]) == (303, f"/errands/{given.pk}/")
    given.refresh_from_db()
    assert given.state == Stage.DONE


def test_with_script_the_page_sends_its_part_and_then_leads_on(given, huancui_union):
    assert "<html" not in ask(huancui_union, given, htmx=True).content.decode()
    done = ask(huancui_union, given, {"version": 2, "outcome": "已补发"}, htmx=True)
    assert done["HX-Redirect"] == f"/errands/{given.pk}/"


def test_what_is_missing_stands_beside_the_form(given, huancui_union):
    answer = ask(huancui_union, given, {"version": 2, "outcome": ""})
    assert answer.status_code == 422
    assert "请先写明办理结果。" in answer.content.decode()


def test_who_may_not_make_the_move_hears_so_whatever_was_typed(given, huancui_officer):
    with pytest.raises(PermissionDenied, match="您不能办理"):
        ask(huancui_officer, given, {"version": 2, "outcome": ""})


def test_a_form_without_its_version_is_not_taken(given, huancui_union):
    answer = ask(huancui_union, given, {"outcome": "已补发"})
    assert answer.status_code == 422
    assert "缺少版本号" in answer.content.decode()


def test_nothing_typed_is_lost_when_the_record_has_changed(given, huancui_supervisor, huancui_union, on):
    given.remark(by=huancui_supervisor, on=on, note="请附工资表")
    answer = ask(huancui_union, given, {"version": 2, "outcome": "已补发三人工资"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "请附工资表" in page
    assert page.count("已补发三人工资") == 2  # beside what stands, and in the form once more
    assert 'name="version" value="3"' in page


def test_what_was_typed_is_shown_even_when_the_move_is_gone(given, huancui_union, on):
    second = Errand.objects.get(pk=given.pk)
    given.finish(by=huancui_union, on=on, outcome="已补发")
    answer = ask(huancui_union, second, {"version": 2, "outcome": "查无此事"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "查无此事" in page
    assert 'name="outcome"' not in page


def test_the_page_of_a_move_that_is_gone_says_so_at_once(given, huancui_union, on):
    given.finish(by=huancui_union, on=on, outcome="已补发")
    assert ask(huancui_union, given).status_code == 409


def test_the_page_of_anothers_move_is_refused(given, huancui_supervisor):
    for data in (None, {"version": 2, "outcome": "已补发"}):
        with pytest.raises(PermissionDenied, match="由承办人办理"):
            ask(huancui_supervisor, given, data)


# ── Every lifecycle of the portal ────────────────────────────────────────────────────────────

CASES = [model for model in apps.get_models() if issubclass(model, Case)]


@pytest.mark.parametrize("model", [*CASES, Errand], ids=lambda model: model.__name__)
def test_every_move_is_a_verb_and_what_it_needs_can_be_asked_for(model):
    lifecycle = model.lifecycle
    assert {value for value, _ in model._meta.get_field("state").choices} == set(lifecycle.stages.values)
    assert any(move.creates for move in lifecycle)
    for move in lifecycle:
        assert callable(getattr(model, move.name))
        for need in move.needs:
            assert need in lifecycle.asks or model._meta.get_field(need)
        for state in (*move.starts, move.to):
            assert state is None or state in lifecycle.stages


def test_the_document_of_the_lifecycles_is_fresh(tmp_path):
    written = tmp_path / "lifecycles.md"
    call_command("write_lifecycles", to=str(written))
    stands = settings.ROOT / "docs" / "lifecycles.md"
    assert written.read_text() == stands.read_text(), "请运行 .venv/bin/python manage.py write_lifecycles"


def test_no_form_of_a_deed_takes_a_number_that_its_column_cannot_hold():
    """Of fields that come from the model the model itself says so."""

    def forms_of(form):
        yield form
        for more in form.__subclasses__():
            yield from forms_of(more)

    reverse("reports:home")  # so that every page has been read, with its forms
    unbounded = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in forms_of(DeedForm)
        for name, field in form.declared_fields.items()
        if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField | forms.FloatField)
        if name != "version" and field.max_value is None
    }
    assert unbounded == set()


def test_an_entry_of_a_move_is_read_by_the_district_alone(errand):
    assert Entry.objects.get(deed="登记").district_id == HUANCUI


def test_a_case_is_a_sound_model():
    assert Errand.check() == []
