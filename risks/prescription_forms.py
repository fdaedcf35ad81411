"""One form a deed on a 用工处方; drafting and amending take the lines with them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from casework.forms import DeedForm

from . import prescribing, tone
from .models import Finding, Prescription, PrescriptionLine
from .rectification_forms import day_field, words_field


class LineForm(forms.Form):
    """One risk. Only its name is asked for while it is a draft; all else by the time it is sent for signature."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    finding = forms.ModelChoiceField(None, widget=forms.HiddenInput, required=False)
    subject = forms.CharField(label="风险点", max_length=120, error_messages={"required": "请填写风险点的名称。"})
    facts = words_field("事实", rows=2, max_length=1000, required=False)
    legal_basis = words_field("法律依据", rows=2, max_length=1000, required=False)
    consequence = words_field("可能产生的后果", rows=2, max_length=1000, required=False)
    advice = words_field("改进建议", rows=3, max_length=1000, required=False)
    matter = forms.CharField(label="整改事项", max_length=120, required=False)
    due_on = day_field("整改时限", required=False)
    person = forms.CharField(label="整改负责人", max_length=30, required=False)

    def __init__(self, *args, findings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["finding"].queryset = findings

    def clean(self):
        for name in PrescriptionLine.OUR_WORDS:
            if sentence := tone.objection(self.cleaned_data.get(name)):
                self.add_error(name, sentence)


LineForms = forms.formset_factory(LineForm, extra=1, max_num=40, absolute_max=40, can_delete=True)


class _WritesLines(DeedForm):
    template = "risks/_prescription_fields.html"
    preface = words_field("开头语", rows=3, max_length=1000, required=False)

    def __init__(self, data=None, files=None, *, record, **kwargs):
        super().__init__(data, files, record=record, **kwargs)
        self.initial["preface"] = record.preface
        findings = Finding.objects.filter(inspection=record.inspection_id).select_related("item")
        self.findings = findings if record.inspection_id else Finding.objects.none()
        # A machine client that says nothing of the lines leaves them as they are proposed or stand.
        sent = data if data is not None and "lines-TOTAL_FORMS" in data else None
        self.lines = LineForms(
            sent, prefix="lines", initial=self.lines_to_begin_with, form_kwargs={"findings": self.findings}
        )

    def is_valid(self):
        return all([super().is_valid(), not self.lines.is_bound or self.lines.is_valid()])

    def clean_preface(self):
        if sentence := tone.objection(self.cleaned_data["preface"]):
            raise ValidationError(sentence)
        return self.cleaned_data["preface"]

    @property
    def arguments(self):
        return super().arguments | {"lines": self.written}

    @property
    def written(self):
        """The lines as they were typed, without those taken out and the empty one at the end."""
        if not self.lines.is_bound:
            return self.lines_to_begin_with
        kept = [form for form in self.lines if form.has_changed() or form.initial]
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for form in kept
            if form.cleaned_data.get("subject") and not form.cleaned_data.get("DELETE")
        ]

    def against(self, now):
        yield from super().against(now)
        there = {line.pk: line for line in now.lines.all()}
        for number, mine in enumerate(self.written if self.lines.is_bound and self.lines.is_valid() else (), start=1):
            line = there.get(mine["id"])
            for name in PrescriptionLine.FIELDS[1:] if line else ():
                if mine[name] != getattr(line, name):
                    label = PrescriptionLine._meta.get_field(name).verbose_name
                    yield f"第 {number} 条 {label}", str(mine[name] or ""), str(getattr(line, name) or "")


class DraftForm(_WritesLines):
    move = "draft"

    def __init__(self, *args, record, by, on, **kwargs):
        record.organisation = by.organisation
        visited_on = record.inspection.visited_on if record.inspection else None
        record.preface = record.preface or prescribing.preface(record, visited_on)
        super().__init__(*args, record=record, by=by, on=on, **kwargs)

    @cached_property
    def lines_to_begin_with(self):
        return prescribing.lines_from(self.findings.without_advice(), person=self.record.enterprise.contact, on=self.on)


class AmendForm(_WritesLines):
    move = "amend"

    @cached_property
    def lines_to_begin_with(self):
        return list(self.record.lines.values("id", *PrescriptionLine.FIELDS))


class ProposeForm(DeedForm):
    move = "propose"
    hint = "送签后内容不能修改；签发人退回的，可以再改。"


class SignForm(DeedForm):
    move = "sign"
    hint = "签发后编号，内容不能再改；写错的须作废重开。"


class SendBackForm(DeedForm):
    move = "send_back"
    reason = words_field("修改意见")


class GiveForm(DeedForm):
    move = "give"
    hint = "登记后，各条整改事项列入台账。签收的回执请扫描后上传到处方的附件。"
    given_on = day_field("送达日期", error_messages={"required": "请填写送达日期。"})
    means = forms.ChoiceField(label="送达方式", choices=Prescription.Means, widget=forms.RadioSelect)
    receiver = forms.CharField(label="签收人", max_length=30, error_messages={"required": "请填写签收人。"})
    receiver_post = forms.CharField(label="签收人职务", max_length=30, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"given_on": self.on, "means": Prescription.Means.IN_PERSON}


class WithdrawForm(DeedForm):
    move = "withdraw"
    reason = words_field("作废原因")
