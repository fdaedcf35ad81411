"""The first version of the 体检 checklist, loaded by `manage.py load_reference`. Later ones are made on its page."""

import tomllib
from datetime import date
from pathlib import Path

from django.db import transaction

from .models import Checklist, Item, RiskClass, Severity, Subject
from .models.checklists import place_of

CHECKUP = Path(__file__).resolve().parent / "checkups" / "weihai-2023.toml"
FIRST_DAY = date(2023, 7, 1)  # of the campaign


@transaction.atomic
def load(path=CHECKUP):
    """Create the checklist where there is none; what administrators have made of it since stays. Safe to repeat."""
    content = tomllib.loads(path.read_text("utf-8"))
    checklist, is_new = Checklist.objects.get_or_create(title=content["title"])
    if not is_new:
        return
    version = checklist.versions.create(number=1, questions=content["questions"])
    Item.objects.bulk_create(_item(version, raw) for raw in content["item"])
    version.publish(by=None, on=FIRST_DAY, note=content["edition"])


def _item(version, raw):
    return Item(
        version=version,
        place=place_of(raw["number"]),
        number=raw["number"],
        subject=Subject(int(raw["number"].split(".")[0])),
        title=raw["title"],
        question=raw["question"],
        method=raw["check"],
        severity=Severity[raw["severity"].upper()],
        risk_class=RiskClass(raw["class"]),
        basis=raw["basis"],
        consequence=raw["consequence"],
        advice=raw["advice"],
        reasons=raw.get("reasons", []),
    )
