"""One form a deed on an enterprise's level and on arrears."""

from decimal import Decimal

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from casework.forms import DeedForm

from . import facts
from .models import Arrears, Inspection, Level
from .rectification_forms import Day, day_field, words_field

# ── Levels ─────────────────────────────────────────────────────────────────────────────────────


class _Levels(forms.RadioSelect):
    """Levels to choose from, each as all pages show it: shape, word and colour."""

    def create_option(self, name, value, label, *args, **kwargs):
        shown = mark_safe(render_to_string("_ui/_level.html", {"level": value}).strip())  # noqa: S308 - our template
        return super().create_option(name, value, shown, *args, **kwargs)


class _LevelForm(DeedForm):
    level = forms.TypedChoiceField(label="等级", coerce=int, choices=Level.choices[::-1], widget=_Levels)
    reason = words_field("理由", max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Inspection.objects.visible_to(self.by).submitted().filter(enterprise=self.record.enterprise_id)
        self.fields["inspection"] = _Record(seen, label="依据的体检", required=False, empty_label="无")
        least = facts.least_level(facts.known_of(self.record.enterprise_id))
        self.initial["level"] = max(self.record.scored_level or 0, least)


class _Record(forms.ModelChoiceField):
    def label_from_instance(self, record):
        return f"{record.visited_on:%Y-%m-%d} {record.get_kind_display()}"


class DecideForm(_LevelForm):
    move = "decide"


class ProposeForm(_LevelForm):
    move = "propose"


class AdoptForm(DeedForm):
    move = "adopt"
    answer = words_field("答复", rows=2, required=False)


class DeclineForm(DeedForm):
    move = "decline"
    answer = words_field("答复", rows=2)


# ── Arrears ────────────────────────────────────────────────────────────────────────────────────


class YuanField(forms.DecimalField):
    """元 with two decimals on the form, 分 inside."""

    def __init__(self, **fields):
        messages = {"invalid": "请填写金额，如 96000 或 96000.50。", "max_decimal_places": "金额最多到分。"}
        super().__init__(
            max_digits=14, decimal_places=2, min_value=Decimal("0.01"),
            error_messages=messages | {"required": "请填写金额。", "min_value": "金额须大于零。"}, **fields,
        )  # fmt: skip

    def clean(self, value):
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)

    def prepare_value(self, value):
        """分 as 元; what a person typed stays as it is."""
        return f"{Decimal(value) / 100:.2f}" if isinstance(value, int) else value


class _Facts(DeedForm, forms.ModelForm):
    amount = YuanField(label="金额（元）")

    class Meta:
        model = Arrears
        fields = ["kind", "workers", "months", "delay_days", "amount"]
        help_texts = {
            "months": "拖欠工资填写；不满一个月的按一个月计。",
            "delay_days": "协商延期支付填写：经工会或者职工代表同意，最长 30 天（省工资支付规定第三十二条）。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["months"].required = False
        self.initial["months"] = self.record.months or ""

    def clean_months(self):
        return self.cleaned_data["months"] or 0


class _Begin(_Facts):
    class Meta(_Facts.Meta):
        fields = [*_Facts.Meta.fields, "source", "found_on", "remark"]
        widgets = {"found_on": Day(), "remark": forms.Textarea({"rows": 3})}

    def clean_found_on(self):
        day = self.cleaned_data["found_on"]
        if day > self.on:
            raise forms.ValidationError("发现日期不能晚于今天。")
        return day

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", "请选择"), *Arrears.Source.choices]
        seen = Inspection.objects.visible_to(self.by).submitted().filter(enterprise=self.record.enterprise_id)
        self.fields["inspection"] = _Record(seen, label="体检记录", required=False, empty_label="无")


class ReportForm(_Begin):
    move = "report"


class RecordForm(_Begin):
    move = "record"


class VerifyForm(_Facts):
    move = "verify"
    note = words_field("核实情况", rows=2, required=False)


class AmendForm(_Facts):
    move = "amend"
    note = words_field("更正原因", rows=2)


class PayForm(DeedForm):
    move = "pay"
    amount = YuanField(label="本次支付（元）")
    note = words_field("支付情况", rows=2, required=False)

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount >= self.record.owing:
            told = f"{self.record.owing / 100:,.2f}"
            raise forms.ValidationError(f"未付 {told} 元，本次已足额，请办理“登记付清”。")
        return amount


class SettleForm(DeedForm):
    move = "settle"
    paid_on = day_field("付清日期")
    note = words_field("付清情况", rows=2, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["paid_on"] = self.on

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if not self.record.found_on <= day <= self.on:
            raise forms.ValidationError(f"付清日期应在发现日期（{self.record.found_on}）与今天之间。")
        return day


class DismissForm(DeedForm):
    move = "dismiss"
    note = words_field("查明的情况", rows=2)
