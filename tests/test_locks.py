"""The locks that keep districts apart, tried on every model, form, view and address; a new one is covered."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, get_resolver

from accounts.models import District
from casework.scope import ScopedQuerySet

ROOT = Path(settings.ROOT)
OURS = [config for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
MODELS = [model for config in OURS for model in config.get_models()]
SCOPED = [model for model in MODELS if hasattr(model, "district_path")]

# Every model without a district stands here, with the reason. Nobody reads these by way of a district.
CITY_WIDE = {
    "accounts.District": "the eight districts are known to all",
    "accounts.Organisation": "the addressed bodies are known to all",
    "accounts.User": "people are looked after by the administrator, who belongs to the city",
    "accounts.RightsChange": "asked for and granted by administrators, who belong to the city",
    "accounts.Deed": "what administrators did to accounts, read by them and by the auditor",
    "accounts.PastPassword": "hashes that are not taken again; read by the password rules alone",
    "casework.Job": "seen by the person who asked for it, and by who looks after the work",
    "casework.SavedView": "seen by its owner",
    "casework.Export": "seen by its owner",
    "casework.Token": "looked after by the security administrator, who belongs to the city",
    "casework.Subscription": "looked after by the security administrator, who belongs to the city",
    "casework.Message": "fenced by the reach of its subscriber; its log tells the security administrator no content",
    "casework.KeptAnswer": "fenced by the reach of its client, who alone is answered from it",
    "enterprises.Delivery": "a department delivers for the whole city; the steward belongs to the city",
    "enterprises.DeliveryMonth": "counts of a delivery, without a name",
    "enterprises.DeliveryFault": "rows of a delivery, for the steward",
    "enterprises.DeliverySample": "first rows of a delivery, for the steward",
    "enterprises.RememberedLayout": "layouts of a department's files",
    "enterprises.ConfirmedSignals": "bits of a delivery, read by the import",
    "enterprises.RegisterChange": "what a delivery changed, read when it is undone",
    "enterprises.SignalBlock": "packed signals, read by scoring",
    "campaigns.Campaign": "one campaign for the whole city",
    "campaigns.Dispatch": "one question to every district",
    "campaigns.Duty": "the duties of the notice are those of the whole city",
    "campaigns.Phase": "the phases of the notice are those of the whole city",
    "campaigns.Practice": "what was published, for every district to read; a copy without a way back to the case",
    "guidance.Leaflet": "one catalogue for the whole city",
    "guidance.LeafletVersion": "its versions",
    "guidance.Lecture": "open to the enterprises of the whole city; who attended lies in each district",
    "guidance.Policy": "one catalogue for the whole city",
    "reports.Template": "how the reports of all districts look; set by the city's office",
    "reports.Bundle": "files of an issue, for the city's office; fenced for the city",
    "reports.BundledFile": "the same",
    "reports.ChosenCase": "a case of the city's summary; fenced for the city",
    "reports.Issue": "the city's summary as it was issued; fenced for the city",
    "reports.IssuedSubmission": "which submissions it adds up; fenced for the city",
    "reports.Summary": "the city's summary, for the city's office; fenced for the city",
    "reports.SummarySection": "the same",
    "reports.SummaryText": "the same",
    "risks.Scorecard": "one card for the whole city",
    "risks.ScoreRun": "one run for the whole city",
    "risks.Checklist": "one checklist for the whole city",
    "risks.ChecklistVersion": "its versions",
    "risks.Item": "the questions of a version",
}
# A foreign key of a district record to a city-wide row has no way back, but for these.
BACK_STAIRS = {
    "risks.Score.run": "`run.scores` is how a run is read; its manager knows visible_to, and views must use it (below)",
    "risks.Tally.run": "`run.by_district` is how a run's tallies are read, behind the fence of the database",
}
# Addresses that need no login, with the reason.
OPEN = {
    "casework:field": "the shell of the field app: the same for everybody, kept on phones, without anybody's data",
    "casework:field-manifest": "what the field app is called and looks like",
    "casework:field-worker": "the script that keeps the shell on the phone",
    "account_login": "where one logs in",
    "account_logout": "ends a session where there is one",
    "account_inactive": "says that an account is disabled",
    "guidance:sign_by_code": "who attends a lecture has no account; tells nothing but that a code is wrong",
    "guidance:sign": "the same, by a signed link; takes a code and a name, and answers alike whatever they are",
    "guidance:signed": "says that it was taken",
    "openid_connect_login": "leads to the identity provider, where one is set up",
    "openid_connect_callback": "where the identity provider leads back to",
}


def labels(models):
    return [model._meta.label for model in models]


# ── 1. Each model says the way home ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", MODELS, ids=labels(MODELS))
def test_a_model_says_its_district_or_stands_on_the_list(model):
    assert (model in SCOPED) != (model._meta.label in CITY_WIDE)


@pytest.mark.parametrize("model", SCOPED, ids=labels(SCOPED))
def test_the_way_home_leads_to_a_district_and_the_door_is_there(model):
    at = model
    for step in model.district_path.split("__"):
        at = at._meta.get_field(step).related_model
    assert at is District
    assert isinstance(model._default_manager.all(), ScopedQuerySet)


def test_the_list_names_no_model_that_is_gone():
    assert CITY_WIDE.keys() <= set(labels(MODELS))


# ── 2. Requests fetch through one door ───────────────────────────────────────────────────────

EDGE = [
    path
    for config in OURS
    for path in Path(config.path).glob("*.py")
    if path.stem in {"views", "api", "listings"} or path.stem.endswith("_views")
]
DOORS = {"visible_to", "visible_or_404"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}


@pytest.mark.parametrize("path", EDGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_view_reads_district_records_through_the_door(path):
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    names = {model.__name__ for model in SCOPED}
    found = []
    for node in ast.walk(tree):
        by_manager = isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
        by_shortcut = isinstance(node, ast.Call) and getattr(node.func, "id", "") in SHORTCUTS
        if by_manager and getattr(node.value, "id", None) in names and not _goes_through_a_door(node, parents):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if by_shortcut and names & {getattr(part, "id", "") for part in ast.walk(node.args[0])}:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    assert not found, f"{path.name} reads past the door: {found}"


def _goes_through_a_door(node, parents):
    """Whether visible_to follows in the same chain of calls, or the queryset is handed to visible_or_404."""
    while isinstance(parents[node], ast.Attribute | ast.Call):
        node = parents[node]
        called = node.attr if isinstance(node, ast.Attribute) else getattr(node.func, "id", "")
        if called in DOORS:
            return True
    return False


# ── 3. Forms narrow every choice ─────────────────────────────────────────────────────────────


def _forms():
    for config in OURS:
        for path in Path(config.path).glob("*.py"):
            if path.stem in {"forms", "filters"} or path.stem.endswith("_forms"):
                module = import_module(f"{config.name}.{path.stem}")
                for _, kind in inspect.getmembers(module, inspect.isclass):
                    if kind.__module__ == module.__name__ and hasattr(kind, "base_fields"):
                        yield kind


def test_no_form_offers_district_records_before_it_knows_who_asks():
    """A class is made before there is a person: a choice of district records can be narrowed in __init__ alone."""
    offered = [
        f"{form.__name__}.{name}"
        for form in _forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.ModelChoiceField)
        and field.queryset is not None
        and field.queryset.model in SCOPED
        and field.queryset.query.where
    ]
    assert not offered


# ── 4. No back stairs ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", SCOPED, ids=labels(SCOPED))
def test_no_city_wide_row_leads_back_to_district_records(model):
    for field in model._meta.get_fields():
        if not (field.many_to_one or field.one_to_one) or field.auto_created:
            continue
        target = field.related_model
        if target in MODELS and target not in SCOPED and not field.remote_field.hidden:
            assert f"{model._meta.label}.{field.name}" in BACK_STAIRS


# ── 5. Login is required by default ──────────────────────────────────────────────────────────


def addresses(patterns=None, before="/", namespace=""):
    """(name, path) of every address, with 1 and x where it takes a value."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + _filled(str(pattern.pattern), pattern.pattern.converters)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or ''}", route
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, route, inner)


def _filled(route, converters):
    for name, converter in converters.items():
        value = _SAMPLES.get(type(converter).__name__, "x")
        kind = type(converter).__name__.removesuffix("Converter").lower()
        for spelled in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(spelled, value)
    return re.sub(r"\(\?P<\w+>[^)]*\)", "1", route).removeprefix("^").removesuffix("$").removesuffix("\\Z")


_SAMPLES = {"IntConverter": "1", "UUIDConverter": "00000000-0000-4000-8000-000000000000"}
ADDRESSES = sorted(set(addresses()))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), ADDRESSES, ids=[name or path for name, path in ADDRESSES])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_logged_in_sees_nothing(client, name, path, method):
    response = getattr(client, method)(path)
    if name in OPEN:
        assert response.status_code < 500
    elif path.startswith("/api/") and not name.startswith("api:reference"):  # which are pages for people
        assert response.status_code in {401, 403}
    else:
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/login/")


def test_the_list_of_open_addresses_names_none_that_is_gone():
    assert OPEN.keys() <= {name for name, _ in ADDRESSES}
