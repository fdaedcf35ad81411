"""Two walls between districts, each enough alone: the portal's scope and PostgreSQL's policies.

Each test takes one wall down and looks whether the other still holds.
"""

import io
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from psycopg2.errors import InsufficientPrivilege

from casework import wall
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise, Feed, FormerCode, Signal
from tests import make
from tests.settings import POSTGRESQL, SLOT

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"

# Tables that hold nothing of one district: who the people are, what was delivered when, how it was scored.
WITHOUT_A_DISTRICT = {
    "accounts_district", "accounts_organisation", "accounts_user",
    "accounts_deed", "accounts_pastpassword", "accounts_rightschange",
    "casework_export", "casework_job", "casework_savedview", "casework_subscription", "casework_token",
    "enterprises_delivery", "enterprises_deliverymonth", "enterprises_rememberedlayout",
    "campaigns_campaign", "campaigns_phase",
    "risks_scorecard", "risks_scorerun", "risks_checklist", "risks_checklistversion", "risks_item",
}  # fmt: skip
OWN_APPS = ["accounts", "casework", "enterprises", "campaigns", "risks", "negotiations", "guidance", "reports"]


@contextmanager
def refused_for_want_of_rights():
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        yield


@pytest.fixture
def two_districts(db):
    """An enterprise with a score, a signal and a former code in each of two districts."""
    run, delivery = make.run(), make.delivery()
    for district in (HUANCUI, RONGCHENG):
        enterprise = make.enterprise(district=district)
        make.score(enterprise, run)
        make.signal(enterprise, Feed.TAX, make.ON.replace(day=1), delivery, due=100, paid=100)
        FormerCode.objects.create(uscc=make.uscc(), enterprise=enterprise, since=make.ON)
        enterprise.note_deed("走访", by=None, on=make.ON, district=enterprise.district)
    return run


def test_every_table_of_ours_is_fenced_in_or_stands_on_the_list():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)"
        )
        fenced = {name for (name,) in cursor.fetchall()}
    tables = {model._meta.db_table for app in OWN_APPS for model in apps.get_app_config(app).get_models()}
    assert tables - fenced == WITHOUT_A_DISTRICT & tables - fenced
    with_district = {m._meta.db_table for m in apps.get_models() if hasattr(m, "district_path")}
    assert with_district <= fenced


def test_the_portal_logs_in_as_a_role_that_owns_nothing_and_is_held_by_policies():
    for role in ("portal_web", "portal_worker"):
        with psycopg2.connect(POSTGRESQL.url_of(f"test_{SLOT}", role)) as own, own.cursor() as cursor:
            cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False, False)
            cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
            assert cursor.fetchone() == (0,)
        own.close()


@pytest.mark.parametrize("model", ["enterprises.Enterprise", "enterprises.FormerCode", "enterprises.Signal",
                                   "casework.Entry", "risks.Score"])  # fmt: skip
def test_without_the_scope_postgresql_still_hides_other_districts(two_districts, model):
    model = apps.get_model(model)
    with wall.within(HUANCUI):
        assert model.objects.count() == 1
        assert model.objects.filter(**{model.district_path: RONGCHENG}).count() == 0
    with wall.within(wall.NOTHING):
        assert model.objects.count() == 0
    with wall.within(wall.WHOLE_CITY):
        assert model.objects.count() == 2


def test_with_a_scope_that_lets_all_through_every_page_still_shows_one_district(
    client, two_districts, huancui_officer, monkeypatch
):
    foreign = Enterprise.objects.get(district=RONGCHENG)
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, user: self)
    client.force_login(huancui_officer)
    for address in ("/enterprises/", "/risks/?level=all", "/api/enterprises/", "/api/scores/?level=all"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert foreign.name not in answer.content.decode()
        assert foreign.uscc not in answer.content.decode()
    assert client.get(f"/enterprises/{foreign.pk}/").status_code == 404


def test_without_the_policies_the_scope_still_shows_one_district(client, two_districts, huancui_officer, monkeypatch):
    foreign = Enterprise.objects.get(district=RONGCHENG)
    monkeypatch.setattr(wall, "reach_of", lambda person: wall.WHOLE_CITY)
    client.force_login(huancui_officer)
    for address in ("/enterprises/", "/risks/?level=all", "/api/enterprises/", "/api/scores/?level=all"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert foreign.name not in answer.content.decode()
    assert client.get(f"/enterprises/{foreign.pk}/").status_code == 404


def test_a_row_of_another_district_can_neither_be_written_nor_moved_away(two_districts):
    own, foreign = (Enterprise.objects.get(district=district) for district in (HUANCUI, RONGCHENG))
    with wall.within(HUANCUI):
        assert Enterprise.objects.filter(pk=foreign.pk).update(heads=1) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Enterprise.objects.filter(pk=own.pk).update(district=RONGCHENG)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            FormerCode.objects.create(uscc=make.uscc(), enterprise=foreign, since=make.ON)


def test_a_partition_is_no_way_round_the_fence(two_districts):
    with refused_for_want_of_rights(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enterprises_signal_202311")


def test_nobody_but_the_owner_empties_a_table():
    with refused_for_want_of_rights(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE casework_entry")


def test_the_web_may_not_copy_past_the_fence_and_a_worker_only_where_imports_do():
    web = psycopg2.connect(POSTGRESQL.url_of(f"test_{SLOT}", "portal_web"))
    with closing(web), web.cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute("SET ROLE portal_bulk")
    with pytest.raises(InsufficientPrivilege), transaction.atomic(), connection.cursor() as cursor:
        wall.copy(cursor, "casework_entry (deed)", io.StringIO("走访\n"), "text")


def test_what_held_before_holds_again_after_an_inner_reach():
    with wall.within(HUANCUI):
        with wall.within(wall.WHOLE_CITY):
            pass
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('portal.district')")
            assert cursor.fetchone() == (HUANCUI,)


def test_an_answer_of_error_stores_nothing(client, huancui_officer, monkeypatch):
    enterprise = make.enterprise()
    client.raise_request_exception = False
    client.force_login(huancui_officer)

    def change_and_fail(request, pk):
        Enterprise.objects.filter(pk=pk).update(heads=1)
        raise RuntimeError

    from enterprises import views

    monkeypatch.setattr(views, "visible_or_404", lambda user, rows, pk: change_and_fail(None, pk))
    assert client.get(f"/enterprises/{enterprise.pk}/").status_code == 500
    enterprise.refresh_from_db()
    assert enterprise.heads == 80


def test_signals_are_seen_through_their_enterprise(two_districts):
    with wall.within(HUANCUI):
        assert set(Signal.objects.values_list("enterprise__district_id", flat=True)) == {HUANCUI}
