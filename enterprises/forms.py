from django import forms

from accounts.models import District

from . import industries
from .models import Enterprise
from .models.enterprise import label_of

_FACTS = (
    "name", "industry", "industry_name", "status", "founded_on", "heads", "revenue", "assets", "size",
    "legal_representative", "contact", "phone", "address", "has_union", "platform",
)  # fmt: skip


class AmendForm(forms.ModelForm):
    """The facts of one enterprise. Its code and its district are changed by other deeds."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Enterprise
        fields = _FACTS
        widgets = {
            "founded_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "has_union": forms.NullBooleanSelect,
        }
        help_texts = {
            "size": "行业、从业人数、营业收入或资产总额已知时按国统字〔2017〕213号自动划型，此处仅供无法划型时填写。",
        }

    field_order = ["version", *_FACTS]

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on
        self.initial.setdefault("version", self.instance.version)
        self.fields["has_union"].widget.choices = [("unknown", "不详"), ("true", "是"), ("false", "否")]
        for name in ("size", "platform"):
            self.fields[name].choices = [("", "无"), *self.fields[name].choices[1:]]
        for name in ("revenue", "assets", "heads"):
            self.fields[name].min_value = 0
            self.fields[name].widget.attrs.update(min=0, inputmode="numeric")

    def clean_industry(self):
        written = self.cleaned_data["industry"]
        code = industries.with_letter(written)
        if written and not code:
            raise forms.ValidationError("GB/T 4754 没有这个行业代码；请填门类字母加二至四位数字，如 C1361。")
        return code

    def clean_founded_on(self):
        founded_on = self.cleaned_data["founded_on"]
        if founded_on and founded_on > self.on:
            raise forms.ValidationError("成立日期在今天之后，请核对。")
        return founded_on

    def clean(self):
        super().clean()
        for name in ("revenue", "assets"):
            if (self.cleaned_data.get(name) or 0) < 0:
                self.add_error(name, "不能为负数，请核对。")

    def _post_clean(self):
        """The row is changed by its verb alone, after the version was compared."""

    def save(self, *, by):
        changes = {name: self.cleaned_data[name] for name in _FACTS if name in self.changed_data}
        return self.instance.amend(changes, version=self.cleaned_data["version"], by=by, on=self.on)

    def against(self, now):
        """What this form says beside what stands by now: (label, here, there) of each field that differs."""
        mine = Enterprise(**{name: self.cleaned_data[name] for name in _FACTS})
        rows = [(label_of(name), mine.wording(name), now.wording(name)) for name in _FACTS]
        return [row for row in rows if row[1] != row[2]]


class MoveForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    district = forms.ModelChoiceField(District.objects.filter(active=True), label="调整到", empty_label="请选择区市")
    note = forms.CharField(label="依据", max_length=200, help_text="写明依据，如：住所迁移登记、两地移交函。")

    def __init__(self, *args, enterprise, **kwargs):
        super().__init__(*args, initial={"version": enterprise.version}, **kwargs)
        self.enterprise = enterprise

    def clean_district(self):
        district = self.cleaned_data["district"]
        if district == self.enterprise.district:
            raise forms.ValidationError("企业已属于该区市。")
        return district

    def save(self, *, by, on):
        asked = self.cleaned_data
        self.enterprise.move(asked["district"], version=asked["version"], by=by, on=on, note=asked["note"])


class MergeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    double_version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label="依据", max_length=200, help_text="写明依据，如：更名换照、重复登记。")
