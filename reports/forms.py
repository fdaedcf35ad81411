"""One form a deed on a report."""

from functools import cached_property

from django import forms

from casework.fields import words_field
from casework.forms import DeedForm

from . import casebook, files, proofreading
from .case_forms import CaseForm, DropForm
from .indicators import tables
from .indicators.catalogue import in_order
from .models import Key, Report


class BeginForm(DeedForm):
    move = "begin"
    hint = "各部分会按现有数字写出初稿，可以修改；数字在报送时固定。"


class ConfirmForm(DeedForm):
    move = "confirm"
    hint = "确认的是现有文本和典型案例；确认后文本再有修改的，须重新确认。三方都确认后由人社部门负责人报送。"

    @cached_property
    def table(self):
        day = tables.cut_off(self.record.campaign, self.on)
        return tables.of(in_order(), self.record.campaign, on=day, district=self.record.district_id)

    @property
    def doubts(self):
        figures = proofreading.known(lambda each, district: self.table.shown(each.code, district), [None])
        return proofreading.doubts(self.record.sections.all(), figures)

    def save(self, *, by, on):
        values = {code: sum(found.values()) for code, found in self.table.values.items()}
        self.record.confirm(by=by, on=on, version=self.cleaned_data["version"], values=values)
        return self.record


class SubmitForm(DeedForm):
    move = "submit"
    hint = "报送后文本和数字即固定，此后记录的修改不改变报送的数字。逾期可以报送，会注明逾期。"
    note = words_field("报送说明", rows=2, required=False)


class AcceptForm(DeedForm):
    move = "accept"
    hint = "接收后列入全市汇总。"
    note = words_field("说明", rows=2, required=False)


class GiveBackForm(DeedForm):
    move = "give_back"
    hint = "逐个部分写明意见，至少一个部分；退回后由区市修改、三方重新确认。"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key in Key:
            self.fields[key.value] = words_field(key.label, rows=2, required=False)

    @property
    def arguments(self):
        return {"remarks": {key.value: self.cleaned_data.get(key.value, "") for key in Key}}


class TakeBackForm(DeedForm):
    move = "take_back"
    hint = "撤回后可以继续修改，三方须重新确认。"
    note = words_field("原因", rows=2)


class CorrectForm(DeedForm):
    move = "correct"
    hint = "已接收的总结在更正件被接收以前仍然有效。更正后须三方重新确认、重新报送。"
    reason = words_field("更正原因", rows=3)


class PickForm(CaseForm):
    def sources(self):
        return {each.key: (each.kind, vars(each)) for each in casebook.offered(self.record)}

    @property
    def arguments(self):
        kind, _, number = self.cleaned_data["source"].partition("-")
        return super().arguments | {"source_type_id": int(kind), "source_id": int(number)}


OF_A_REPORT = (
    BeginForm, ConfirmForm, SubmitForm, AcceptForm, GiveBackForm, TakeBackForm, CorrectForm, PickForm, DropForm,
)  # fmt: skip


class SectionForm(forms.Form):
    """What is typed into a section, and the version that stood when it was begun.

    `over`: the version that the person was shown beside their own words, and writes over knowingly.
    """

    text = forms.CharField(required=False, strip=False)
    base = forms.IntegerField(min_value=1)
    over = forms.IntegerField(min_value=1, required=False)

    @property
    def version(self):
        return self.cleaned_data["over"] or self.cleaned_data["base"]


class FileForm(forms.Form):
    """Which file of a report: `number` of the submission, 0 for the draft as it stands."""

    kind = forms.ChoiceField(label="文件", choices=files.Kind.choices)
    number = forms.IntegerField(label="第几次报送", min_value=0, max_value=10_000)


def begun(user, campaign):
    """The report of the person's district that is not there yet."""
    return Report(campaign=campaign, district_id=user.organisation.district_id)
