"""Mistakes that people make, planted one by one: the matrix and the tests of the walls have to find each of them.

Most lie in the portal's own scope, so the policies of the database are taken down with them, and the other way round:
with both walls up the other one holds, which tests of its own show first.
"""

import dataclasses
import io
from contextlib import closing, contextmanager

import docx
import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.test.client import ClientHandler
from django.test.signals import template_rendered
from django.utils import timezone
from openpyxl import Workbook

from accounts.models import User
from accounts.roles import Can
from casework import attachment_views, attachments, exports, pages, wall
from casework import views as casework_views
from casework.jobs import JobQuerySet
from casework.listings import LISTINGS
from casework.models import Entry, Export, SavedView, WithTimeline
from casework.scope import ScopedQuerySet
from config import urls
from enterprises import api as enterprises_api
from enterprises import views as enterprises_views
from enterprises.models import Enterprise
from negotiations import contract_forms
from negotiations.models import Contract
from risks import handover_forms
from risks import listings as risks_listings
from risks.models import MajorRisk, Tally
from tests import matrix, test_locks, test_walls
from tests.settings import POSTGRESQL, SLOT

LINES = matrix.read()
DISTRICT = ("huancui_officer", "huancui_union")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), matrix.world_of(LINES) as world:
        yield world


def without_policies(monkeypatch):
    monkeypatch.setattr(wall, "reach_of", lambda person: wall.WHOLE_CITY)


def without_scope(monkeypatch):
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, user: self)


READ = sorted({name for (name, method), line in LINES.items() if method == "GET" and line.capability != matrix.OPEN})
SENT = sorted({name for (name, method), line in LINES.items() if method == "POST" and line.capability != matrix.OPEN})
# Kinds of record that an address of theirs shows, with the texts that marks were sown into.
OF_A_DISTRICT = sorted(
    {line.kind for line in LINES.values() if matrix.is_of_a_district(line)}
    - {"两家企业", "可协查企业", "协商条款", "带附件的记录"}
)


def names_of(kind):
    return sorted({name for (name, method), line in LINES.items() if line.kind == kind and method == "GET"})


def cells_read(names, actors):
    return [cell for name in names for cell in matrix.cells_of(name, LINES, methods=("GET",), actors=actors)]


# ── Either wall alone ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("take_down", "side"), [(without_policies, "rongcheng_officer"), (without_scope, "huancui_officer")]
)
def test_with_one_wall_down_the_other_shows_nothing_of_other_districts(world, monkeypatch, take_down, side):
    """Each address that is read, asked from one side; that a missing one looks alike is asked with both walls up."""
    take_down(monkeypatch)
    cells = [cell for cell in cells_read(READ, (side,)) if cell.case != matrix.MISSING]
    faults = matrix.faults_in(world, cells)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("kind", OF_A_DISTRICT)
def test_what_people_may_know_is_found_so_that_what_is_not_found_means_something(world, kind):
    world.seen.clear()
    cells = [cell for cell in cells_read(names_of(kind), DISTRICT) if cell.case == matrix.OWN]
    assert not matrix.faults_in(world, cells)
    assert "D" in {letter for seen in world.seen.values() for letter, _ in seen}


def test_figures_are_found_where_they_may_be_known_and_nowhere_else(world):
    world.seen.clear()
    cells = cells_read(["enterprises:detail", "enterprises:list", "risks:list", "casework:export-file"], DISTRICT)
    assert not matrix.faults_in(world, cells)
    officer, union = ({letter for letter, _ in world.seen[actor]} for actor in DISTRICT)
    assert officer >= {"D", "F", "P"}
    assert "D" in union
    assert "F" not in union


# ── What is planted ──────────────────────────────────────────────────────────────────────────

BUGS = {}


def planted(*names, methods=("GET",), actors=DISTRICT):
    """Register a mistake, and the addresses, methods and people by which it is to be found."""

    def register(plant):
        BUGS[plant.__name__] = (plant, names, methods, actors)
        return plant

    return register


def unscoped(user, queryset, pk):
    return get_object_or_404(queryset.all(), pk=pk)


@planted("enterprises:detail", "enterprises:list")
def the_filter_is_missing_in_visible_to(monkeypatch, world):
    without_policies(monkeypatch)
    without_scope(monkeypatch)


@planted("enterprises:amend", "enterprises:detail")
def a_view_fetches_from_all_rows(monkeypatch, world):
    without_policies(monkeypatch)
    monkeypatch.setattr(enterprises_views, "visible_or_404", unscoped)


@planted("enterprises:list")
def a_list_is_kept_in_the_cache_by_its_address_alone(monkeypatch, world, kept={}):  # noqa: B006 - that is the mistake
    kept.clear()
    made = enterprises_views.render_list

    def kept_by_path(request, *args):
        if request.get_full_path() not in kept:
            kept[request.get_full_path()] = made(request, *args).content
        return HttpResponse(kept[request.get_full_path()])

    monkeypatch.setattr(enterprises_views, "render_list", kept_by_path)
    world.ask(matrix.Cell("enterprises:list", "GET", "city_office"))


@planted("enterprises:suggest", "enterprises:detail")
def the_rows_of_a_person_of_the_city_are_taken_for_everybody(monkeypatch, world):
    monkeypatch.setattr(User, "sees_whole_city", property(lambda user: True))


@planted("casework:export", methods=("POST",))
def a_list_is_exported_without_scope(monkeypatch, world):
    without_policies(monkeypatch)
    register = LISTINGS["enterprises:list"]
    everybodys = dataclasses.replace(
        register, filtered=lambda user, parameters: register.filtered(world.people["city_office"], parameters)
    )
    monkeypatch.setitem(LISTINGS, "enterprises:list", everybodys)


@planted("casework:export", methods=("POST",), actors=("huancui_union",))
def a_file_has_the_columns_of_those_who_may_know_more(monkeypatch, world):
    everything = dataclasses.replace(LISTINGS["risks:list"], columns=lambda user: risks_listings._SCORES)
    monkeypatch.setitem(LISTINGS, "risks:list", everything)


@planted("casework:export", methods=("POST",))
def the_name_of_a_file_tells_what_is_not_in_it(monkeypatch, world):
    foreign = world.made["企业", "371082"].name
    monkeypatch.setattr(exports, "file_name", lambda title, format, at: f"{title}除{foreign}.{format}")


@planted("api:enterprises-detail", "api:enterprises-list")
def the_api_asks_all_rows(monkeypatch, world):
    without_policies(monkeypatch)
    monkeypatch.setattr(enterprises_api.Register, "get_queryset", lambda view: Enterprise.objects.order_by("pk"))


@planted("enterprises:detail", "risks:for_enterprise")
def another_districts_record_is_forbidden_and_not_missing(monkeypatch, world):
    def forbidden(user, queryset, pk):
        row = get_object_or_404(queryset.all(), pk=pk)
        if not user.sees_whole_city and row.district_id != user.organisation.district_id:
            raise PermissionDenied
        return row

    without_policies(monkeypatch)
    monkeypatch.setattr(enterprises_views, "visible_or_404", forbidden)


@planted("enterprises:detail")
def the_page_of_a_missing_record_says_what_it_would_be(monkeypatch, world):
    def telling(request, exception):
        number = request.resolver_match.kwargs.get("pk") if request.resolver_match else None
        with wall.within(wall.WHOLE_CITY):
            row = Enterprise.objects.filter(pk=number).first()
        return HttpResponse(f"没有找到{row.name if row else ''}", status=404)

    monkeypatch.setattr(urls, "handler404", telling)


@planted("enterprises:detail")
def the_page_of_a_missing_record_is_a_little_longer_for_one_that_is_elsewhere(monkeypatch, world):
    def telling(request, exception):
        with wall.within(wall.WHOLE_CITY):
            there = Enterprise.objects.filter(pk=request.resolver_match.kwargs["pk"]).exists()
        return HttpResponse("没有找到。" if there else "没有找到", status=404)

    monkeypatch.setattr(urls, "handler404", telling)


@planted("enterprises:detail")
def the_page_of_a_missing_record_is_another_each_time(monkeypatch, world):
    monkeypatch.setattr(urls, "handler404", lambda request, exception: render(request, "404.html", status=404))


@planted("enterprises:detail")
def the_timeline_is_everybodys(monkeypatch, world):
    without_policies(monkeypatch)
    monkeypatch.setattr(WithTimeline, "timeline", property(lambda record: Entry.objects.all()))


@planted("enterprises:detail", "risks:list", "risks:for_enterprise", "api:scores-list", actors=("huancui_union",))
def the_other_parties_get_the_figures(monkeypatch, world):
    may = User.may
    monkeypatch.setattr(User, "may", lambda user, capability: capability == Can.READ_FIGURES or may(user, capability))


@planted("casework:attachment")
def an_attachment_is_served_to_whoever_has_its_address(monkeypatch, world):
    without_policies(monkeypatch)
    monkeypatch.setattr(attachment_views, "visible_or_404", unscoped)
    monkeypatch.setattr(attachment_views, "record_or_404", lambda user, key, pk: (attachments.HOLDERS[key], None))


@planted("casework:export-file", "casework:export-line")
def an_export_is_served_to_whoever_asks(monkeypatch, world):
    monkeypatch.setattr(casework_views, "_export_or_404", lambda request, pk: get_object_or_404(Export, pk=pk))


@planted("casework:job")
def the_job_of_another_is_shown(monkeypatch, world):
    monkeypatch.setattr(JobQuerySet, "visible_to", lambda jobs, user: jobs)


@planted("casework:delete-view", methods=("POST",))
def the_view_of_another_is_deleted(monkeypatch, world):
    monkeypatch.setattr(casework_views, "_view_or_404", lambda request, pk: get_object_or_404(SavedView, pk=pk))


@planted("enterprises:amend", methods=("POST",))
def a_form_takes_the_record_that_it_is_told(monkeypatch, world):
    fetched = enterprises_views._current_or_404

    def as_told(request, pk):
        told = request.POST.get("enterprise")
        return unscoped(None, Enterprise.objects, told) if told else fetched(request, pk)

    without_policies(monkeypatch)
    monkeypatch.setattr(enterprises_views, "_current_or_404", as_told)


@planted("negotiations:contract_register")
def a_form_offers_the_rows_of_all_districts(monkeypatch, world):
    without_policies(monkeypatch)
    offer_all(monkeypatch, contract_forms.RegisterForm, "replaces", Contract)


@planted("enterprises:list", "risks:list", actors=("nobody",))
def nobody_asks_who_is_there(monkeypatch, world):
    monkeypatch.setattr(
        "django.contrib.auth.middleware.LoginRequiredMiddleware.process_view", lambda *args, **kwargs: None
    )
    monkeypatch.setattr(world.askers["nobody"], "handler", ClientHandler(enforce_csrf_checks=False))


@planted("enterprises:deliveries", "accounts:people", "risks:runs", actors=("huancui_officer", "auditor"))
def a_guard_lets_everybody_in(monkeypatch, world):
    monkeypatch.setattr(User, "may", lambda user, capability: True)


@planted("enterprises:detail")
def a_fault_of_the_server_answers_what_is_not_there(monkeypatch, world):
    def broken(user, queryset, pk):
        row = queryset.all().visible_to(user).filter(pk=pk).first()
        return row.district and row

    monkeypatch.setattr(enterprises_views, "visible_or_404", broken)


@planted("enterprises:detail", "enterprises:list")
def a_policy_is_dropped(monkeypatch, world):
    """And the scope forgets, too. The fence is put up again by the fixture below."""
    without_scope(monkeypatch)
    as_owner("ALTER TABLE enterprises_enterprise DISABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("name", BUGS)
def test_the_matrix_finds(world, monkeypatch, name):
    plant, names, methods, actors = BUGS[name]
    cells = [cell for of in names for cell in matrix.cells_of(of, LINES, methods=methods, actors=actors)]
    with fences_mended():
        plant(monkeypatch, world)
        assert matrix.faults_in(world, cells), f"{len(cells)} cells, and none noticed that {name.replace('_', ' ')}"


def test_without_a_mistake_the_same_cells_find_nothing(world):
    cells = {
        cell: None
        for _, names, methods, actors in BUGS.values()
        for name in names
        for cell in matrix.cells_of(name, LINES, methods=methods, actors=actors)
    }
    faults = matrix.faults_in(world, cells)
    assert not faults, "\n".join(faults)


# ── What no mark shows: choices of forms, numbers that are remembered ────────────────────────


def offer_all(monkeypatch, form_class, name, model):
    made = form_class.__init__

    def wide(form, *args, **kwargs):
        made(form, *args, **kwargs)
        form.fields[name].queryset = model.objects.all()

    monkeypatch.setattr(form_class, "__init__", wide)


def foreign_choices(world, names, actor):
    """The fields of these pages' forms by which a person could name a record of another district, with no policy up."""
    home, found = matrix.district_of(actor), set()

    def look_at(sender, template, context, **_signal):
        for form in {id(value): value for value in context.flatten().values() if isinstance(value, BaseForm)}.values():
            for name, field in form.fields.items():
                path = getattr(getattr(getattr(field, "queryset", None), "model", None), "district_path", None)
                if path and any(_district_of(row, path) != home for row in field.queryset):
                    found.add(f"{type(form).__name__}.{name}")

    template_rendered.connect(look_at)
    try:
        for cell in cells_read(names, (actor,)):
            if cell.case in {"", matrix.OWN} and not cell.query and LINES[cell.name, "GET"].is_for(actor):
                world.ask(cell)
    finally:
        template_rendered.disconnect(look_at)
    return found


def _district_of(row, path):
    for step in path.split("__"):
        row = getattr(row, step)
    return row.pk


@pytest.mark.parametrize("actor", DISTRICT)
def test_no_form_offers_a_record_of_another_district(world, monkeypatch, actor):
    without_policies(monkeypatch)
    assert not foreign_choices(world, sorted({*SENT} & {*READ}), actor)


def test_a_form_whose_choices_are_not_narrowed_is_found_by_its_field(world, monkeypatch):
    without_policies(monkeypatch)
    offer_all(monkeypatch, handover_forms.DraftForm, "risk", MajorRisk)
    assert foreign_choices(world, ["risks:handover_draft"], "huancui_officer") == {"DraftForm.risk"}


def lists_that_change(world, monkeypatch):
    """Lists that are another for a person when somebody of the city has read them just before."""
    monkeypatch.setattr(pages, "MANY", 0)  # each number is remembered
    changed = []
    for name in sorted(LISTINGS.keys() & matrix.ADDRESSES.keys()):
        if not LINES[name, "GET"].is_for("huancui_officer"):
            continue
        own = matrix.Cell(name, "GET", "huancui_officer")
        cache.clear()
        alone = world.ask(own).fingerprint
        cache.clear()
        world.ask(matrix.Cell(name, "GET", "city_office"))
        if world.ask(own).fingerprint != alone:
            changed.append(name)
    return changed


def test_a_number_that_is_remembered_is_that_of_the_persons_own_district(world, monkeypatch):
    assert not lists_that_change(world, monkeypatch)


def test_a_number_that_is_remembered_across_districts_is_found(world, monkeypatch):
    without_scope(monkeypatch)  # the policies still hide the rows, but not their number
    monkeypatch.setattr(pages.wall, "reach_now", lambda: "everybody")
    assert lists_that_change(world, monkeypatch)


# ── Work in the background ───────────────────────────────────────────────────────────────────


def faults_in_files(world):
    """What the files of all lists hold that their owners must not know, written as a worker writes them."""
    found = []
    for actor in ("huancui_officer", "huancui_union", "rongcheng_officer"):
        for page, listing in LISTINGS.items():
            if not exports.allowed(world.people[actor], listing):
                continue
            for format in ("csv", "xlsx"):
                with wall.within(wall.WHOLE_CITY):
                    query = matrix.WIDE.get(page, "")
                    export = exports.ask(listing, query, format, by=world.people[actor], now=timezone.now())
                    exports.write_export(export.job, lambda done, total, message="": None)
                    export.refresh_from_db()
                    cell = matrix.Cell("casework:export-file", "GET", actor)
                    answer = matrix.Answer(cell, "", HttpResponse(export.file.read()))
                    found += [(actor, page, mark) for mark in answer.marks if not matrix.may_know(cell, *mark)]
                    export.file.delete(save=False)
                    export.delete()
    return found


def test_a_list_written_in_the_background_holds_what_its_owner_may_know(world):
    assert not faults_in_files(world)


def test_a_job_that_reaches_further_than_who_asked_for_it_is_found(world, monkeypatch):
    without_policies(monkeypatch)
    without_scope(monkeypatch)
    assert faults_in_files(world)


# ── What the tests of the locks and of the walls find ────────────────────────────────────────


def as_owner(statement):
    with closing(POSTGRESQL.connect(f"test_{SLOT}")) as owner, owner.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def fences_mended():
    try:
        yield
    finally:
        as_owner("ALTER TABLE enterprises_enterprise ENABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize(
    ("mistake", "mended"),
    [
        ("CREATE TABLE risks_newcomer (district_id varchar(6))", "DROP TABLE risks_newcomer"),
        ("ALTER TABLE casework_entry NO FORCE ROW LEVEL SECURITY",
         "ALTER TABLE casework_entry FORCE ROW LEVEL SECURITY"),
        ("ALTER TABLE risks_tally DISABLE ROW LEVEL SECURITY", "ALTER TABLE risks_tally ENABLE ROW LEVEL SECURITY"),
        ("CREATE POLICY everybody ON risks_score USING (true)", "DROP POLICY everybody ON risks_score"),
        ("CREATE VIEW risks_all AS SELECT * FROM risks_tally", "DROP VIEW risks_all"),
        ("CREATE TABLE risks_case (enterprise_id int, district_id varchar(6))", "DROP TABLE risks_case"),
    ],
    ids=["a table without a fence", "the owner passes", "a fence is down", "a second policy lets all through",
         "a view looks past the policies", "a case names an enterprise and its district apart"],
)  # fmt: skip
def test_the_walls_find_what_is_wrong_in_the_database(world, mistake, mended):
    as_owner(mistake)
    try:
        with pytest.raises(AssertionError):
            test_walls.look_over()
    finally:
        as_owner(mended)
    test_walls.look_over()


def test_back_stairs_are_found(monkeypatch):
    monkeypatch.setattr(test_locks, "BACK_STAIRS", {})
    with pytest.raises(AssertionError):
        test_locks.test_no_city_wide_row_leads_back_to_district_records(Tally)


@pytest.mark.parametrize("packed", ["docx", "xlsx"])
def test_a_mark_is_found_in_what_is_packed(packed):
    file = io.BytesIO()
    if packed == "docx":
        document = docx.Document()
        line = document.add_paragraph("KryD371082")
        line.add_run("_note").bold = True
        document.save(file)
    else:
        book = Workbook()
        book.active["A1"] = "KryD371082_note"
        book.save(file)
    answer = matrix.Answer(matrix.Cell("x", "GET", "huancui_officer"), "", HttpResponse(file.getvalue()))
    assert ("D", "371082_note") in answer.marks
