"""docs/security.md is held to the repository: what it cites exists, and no item is left out or told twice."""

import re

import pytest

from config.embedded import ROOT

TEXT = (ROOT / "docs/security.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
ASVS = [row for row in ROWS if re.match(r"\d+\.\d+\.\d+", row[0]) and not row[0].startswith("8.1.4.")
        and not row[0].startswith("8.1.5.")]  # fmt: skip
# OWASP ASVS 5.0.0: how many items of levels 1 and 2 each section has; they come first in their section.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip


def _items(cell):
    for part in cell.split(", "):
        first, _, last = part.partition("–")
        section, begin = first.rsplit(".", 1)
        end = last.rsplit(".", 1)[1] if last else begin
        assert not last or last.rsplit(".", 1)[0] == section
        yield from (f"{section}.{number}" for number in range(int(begin), int(end) + 1))


def test_each_item_of_asvs_levels_1_and_2_is_told_once():
    told = [item for row in ASVS for item in _items(row[0])]
    wanted = [f"{section}.{number}" for section, items in SECTIONS.items() for number in range(1, items + 1)]
    assert len(wanted) == 253
    assert sorted(told) == sorted(wanted)


def test_each_row_has_one_of_the_verdicts():
    rows = [row for row in ROWS if re.match(r"\d+\.\d+", row[0])]
    assert {row[2] for row in rows} == {"做到", "部分", "没有", "另定", "部署", "不适用"}
    assert not [row[0] for row in rows if row[2] in {"部分", "没有", "另定"} and not row[3]], "and says why"


CITED = sorted({word for word in re.findall(r"`([^`]+)`", TEXT) if re.search(r"\.\w+(::|$)|/", word)})
NO_FILES = {
    "/api/",
    "/healthz/",
    "/readyz/",
    ".env",
    "var/secret-key",
    "var/seal-key",
    "var/media",
    "deploy/certificates",
}


@pytest.mark.parametrize("cited", [word for word in CITED if word not in NO_FILES])
def test_what_is_cited_exists(cited):
    file, _, test = cited.partition("::")
    assert (ROOT / file).is_file()
    if test:
        assert f"\ndef {test}(" in (ROOT / file).read_text()
