"""One form a deed on rounds of dispatch, their answers, and supervision."""

from django import forms

from accounts.models import District
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from . import figures
from .about import record_at
from .models import Dispatch, Supervision
from .tables import TableForm

# ── Rounds ───────────────────────────────────────────────────────────────────────────────────


class _RoundForm(DeedForm, forms.ModelForm):
    template = "campaigns/_round_form.html"
    codes = forms.MultipleChoiceField(
        label="调度指标", required=False, choices=(), widget=forms.CheckboxSelectMultiple,
        help_text="答复表按平台统计预填这些数字，区市可以更正并说明原因。",
    )  # fmt: skip
    field_order = ["version", "title", "asks", "as_of", "due_on", "codes"]

    class Meta:
        model = Dispatch
        fields = ["title", "asks", "as_of", "due_on", "codes"]
        widgets = {"as_of": Day(), "due_on": Day(), "asks": forms.Textarea({"rows": 5})}
        error_messages = {
            "title": {"required": "请填写名称。"}, "asks": {"required": "请写明要求各区市答复什么。"},
            "as_of": {"required": "请填写统计截止日。"}, "due_on": {"required": "请填写答复期限。"},
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        catalogue = figures.catalogue()
        if catalogue:
            self.fields["codes"].choices = [(figure.code, f"{figure.name}（{figure.unit}）") for figure in catalogue]
        else:
            del self.fields["codes"]

    def groups(self):
        """(heading of the report, its figures to choose from, how many are chosen)"""
        if "codes" not in self.fields:
            return []
        found = {}
        for figure, choice in zip(figures.catalogue(), self["codes"], strict=True):
            found.setdefault(figure.heading, []).append(choice)
        return [
            (heading, choices, sum(1 for choice in choices if choice.data["selected"]))
            for heading, choices in found.items()
        ]

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < self.on:
            raise forms.ValidationError("答复期限不能早于今天。")
        return due_on


class DraftDispatchForm(_RoundForm):
    move = "draft"
    hint = "先起草，核对后再下发；下发后八个区市同时收到。"

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.draft(by=by, on=on)
        return self.record


class AmendDispatchForm(_RoundForm):
    move = "amend"


class SendDispatchForm(DeedForm):
    move = "send"
    hint = "下发后各区市即可答复，调度内容、指标和期限不能再改。"


class CloseDispatchForm(DeedForm):
    move = "close"
    note = words_field("办结说明", required=False)


# ── Answers ──────────────────────────────────────────────────────────────────────────────────


class AnswerForm(TableForm):
    """The figures as the portal counts them, to be confirmed or put right with a reason."""

    move = "answer"
    heading = "指标"
    headings = ("平台统计", "答复数", "更正原因")
    progress = words_field("进展情况", rows=5, max_length=3000)
    problems = words_field("存在问题", rows=3, max_length=2000, required=False)
    plans = words_field("下一步安排", rows=3, max_length=2000, required=False)

    def __init__(self, *args, record, **kwargs):
        self.counted = record.counted()
        super().__init__(*args, record=record, **kwargs)
        for name in ("progress", "problems", "plans"):
            self.initial[name] = getattr(record, name)

    def lines(self):
        named = {figure.code: figure for figure in figures.catalogue()}
        before = {told["code"]: told for told in self.record.figures}
        for place, (code, number) in enumerate(self.counted.items()):
            figure, told = named[code], before.get(code, {})
            changed = told.get("why")
            yield str(place), f"{figure.name}（{figure.unit}）", {
                "counted": forms.CharField(
                    label="平台统计", required=False, disabled=True, initial=number if number is not None else "无"
                ),
                "told": forms.DecimalField(
                    label="答复数", required=False, max_digits=16, decimal_places=2, min_value=0,
                    initial=told["told"] if changed else number,
                ),
                "why": forms.CharField(
                    label="更正原因", required=False, max_length=200, initial=changed,
                    widget=forms.TextInput({"placeholder": "与平台统计一致的不填"}),
                ),
            }  # fmt: skip

    def clean(self):
        told = super().clean()
        for (key, row), number in zip(self.values().items(), self.counted.values(), strict=True):
            if row["told"] is None or f"told_{key}" in self.errors:
                continue
            same = number is not None and row["told"] == type(row["told"])(number)
            if not same and not row["why"]:
                self.add_error(f"why_{key}", f"与平台统计（{number or '无'}）不一致，请说明原因。")
        return told

    def rows(self):
        return {
            code: {"told": row["told"], "why": row["why"]}
            for code, row in zip(self.counted, self.values().values(), strict=True)
        }


class _BackForm(DeedForm):
    move = "send_back"
    reason = words_field("退回的理由", help_text="写明需要补充什么。")
    again_due_on = day_field("补充期限", error_messages={"required": "请填写补充期限。"})

    def clean_again_due_on(self):
        day = self.cleaned_data["again_due_on"]
        if day < self.on:
            raise forms.ValidationError("补充期限不能早于今天。")
        return day


class SendBackAnswerForm(_BackForm):
    pass


class _Opinion(DeedForm):
    opinion = words_field("意见", required=False)


class AcceptAnswerForm(_Opinion):
    move = "accept"


# ── Supervision ──────────────────────────────────────────────────────────────────────────────


class SendSupervisionForm(DeedForm, forms.ModelForm):
    move = "send"
    about = forms.CharField(
        label="涉及的记录", required=False, max_length=200,
        help_text="选填：打开那条记录的页面，把网址复制到这里；须是所督促区市的记录。",
    )  # fmt: skip
    field_order = ["version", "district", "subject", "text", "about", "due_on"]

    class Meta:
        model = Supervision
        fields = ["district", "subject", "text", "due_on"]
        widgets = {"due_on": Day(), "text": forms.Textarea({"rows": 5})}
        error_messages = {
            "district": {"required": "请选择区市。"}, "subject": {"required": "请填写事项。"},
            "text": {"required": "请填写督促内容。"}, "due_on": {"required": "请填写答复期限。"},
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.filter(active=True)
        self.fields["district"].empty_label = "请选择"

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < self.on:
            raise forms.ValidationError("答复期限不能早于今天。")
        return due_on

    def clean(self):
        told = super().clean()
        if told.get("about"):
            found = record_at(told["about"], self.by)
            if found is None:
                self.add_error("about", "没有找到这个网址的记录，请从记录页面的地址栏复制。")
            elif told.get("district") and _place_of(found) != told["district"].pk:
                self.add_error("about", "这条记录不属于所选的区市。")
            else:
                told["about"] = found
        return told

    def _post_clean(self):
        """The day of sending is today; the verb says so."""
        self.instance.sent_on = self.on
        super()._post_clean()

    def save(self, *, by, on):
        told = self.arguments
        self.record.about = told.pop("about") or None
        for name, value in told.items():
            setattr(self.record, name, value)
        self.record.send(by=by, on=on)
        return self.record


def _place_of(record):
    at = record
    for step in record.district_path.split("__"):
        at = getattr(at, step)
    return at.pk


class ReplyForm(DeedForm):
    move = "answer"
    reply = words_field("答复", rows=6, max_length=3000)


class SendBackSupervisionForm(_BackForm):
    pass


class CloseSupervisionForm(_Opinion):
    move = "close"


class WithdrawSupervisionForm(DeedForm):
    move = "withdraw"
    reason = words_field("撤回的理由")


OF_A_DISPATCH = (DraftDispatchForm, AmendDispatchForm, SendDispatchForm, CloseDispatchForm)
OF_AN_ANSWER = (AnswerForm, SendBackAnswerForm, AcceptAnswerForm)
OF_A_SUPERVISION = (
    SendSupervisionForm, ReplyForm, SendBackSupervisionForm, CloseSupervisionForm, WithdrawSupervisionForm,
)  # fmt: skip
