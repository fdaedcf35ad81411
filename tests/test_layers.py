"""An app imports only from rows below its own, and siblings leave each other alone."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.ROOT)
# From the top. `config` names the apps and is imported by none; `operation` looks after the running portal and is told
# apart from what the portal is for.
ROWS = (
    {"reports"},
    {"risks", "negotiations", "guidance"},
    {"campaigns"},
    {"enterprises"},
    {"casework"},
    {"accounts"},
)
BESIDE = {"operation"}
BELOW = {app: set().union(*ROWS[place + 1 :]) for place, row in enumerate(ROWS) for app in row}
OURS = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}


def imports(path):
    """Top-level names of our own that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else _absolute(node, path)
        else:
            continue
        for name in names:
            if name.split(".")[0] in OURS | {"config"}:
                yield node.lineno, name


def _absolute(node, path):
    base = path.relative_to(ROOT).parts[: -node.level]
    return [".".join((*base, node.module or ""))]


def test_every_app_has_its_row():
    assert BELOW.keys() == OURS - BESIDE


@pytest.mark.parametrize("app", sorted(BELOW))
def test_an_app_imports_only_from_below(app):
    allowed = BELOW[app] | {app}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (ROOT / app).rglob("*.py")
        for line, name in imports(path)
        if name.split(".")[0] not in allowed
    ]
    assert not wrong


def test_tests_mirror_the_apps():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders - OURS <= {"browser", "config", "faults"}
