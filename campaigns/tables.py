"""A deed whose form is a table: some fields for all, then a line of fields for each row."""

from casework.forms import DeedForm


class TableForm(DeedForm):
    """A subclass tells its `lines`: (key, heading, {column: field}); a field is then called `<column>_<key>`.

    The page lays the lines out as a table, a client sends the same names.
    """

    template = "campaigns/_table_form.html"
    is_wide = True
    headings = ()
    heading = ""  # over the headings of the lines; empty where they have none

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.told = list(self.lines())
        self.common = [name for name in self.fields if name != "version"]
        for key, _, fields in self.told:
            for column, field in fields.items():
                self.fields[f"{column}_{key}"] = field

    def lines(self):
        raise NotImplementedError

    def full_clean(self):
        """Lines that came or went since make a form look wrong that is only late: the verb tells so by Stale."""
        super().full_clean()
        seen = self.cleaned_data.get("version") if self.is_bound else None
        if seen is not None and seen != self.record.version:
            self._errors.clear()

    def common_fields(self):
        return [self[name] for name in self.common]

    def table(self):
        """(heading, bound fields) of each line."""
        return [(heading, [self[f"{column}_{key}"] for column in fields]) for key, heading, fields in self.told]

    def values(self):
        """{key: {column: value}}"""
        return {
            key: {column: self.cleaned_data.get(f"{column}_{key}") for column in fields}
            for key, _, fields in self.told
        }  # fmt: skip

    @property
    def arguments(self):
        return {name: self.cleaned_data.get(name) for name in self.common} | {"rows": self.rows()}

    def rows(self):
        """What the verb is given of the lines."""
        return self.values()
