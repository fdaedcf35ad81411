"""Forms of the checklist: an item of a draft, and putting a draft in use."""

from django import forms

from . import tone
from .models import Item
from .models.checklists import Published
from .rectification_forms import words_field


class ItemForm(forms.ModelForm):
    class Meta:
        model = Item
        fields = ["number", "subject", "title", "question", "method", "severity", "risk_class", "basis", "consequence",
                  "advice"]  # fmt: skip
        widgets = {
            name: forms.Textarea({"rows": 2}) for name in ("question", "method", "basis", "consequence", "advice")
        }
        help_texts = {"number": "科目序号加点加序号，如 4.8。", "consequence": "供起草处方取用，用语为提示。",
                      "advice": "供起草处方取用，用语为建议。"}  # fmt: skip

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.version = version

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        head, _, tail = number.partition(".")
        if not (head.isdecimal() and tail.isdecimal() and len(tail) < 3):
            raise forms.ValidationError("编号写作 4.8 这样的形式。")
        if self.version.items.filter(number=number).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("已有这个编号的检查项，请换一个编号。")
        return number

    def clean_advice(self):
        return _suggesting(self.cleaned_data["advice"])

    def clean_consequence(self):
        return _suggesting(self.cleaned_data["consequence"])

    def clean(self):
        cleaned = super().clean()
        number, subject = cleaned.get("number", ""), cleaned.get("subject")
        if number and subject and number.split(".")[0] != str(subject):
            self.add_error("number", f"编号的科目序号应与所选科目一致，为 {subject}。")
        return cleaned

    def save(self, commit=True):
        if not self.version.is_draft:
            raise Published(f"{self.version}已经启用，如需修改请起草新版本。")
        self.instance.version = self.version
        return super().save(commit)


def _suggesting(words):
    if problem := tone.objection(words):
        raise forms.ValidationError(problem)
    return words


class PublishForm(forms.Form):
    note = words_field("修订说明", rows=2, max_length=300)
