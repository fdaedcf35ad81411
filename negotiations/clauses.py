"""The clause table as one form: a row a clause, three columns, a tick for what is agreed, and rows for new ones."""

from dataclasses import dataclass

from django import forms

from .models import Clause

COLUMNS = ("workers", "employers", "agreed")
NEW_ROWS = 3
LONGEST = 3_000


@dataclass(frozen=True)
class Row:
    number: int
    topic: object  # a bound field for a new clause, else the topic
    cells: list
    done: object
    clause: Clause | None


class ClausesForm(forms.Form):
    """Saved as a whole against the version of the consultation that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, record):
        super().__init__(data, initial={"version": record.version})
        self.record = record
        self.clauses = list(record.clauses.all())
        told = {clause.topic for clause in self.clauses}
        self.proposed = [topic for topic in record.topics if topic not in told]
        numbers = [clause.number for clause in self.clauses]
        first = max(numbers, default=0) + 1
        self.new = range(first, first + max(NEW_ROWS, len(self.proposed)))
        for clause in self.clauses:
            self._add(clause.number, clause)
        for place, number in enumerate(self.new):
            topic = self.proposed[place] if place < len(self.proposed) else ""
            self.fields[f"topic_{number}"] = forms.CharField(label="议题", max_length=60, required=False, initial=topic)
            self._add(number, None)

    def _add(self, number, clause):
        for column in COLUMNS:
            self.fields[f"{column}_{number}"] = forms.CharField(
                label=Clause._meta.get_field(column).verbose_name, max_length=LONGEST, required=False,
                initial=getattr(clause, column, ""), widget=forms.Textarea({"rows": 3}),
            )  # fmt: skip
        self.fields[f"done_{number}"] = forms.BooleanField(
            label="已商定", required=False, initial=bool(clause and clause.agreed_on)
        )

    def rows(self):
        """What the page shows, row by row."""
        clauses = {clause.number: clause for clause in self.clauses}
        for number in (*clauses, *self.new):
            clause = clauses.get(number)
            yield Row(
                number=number, topic=clause.topic if clause else self[f"topic_{number}"],
                cells=[self[f"{column}_{number}"] for column in COLUMNS], done=self[f"done_{number}"], clause=clause,
            )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        for number in (*(clause.number for clause in self.clauses), *self.new):
            if cleaned.get(f"done_{number}") and not cleaned.get(f"agreed_{number}", "").strip():
                self.add_error(f"agreed_{number}", "已商定的条款请填写商定文本。")
        for number in self.new:
            if self._told(cleaned, number) and not cleaned.get(f"topic_{number}"):
                self.add_error(f"topic_{number}", "请填写议题。")
        return cleaned

    def save(self, *, by, on):
        """Raises Stale where somebody changed the consultation meanwhile; then nothing is stored."""
        rows = [(clause, clause.number) for clause in self.clauses]
        rows += [(None, number) for number in self.new if self._is_wanted(number)]
        self.record.write_clauses(
            by=by, on=on, version=self.cleaned_data["version"],
            rows=[
                {
                    "clause": clause, "topic": clause.topic if clause else self.cleaned_data[f"topic_{number}"],
                    "done": self.cleaned_data[f"done_{number}"],
                } | {column: self.cleaned_data[f"{column}_{number}"] for column in COLUMNS}
                for clause, number in rows
            ],
        )  # fmt: skip

    def _is_wanted(self, number):
        """A new row with something in it; a proposed topic alone is a clause to talk about."""
        return bool(self.cleaned_data.get(f"topic_{number}"))

    def _told(self, cleaned, number):
        return any(cleaned.get(f"{name}_{number}") for name in (*COLUMNS, "done"))
