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
from enterprises import signals
from enterprises.models import Enterprise, Feed, FormerCode, Signal, SignalBlock
from risks.models import Tally
from tests import make
from tests.settings import POSTGRESQL, SLOT
from tests.test_locks import CITY_WIDE, MODELS

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"

# Tables that hold nothing of one district: who the people are, what was delivered when, how it was scored.
WITHOUT_A_DISTRICT = {
    "accounts_district", "accounts_organisation", "accounts_user",
    "accounts_deed", "accounts_pastpassword", "accounts_rightschange",
    "casework_export", "casework_job", "casework_savedview", "casework_subscription", "casework_token",
    "enterprises_delivery", "enterprises_deliverymonth", "enterprises_rememberedlayout",
    "campaigns_campaign", "campaigns_phase", "campaigns_duty", "campaigns_dispatch",
    "campaigns_practice",
    "guidance_leaflet", "guidance_leafletversion", "guidance_lecture", "guidance_policy",
    "risks_scorecard", "risks_scorerun", "risks_checklist", "risks_checklistversion", "risks_item",
    "reports_template",
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


# ── What the database itself says ──────────────────────────────────────────────────────────────

# Names an enterprise and a district and cannot refer to both at once, with the reason.
REFERS_APART = {
    "risks_score": "written by COPY from the register itself, in the transaction that reads it",
}


def asked(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def names(statement):
    return {name for (name,) in asked(statement)}


def test_every_table_of_ours_is_fenced_in_or_stands_on_the_list():
    every_table_is_fenced_in()


def every_table_is_fenced_in():
    fenced = names(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)"
    )
    there = names("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                  " AND relnamespace = 'public'::regnamespace")  # fmt: skip
    tables = {table for table in there if table.split("_")[0] in OWN_APPS}
    # The scores of a run that is not finished lie in a table that pages cannot touch.
    tables -= {table for table in tables if table.startswith("risks_score_run_")}
    assert tables - fenced == WITHOUT_A_DISTRICT & tables
    with_district = {m._meta.db_table for m in apps.get_models() if hasattr(m, "district_path")}
    assert with_district <= fenced


def test_one_policy_a_table_and_no_second_that_lets_more_through():
    one_policy_a_table()


# Written by everybody, read within one's reach: the audit trail and the access log.
OF_A_LOG = {table: {("own_district", "r"), ("added", "a")} for table in ("casework_change", "casework_accessrecord")}


def one_policy_a_table():
    """A second policy lets through what the first holds back: PostgreSQL joins them by OR."""
    found = {}
    for table, name, command in asked("SELECT polrelid::regclass::text, polname, polcmd::text FROM pg_policy"):
        found.setdefault(table, set()).add((name, command))
    assert {table: policies for table, policies in found.items() if policies != {("own_district", "*")}} == OF_A_LOG


def test_no_view_looks_past_the_policies():
    """A view asks with its owner's rights unless it says otherwise."""
    no_view_looks_past_the_policies()


def no_view_looks_past_the_policies():
    views = names("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
                  " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)")  # fmt: skip
    assert not views


def test_a_case_cannot_name_an_enterprise_of_another_district():
    a_case_names_both_at_once()


def a_case_names_both_at_once():
    """A table that holds an enterprise and a district refers to both by one key, so that no hidden row is named."""
    both = names(
        "SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " WHERE attname IN ('enterprise_id', 'district_id') AND NOT attisdropped AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND relnamespace = 'public'::regnamespace AND relname !~ '^risks_score_run_'"
        " GROUP BY attrelid HAVING count(*) = 2"
    )
    kept = names(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
        " AND confrelid = 'enterprises_enterprise'::regclass AND array_length(conkey, 1) = 2 AND convalidated"
    )
    assert both - kept == REFERS_APART.keys()


def look_over():
    every_table_is_fenced_in()
    one_policy_a_table()
    no_view_looks_past_the_policies()
    a_case_names_both_at_once()


# Tables that come with Django and allauth, without a district: why the pages' own login reads them.
READ_BY_WEB = {
    "account_emailaddress": "empty: nobody logs in by mail; allauth asks whether there is one",
    "account_emailconfirmation": "empty, as above",
    "django_content_type": "names of tables",
    "django_migrations": "names of migrations: /readyz/ asks whether all have run",
    "django_session": "who is logged in: a request reads its own by a key of 32 random characters",
    "mfa_authenticator": "second factors, enciphered; a log-in compares them",
    "socialaccount_socialaccount": "who is who at the identity provider",
    "socialaccount_socialapp": "the identity provider, where one is noted in the database: none",
    "socialaccount_socialtoken": "empty: tokens of the identity provider are not kept",
    "usersessions_usersession": "where a person is logged in, for that person's page and for ending it",
    "auth_group": "empty: rights are a table in the code",
    "auth_group_permissions": "empty, as above",
    "auth_permission": "names of tables and verbs, unused",
}


def test_what_the_pages_login_reads_without_a_fence_is_listed_with_the_reason():
    open_to_web = names(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND relnamespace = 'public'::regnamespace"
        " AND NOT relrowsecurity AND has_table_privilege('portal_web', oid, 'SELECT')"
    )
    ours = {model._meta.db_table for model in MODELS if model._meta.label in CITY_WIDE}
    assert open_to_web <= ours | READ_BY_WEB.keys()
    assert {table for table in open_to_web if table.split("_")[0] in OWN_APPS} <= WITHOUT_A_DISTRICT


def test_the_pages_login_neither_copies_nor_reads_files_nor_makes_tables_of_its_own():
    with closing(psycopg2.connect(POSTGRESQL.url_of(f"test_{SLOT}", "portal_web"))) as web:
        for statement in (
            "COPY enterprises_enterprise (name) FROM PROGRAM 'true'",
            "COPY enterprises_enterprise (name) FROM '/dev/null'",
            "SELECT pg_read_file('/etc/passwd')",
            "CREATE TABLE own (id int)",
            "ALTER TABLE enterprises_enterprise DISABLE ROW LEVEL SECURITY",
            "SET ROLE portal_bulk",
            "SET ROLE portal",
        ):
            with web.cursor() as cursor, pytest.raises(InsufficientPrivilege):
                cursor.execute(statement)
            web.rollback()
        with web.cursor() as cursor, pytest.raises(psycopg2.errors.FeatureNotSupported):
            cursor.copy_expert("COPY enterprises_enterprise (name) FROM STDIN", io.StringIO("甲\n"))


def test_blocks_first_rows_and_tallies_are_read_within_their_reach(two_districts):
    make.tallied(two_districts)
    delivery = make.delivery()
    delivery.samples.create(sheet=0, row=1, cells=["甲公司", "58"])
    signals.refresh_blocks(Feed.TAX, [make.ON.replace(day=1)])
    with wall.within(HUANCUI):
        assert not SignalBlock.objects.exists()
        assert not delivery.samples.exists()
        assert set(Tally.objects.values_list("district", flat=True)) == {HUANCUI}
        # Freshness counts what a feed tells of, and gets no figure: 512 bytes of a block are its presence bits.
        rows = asked("SELECT octet_length(bits), current_setting('portal.district')"
                     " FROM enterprises_presence('2023-01-01', '2023-12-01')")  # fmt: skip
        assert rows == [(512, HUANCUI)] or rows == [(512, wall.WHOLE_CITY)]
        assert asked("SELECT current_setting('portal.district')") == [(HUANCUI,)]
    with wall.within(wall.WHOLE_CITY):
        assert SignalBlock.objects.count() == 1
        assert delivery.samples.count() == 1
        assert Tally.objects.count() == 2


# ── Roles ──────────────────────────────────────────────────────────────────────────────────────


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
