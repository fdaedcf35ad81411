"""One form a deed on the city's summary."""

from django import forms
from django.conf import settings

from casework.fields import words_field
from casework.forms import DeedForm
from casework.intake import megabytes

from . import proofreading
from .case_forms import CaseForm, DropForm


class BeginForm(DeedForm):
    move = "begin"
    hint = "各部分会按已接收的区市总结写出初稿，可以修改；此后接收的总结在印发前都计入数字。"


class IssueForm(DeedForm):
    move = "issue"
    hint = "印发后文字和所汇总的报送即固定，此后各区市更正的总结不改变这一次印发的内容。"
    note = words_field("印发说明", rows=2, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.gathered = self.record.gathered(self.on)
        self.lacking = self.gathered.lacking
        if self.lacking:
            told = "；".join(f"{each.district.name}{each.words}" for each in self.lacking)
            self.fields["note"].required = True
            self.fields["note"].label = "有区市没有汇总，请说明原因"
            self.fields["note"].help_text = told

    @property
    def doubts(self):
        places = [None, *(district.pk for district in self.gathered.counted)]
        figures = proofreading.known(lambda each, district: self.gathered.shown(each.code, district), places)
        return proofreading.doubts(self.record.sections.all(), figures)


class CorrectForm(DeedForm):
    move = "correct"
    hint = "已印发的内容保留，更正后作为下一次印发。"
    reason = words_field("更正原因", rows=3)


class PickForm(CaseForm):
    """A case that a district submitted, put right for the city's text."""

    def sources(self):
        return dict(offered(self.record.gathered(self.on)))

    @property
    def arguments(self):
        district, _ = self.found[self.cleaned_data["source"]]
        return super().arguments | {"told_by": district}


def offered(gathered):
    """(key, (district, case)) of each case that the districts submitted."""
    for standing in gathered.standings:
        for number, case in enumerate(standing.submission.cases if standing.submission else (), start=1):
            yield f"{standing.submission.pk}-{number}", (standing.district, case)


OF_A_SUMMARY = (BeginForm, IssueForm, PickForm, DropForm, CorrectForm)


class VerifyForm(forms.Form):
    """A file to be compared with what was issued; it is not kept."""

    file = forms.FileField(
        label="文件", error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新选择。"}
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.VERIFY_MAX_BYTES:
            raise forms.ValidationError(f"文件超过 {megabytes(settings.VERIFY_MAX_BYTES)}，不能核验。")
        return file
