"""One form a deed on the city's summary."""

from django import forms
from django.conf import settings

from casework.fields import words_field
from casework.forms import DeedForm
from casework.intake import megabytes
from casework.masking import masked

_TOLD = ("title", "background", "action", "result")


class BeginForm(DeedForm):
    move = "begin"
    hint = "各部分会按已接收的区市总结写出初稿，可以修改；此后接收的总结在印发前都计入数字。"


class IssueForm(DeedForm):
    move = "issue"
    note = words_field("印发说明", rows=2, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lacking = self.record.gathered(self.on).lacking
        if self.lacking:
            told = "；".join(f"{each.district.name}{each.words}" for each in self.lacking)
            self.fields["note"].required = True
            self.fields["note"].label = "有区市没有汇总，请说明原因"
            self.fields["note"].help_text = told

    @property
    def hint(self):
        return "印发后文字和所汇总的报送即固定，此后各区市更正的总结不改变这一次印发的内容。"


class CorrectForm(DeedForm):
    move = "correct"
    hint = "已印发的内容保留，更正后作为下一次印发。"
    reason = words_field("更正原因", rows=3)


class PickForm(DeedForm):
    """A case that a district submitted, put right for the city's text."""

    move = "pick"
    hint = "姓名和证件、电话、账号会自动遮盖；请再通读一遍。"
    source = forms.ChoiceField(label="案例来源", choices=(), error_messages={"required": "请选择案例来源。"})
    title = forms.CharField(label="标题", max_length=80, error_messages={"required": "请填写标题。"})
    background = words_field("背景", rows=4, max_length=1000)
    action = words_field("做法", rows=5, max_length=1500)
    result = words_field("成效", rows=4, max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = dict(offered(self.record.gathered(self.on)))
        choices = [(key, f"{district.name}：{case['title']}") for key, (district, case) in self.candidates.items()]
        self.fields["source"].choices = [("", "请选择"), *choices]
        if chosen := self.candidates.get(getattr(self.record, "chosen", None)):
            self.initial |= {"source": self.record.chosen} | {name: chosen[1][name] for name in _TOLD}

    @property
    def arguments(self):
        district, _ = self.candidates[self.cleaned_data["source"]]
        return {name: masked(self.cleaned_data[name]) for name in _TOLD} | {"told_by": district}


def offered(gathered):
    """(key, (district, case)) of each case that the districts submitted."""
    for standing in gathered.standings:
        for number, case in enumerate(standing.submission.cases if standing.submission else (), start=1):
            yield f"{standing.submission.pk}-{number}", (standing.district, case)


class DropForm(DeedForm):
    move = "drop"
    case = forms.ModelChoiceField(
        label="典型案例", queryset=None, empty_label=None, error_messages={"required": "请选择典型案例。"}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = self.record.cases.all()


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
