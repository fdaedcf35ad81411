"""One form a deed on a paper that came back."""

from dataclasses import dataclass

from django import forms

from casework.confined import NotTaken
from casework.fields import words_field
from casework.forms import DeedForm

from . import roundtrip
from .indicators import tables
from .indicators.catalogue import in_order
from .models import Key


@dataclass
class Line:
    """A figure that was changed by hand: `field` asks why."""

    told: dict
    field: object


@dataclass
class Part:
    """A section that was edited: what stands in the portal beside what the file says."""

    key: str
    label: str
    left: list
    right: list
    version: int
    figures: list


class ReceiveForm(DeedForm):
    move = "receive"
    hint = (
        "交回的须是从本总结下载、在 Word 或 WPS 里修改过的文件。交回后逐个部分对照，由您选择取用哪些；"
        "数字以平台记录为准。"
    )
    file = forms.FileField(label="改稿", help_text="DOCX。", error_messages={"required": "请选择文件。"})

    def clean_file(self):
        try:
            return roundtrip.take(self.cleaned_data["file"], self.record.report)
        except NotTaken as refused:
            raise forms.ValidationError(str(refused)) from None

    @property
    def arguments(self):
        return {"came": self.cleaned_data["file"]}


class TakeForm(DeedForm):
    """What to take over, section by section, and why figures differ from the database."""

    move = "take"
    template, is_wide = "reports/_revision_take.html", True
    sections = forms.MultipleChoiceField(
        label="取用的部分", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "改稿里没有这个部分的修改，请刷新页面。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = [(key, Key(key).label) for key in Key.values if key in self.record.texts]
        report = self.record.report
        told = roundtrip.against_database(self.record.figures, report, self.on)
        self.of_table = [self._line(f"table_{number}", each) for number, each in enumerate(told)]
        table = tables.of(in_order(), report.campaign, on=tables.cut_off(report.campaign, self.on),
                          district=report.district_id)  # fmt: skip
        here = {each.key: each for each in report.sections.all()}
        self.parts = [self._part(key, here[key], table) for key, _ in self.fields["sections"].choices]

    def _part(self, key, section, table):
        after = self.record.texts[key]
        told = roundtrip.figures_in_text(key, section.text, after, table, section.district_id)
        lines = [self._line(f"{key}_{number}", each) for number, each in enumerate(told)]
        self.fields[f"seen_{key}"] = forms.IntegerField(
            widget=forms.HiddenInput, initial=section.version, required=False
        )
        return Part(key, Key(key).label, *roundtrip.beside(section.text, after), section.version, lines)

    def _line(self, name, told):
        self.fields[name] = words_field("说明", rows=1, max_length=300, required=False)
        return Line(told, name)

    @property
    def shown_figures(self):
        return [(each.told, self[each.field]) for each in self.of_table]

    @property
    def shown_parts(self):
        chosen = set(self["sections"].value() or ())
        return [
            (each, each.key in chosen, self[f"seen_{each.key}"], [(it.told, self[it.field]) for it in each.figures])
            for each in self.parts
        ]

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("sections") or []
        if not chosen and not self.of_table:
            self.add_error(None, "请至少选择一个部分；都不取用的，请“放弃”。")
        for line in self._to_explain(chosen):
            if not cleaned.get(line.field):
                self.add_error(line.field, "手工改过的数字须说明原因。")
        return cleaned

    def _to_explain(self, chosen):
        return [*self.of_table, *(line for part in self.parts if part.key in chosen for line in part.figures)]

    @property
    def arguments(self):
        chosen = self.cleaned_data["sections"]
        seen = {key: self.cleaned_data[f"seen_{key}"] or 0 for key in chosen}
        figures = [line.told | {"why": self.cleaned_data[line.field]} for line in self._to_explain(chosen)]
        return {"sections": seen, "figures": figures}


class DropForm(DeedForm):
    move = "drop"
    hint = "放弃后这份改稿的文字不再取用，记录保留。"
    note = words_field("原因", rows=2, required=False)


OF_A_REVISION = (ReceiveForm, TakeForm, DropForm)
