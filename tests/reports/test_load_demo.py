"""A demonstration goes through the same door as real data, once, and never where real data are."""

import io
from datetime import date

import pytest
from django.core.files import File
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from accounts import demonstration as people
from accounts.models import District, User
from accounts.roles import Role
from casework.models import Entry
from enterprises.deliveries import ingest, keep
from enterprises.demonstration import files, generate
from enterprises.models import Delivery, Enterprise, Feed, Signal, SignalBlock
from guidance import service_demonstration
from guidance.models import RuleSystem
from negotiations.models import Consultation, Contract, Ending, Ground, Suspension
from reports import demonstration
from risks.models import Score, ScoreRun
from tests import make

ON = date(2023, 11, 20)
SEPTEMBER = date(2023, 9, 5)


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEMONSTRATION_MARK = tmp_path / "demonstration"


@pytest.mark.parametrize(("seed", "dirt"), [(11, 0.02), (12, 0.06)])
def test_the_import_accepts_and_refuses_exactly_what_the_generator_spoiled(db, tmp_path, seed, dirt):
    population = generate(seed, 300)
    for file in files.write(population, files.as_departments_deliver(population), tmp_path, seed=seed, dirt=dirt):
        with file.path.open("rb") as content:
            delivery = keep(File(content, name=file.path.name), by=None, at=make.AT)
        with transaction.atomic():
            ingest.take_in(delivery, on=ON, at=make.AT)
        told = ingest.report(delivery)
        assert {key: told[key] for key in file.expected} == file.expected | {
            "rejected": _sorted(file.expected["rejected"])
        }
        assert not delivery.question


def test_what_is_stored_is_what_was_invented(db, tmp_path):
    population = generate(14, 200)
    for file in files.write(population, files.one_file_each(population), tmp_path):
        with file.path.open("rb") as content:
            delivery = keep(File(content, name=file.path.name), by=None, at=make.AT)
        ingest.take_in(delivery, on=ON, at=make.AT)
    ids = dict(Enterprise.objects.values_list("uscc", "id"))
    for feed, name in ((Feed.TAX, "tax"), (Feed.SOCIAL, "social"), (Feed.LOAN, "loan"), (Feed.LOGISTICS, "logistics")):
        columns = population.signals[name]
        rows = Signal.objects.filter(feed=feed).values_list("enterprise_id", "month", "due", "paid", "balance", "count")
        stored = {(firm, month): values for firm, month, *values in rows}
        assert len(stored) == columns["present"].sum()
        for number, code in enumerate(population.register["code"]):
            for index, month in enumerate(population.months):
                if columns["present"][index, number]:
                    told = [columns[part][index, number] if part in columns else None for part in _PARTS]
                    assert stored[ids[code], month] == told


_PARTS = ("due", "paid", "balance", "count")


@pytest.fixture(scope="class")
def loaded_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """One load for all tests of the class; what each test changes is rolled back."""
    folder = tmp_path_factory.mktemp("demonstration")
    mark = folder / "mark"
    elsewhere = override_settings(MEDIA_ROOT=folder / "media", DEMONSTRATION_MARK=mark)
    with django_db_blocker.unblock(), transaction.atomic():
        with elsewhere:
            assert demonstration.load(on=ON, seed=3, enterprises=250)
        yield mark
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once, db, settings):
    settings.DEMONSTRATION_MARK = loaded_once


@pytest.mark.usefixtures("loaded")
class TestLoaded:
    def test_files_come_and_scores_are_made_over_half_a_year(self):
        assert Enterprise.objects.count() >= 250
        assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.STORED}
        assert Delivery.objects.earliest("received_at").received_at.date() == date(2023, 7, 4)
        assert Delivery.objects.latest("received_at").received_at.date() == date(2023, 11, 16)
        assert Delivery.objects.exclude(rejected={}).exclude(error_file="").exists()
        runs = list(ScoreRun.objects.finished().order_by("as_of"))
        assert [run.as_of.month for run in runs] == [6, 7, 8, 9, 10]
        assert [run.previous for run in runs] == [None, *runs[:-1]]
        assert all(run.asked_at < run.finished_at and run.finished_at.date() <= ON for run in runs)
        assert Score.objects.filter(run=runs[-1]).exclude(previous_score=None).exists()
        assert SignalBlock.objects.filter(feed=Feed.LOGISTICS).latest("month").month == date(2023, 9, 1)

    def test_talks_rest_and_need_the_authority_and_contracts_are_renewed_and_end_in_each_way(self):
        assert Suspension.objects.exclude(ends_on=None).exists()
        assert Consultation.objects.exclude(coordinated_on=None).exclude(state=Consultation.State.COORDINATED).exists()
        assert Consultation.objects.filter(purpose=Consultation.Purpose.RENEW).exists()
        over = Contract.objects.exclude(closed_on=None).values_list("state", flat=True)
        assert set(over) == {Contract.State.REPLACED, Contract.State.DISSOLVED, Contract.State.ENDED}
        grounds = set(Ending.objects.values_list("ground", flat=True))
        assert grounds == {Ground.EXPIRY, Ground.MERGER, Ground.DISSOLUTION}

    def test_a_correction_leaves_what_was_known_before_it(self):
        correction = Delivery.objects.get(name__contains="更正")
        corrected = Signal.objects.filter(delivery=correction)
        assert corrected.exists()
        for row in corrected:
            earlier = Signal.objects.get(
                enterprise=row.enterprise, feed=row.feed, month=row.month, delivery__lt=correction
            )
            assert earlier.paid == 0
            assert row.paid >= row.due > 0

    def test_a_second_load_changes_nothing(self, capsys):
        before = Delivery.objects.count(), ScoreRun.objects.count(), User.objects.count()
        assert not demonstration.load(on=ON, seed=4, enterprises=100)
        call_command("load_demo")
        assert "此前已经装入" in capsys.readouterr().out
        assert (Delivery.objects.count(), ScoreRun.objects.count(), User.objects.count()) == before


def test_a_load_that_was_cut_short_goes_on_with_what_it_began(db, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demonstration, "_score", _fail)
        with pytest.raises(InterruptedError):
            demonstration.load(on=SEPTEMBER, seed=3, enterprises=60)
    begun = list(Delivery.objects.values_list("pk", "name"))
    assert begun
    weeks = []
    with monkeypatch.context() as patch:
        patch.setattr(service_demonstration, "week_of_work", _a_week_that_fails_at_its_end(weeks, at=5))
        with pytest.raises(InterruptedError):
            demonstration.load(on=SEPTEMBER, seed=98, enterprises=400)
    drafted = Entry.objects.filter(deed=RuleSystem.lifecycle["draft"].label)
    assert not drafted.filter(on=weeks[-1]).exists()
    assert demonstration.load(on=SEPTEMBER, seed=99, enterprises=500)
    assert drafted.filter(on=weeks[-1]).exists()
    assert Enterprise.objects.count() < 70
    assert list(Delivery.objects.order_by("pk").values_list("pk", "name"))[: len(begun)] == sorted(begun)
    assert Delivery.objects.values("name").distinct().count() == Delivery.objects.count()


def test_an_installation_with_data_of_its_own_is_left_alone(db):
    enterprise = make.enterprise()
    with pytest.raises(demonstration.NotEmpty):
        demonstration.load(on=ON)
    with pytest.raises(CommandError, match="不是演示系统"):
        call_command("load_demo")
    call_command("load_demo", "--if-empty")
    assert list(Enterprise.objects.all()) == [enterprise]
    assert not User.objects.exists()


def test_an_installation_with_people_of_its_own_is_left_alone(city_office):
    with pytest.raises(demonstration.NotEmpty):
        demonstration.load(on=ON)


def test_every_role_and_every_district_has_an_account(db):
    assert people.create() == len(people.accounts())
    assert people.create() == 0
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)
    for district in District.objects.all():
        roles = User.objects.filter(organisation__district=district).values_list("role", flat=True)
        assert {Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR} <= set(roles)
    for user in User.objects.all():
        user.full_clean()
        assert user.name.endswith("（演示）")
        assert user.must_change_password == (user.username == people.NEWCOMER)
    assert User.objects.values("name").distinct().count() == User.objects.count()


def test_the_known_password_opens_a_demonstration_account(db, client):
    people.create()
    assert client.login(username="huancui", password=people.PASSWORD)


def test_accounts_are_listed_and_made_only_in_a_demonstration(db, settings):
    listed = _said("demo_accounts")
    assert people.PASSWORD not in listed
    assert not User.objects.exists()
    settings.DEMONSTRATION = True
    listed = _said("demo_accounts")
    assert people.PASSWORD in listed
    assert "huancui.union" in listed
    assert User.objects.exists()


def _said(command):
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def _fail(*arguments):
    raise InterruptedError


def _a_week_that_fails_at_its_end(weeks, *, at):
    """A week of services that notes its day in `weeks`; the `at`-th is cut short when all its work is done."""
    work = service_demonstration.week_of_work

    def week(on):
        weeks.append(on)
        work(on)
        if len(weeks) == at:
            raise InterruptedError

    return week


def _sorted(counts):
    return dict(sorted(counts.items()))
