"""How a delivery was understood, for the person who checks it: columns in words, first rows, answers."""

from collections import defaultdict
from dataclasses import dataclass

from .deliveries import layouts
from .models import Delivery

_PERIOD = ("period", "period_from", "period_to", "year")


@dataclass(frozen=True)
class Head:
    """One column: its header as delivered, and what it is read as; `label` is empty when it is not read."""

    header: str
    label: str
    unit: str


@dataclass(frozen=True)
class Sheet:
    name: str
    header_row: int
    heads: list
    rows: list  # [(row number, cells)], each row as wide as the header


class Reading:
    def __init__(self, delivery):
        self.delivery = delivery
        kind = layouts.BY_NAME.get(delivery.kind)
        self.labels = {column.meaning: column.label for column in kind.columns} if kind else {}
        self.in_question = delivery.question.get("choices", []) if delivery.question.get("about") == "column" else []
        samples = defaultdict(list)
        for sample in delivery.samples.all():
            samples[sample.sheet].append((sample.row, sample.cells))
        self.sheets = [
            self._sheet(sheet, samples[place]) for place, sheet in enumerate(delivery.layout.get("sheets", []))
        ]
        self.notes = delivery.layout.get("notes", [])
        self.unit_assumed = delivery.layout.get("unit_assumed", False)

    @property
    def extras(self):
        """Headers of columns that are not read."""
        return list(dict.fromkeys(head.header for sheet in self.sheets for head in sheet.heads if not head.label))

    def headers_with_examples(self):
        """[(header, header with the first value below it)], from left to right, each header once."""
        shown = {}
        for sheet in self.sheets:
            first = sheet.rows[0][1] if sheet.rows else [""] * len(sheet.heads)
            for head, cell in zip(sheet.heads, first, strict=True):
                shown.setdefault(head.header, f"{head.header}　如 {cell}" if cell else head.header)
        return list(shown.items())

    @property
    def period(self):
        """How the file writes a month: the cells of its first row."""
        for sheet in self.sheets:
            names = {self.labels[meaning] for meaning in _PERIOD if meaning in self.labels}
            for _, cells in sheet.rows:
                written = [cell for head, cell in zip(sheet.heads, cells, strict=True) if head.label in names and cell]
                if written:
                    return " 至 ".join(written)
        return ""

    @property
    def answers(self):
        """What a person said of the file, in words."""
        answers = self.delivery.answers
        said = []
        if kind := answers.get("kind"):
            said.append(f"数据种类：{Delivery.Kind(kind).label}")
        if unit := answers.get("unit"):
            said.append(f"金额单位：{unit}")
        return said + [
            f"{self.labels.get(name, name)}：“{column}”列" for name, column in answers.get("columns", {}).items()
        ]

    def _sheet(self, said, sample):
        meanings = {header: meaning for meaning, header in said["columns"].items()}
        heads = [self._head(header, meanings.get(header), said["units"]) for header in said["headers"]]
        rows = [(row, (cells + [""] * len(heads))[: len(heads)]) for row, cells in sample]
        return Sheet(said["name"], said["header_row"], heads, rows)

    def _head(self, header, meaning, units):
        if header in self.in_question:
            return Head(header, "待确认", "")
        return Head(header, self.labels.get(meaning, ""), units.get(meaning, ""))
