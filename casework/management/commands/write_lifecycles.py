"""Write docs/lifecycles.md from the tables of the code."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from casework.cases import Case
from casework.lifecycle import STAYS

HEAD = """# Lifecycles

Written by `manage.py write_lifecycles` from the tables of the code; a test holds it fresh. Each move is a deed of
somebody, by the role or the part named, in the record's own district. 从 “—” opens a record; 到 “=” leaves it where it
stands. 须具备 is looked at once the deed's form is filled in.
"""


class Command(BaseCommand):
    help = "由代码中的办理流程表生成 docs/lifecycles.md"

    def add_arguments(self, parser):
        parser.add_argument("--to", default=settings.ROOT / "docs" / "lifecycles.md")

    def handle(self, *, to, **options):
        cases = [model for model in apps.get_models() if issubclass(model, Case)]
        cases.sort(key=lambda model: model._meta.label)
        Path(to).write_text("\n".join([HEAD, *(line for model in cases for line in lines_of(model))]))


def lines_of(model):
    lifecycle, meta = model.lifecycle, model._meta
    yield f"## {meta.verbose_name} ({meta.label})\n"
    yield "、".join(lifecycle.stages.labels) + "\n"
    yield "| 办理 | 动词 | 从 | 到 | 谁办理 | 须具备 |"
    yield "|---|---|---|---|---|---|"
    for move in lifecycle:
        starts = "、".join("—" if state is None else state.label for state in move.starts)
        to = "=" if move.to is STAYS else move.to.label
        needs = "、".join(_need(lifecycle, model, name) for name in move.needs)
        yield f"| {move.label} | `{move.name}` | {starts} | {to} | {'、'.join(move.who)} | {needs} |"
    yield ""


def _need(lifecycle, model, name):
    return (
        lifecycle.asks[name].rstrip("。") if name in lifecycle.asks else str(model._meta.get_field(name).verbose_name)
    )
