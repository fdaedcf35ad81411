"""One form a deed on plans and 体检."""

import json
from datetime import timedelta

from django import forms
from django.conf import settings

from accounts.models import Organisation, User
from accounts.roles import Role
from casework.forms import DeedForm
from enterprises.models import Enterprise

from . import inspections, limits, sweeps
from .models import PlannedVisit, Sweep
from .rectification_forms import Day, words_field

WHO_GO = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR)


class People(forms.ModelMultipleChoiceField):
    """People of a district who go on visits, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **fields):
        super().__init__(User.objects.none(), **fields)

    def label_from_instance(self, person):
        return str(person)

    def of(self, district_id):
        people = User.objects.filter(is_active=True, role__in=WHO_GO, organisation__district=district_id)
        self.queryset = people.select_related("organisation").order_by("organisation_id", "name")


# ── Plans ──────────────────────────────────────────────────────────────────────────────────────


class ProposeForm(DeedForm, forms.ModelForm):
    move, template = "propose", "risks/_proposal.html"
    inspectors = People(label="检查人员名单", error_messages={"required": "请至少选择一名检查人员。"})

    class Meta:
        model = Sweep
        fields = ["kind", "organisation", "starts_on", "ends_on", "size", "percent", "each", "pause_days", "title"]
        widgets = {"starts_on": Day(), "ends_on": Day()}
        help_texts = {
            "title": "不填则按起止日期命名。",
            "percent": "百分之几的名额不按风险高低，在其余企业中随机抽取。",
            "each": "工会劳动法律监督、劳动保障监察的现场检查须有两人以上。",
            "pause_days": "这些天内已体检过、或已列入其他计划的企业不再列入。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        place = self.by.organisation.district_id
        sides = (Organisation.Side.GOVERNMENT, Organisation.Side.WORKERS)
        self.fields["inspectors"].of(place)
        self.fields["organisation"].queryset = Organisation.objects.filter(district=place, side__in=sides)
        self.fields["title"].required = False
        self.initial |= {
            "organisation": self.by.organisation_id,
            "starts_on": self.on,
            "ends_on": self.on + timedelta(6 - self.on.weekday()),  # 本周
            "size": 40,
            "percent": settings.SWEEP_RANDOM_PERCENT,
        }

    def clean_size(self):
        size = self.cleaned_data["size"]
        if not size:
            raise forms.ValidationError("请填写走访户数，至少 1 户。")
        return size

    def clean(self):
        cleaned = super().clean()
        least, people = self._least(cleaned), cleaned.get("inspectors")
        each = cleaned.get("each")
        if each is not None and least and each < least.least:
            self.add_error("each", f"《{least.instrument}》{least.article}：现场检查须有 {least.least} 人以上。")
        elif each == 0:
            self.add_error("each", "每户至少 1 人。")
        if people is not None and each and len(people) < each:
            self.add_error("inspectors", f"名单只有 {len(people)} 人，每户须去 {each} 人。")
        return cleaned

    def save(self, *, by, on):
        chosen = dict(self.cleaned_data)
        people = chosen.pop("inspectors")
        for name in self.Meta.fields:
            setattr(self.record, name, chosen[name])
        self.record.title = self.record.title or f"{_day(chosen['starts_on'])}至{_day(chosen['ends_on'])}走访"
        return sweeps.propose(self.record, inspectors=people, by=by, on=on)

    def _least(self, cleaned):
        body, kind, day = cleaned.get("organisation"), cleaned.get("kind"), cleaned.get("starts_on")
        return limits.company_for(kind, body.side, on=day) if body and kind and day else None


class DealForm(DeedForm):
    move = "deal"


class ConfirmForm(DeedForm):
    move = "confirm"


class CancelForm(DeedForm):
    move = "cancel"
    note = words_field("作废原因", rows=2)


class _OfAVisit(DeedForm):
    """A deed on one row of the plan."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = PlannedVisit.objects.visible_to(self.by).standing().filter(sweep=self.record)
        self.fields = {
            "version": self.fields["version"],
            "visit": _Row(rows.select_related("enterprise"), label="企业", empty_label="请选择"),
        } | self.fields


class _Row(forms.ModelChoiceField):
    def label_from_instance(self, visit):
        return f"{visit.place} {visit.enterprise.name}"


class SendForm(_OfAVisit):
    move = "send"
    inspectors = People(label="检查人员", error_messages={"required": "请选择检查人员。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].of(self.record.district_id)

    def clean_inspectors(self):
        return list(self.cleaned_data["inspectors"])


class StrikeForm(_OfAVisit):
    move = "strike"
    why = words_field("移出原因", rows=2, max_length=200)


class AddForm(DeedForm):
    move = "add"
    enterprise = forms.CharField(
        label="企业",
        max_length=120,
        help_text="统一社会信用代码或者企业全称",
        error_messages={"required": "请填写企业。"},
    )
    why = words_field("补入原因", rows=2, max_length=200)

    def clean_enterprise(self):
        asked = self.cleaned_data["enterprise"].strip()
        rows = Enterprise.objects.active().visible_to(self.by).filter(district=self.record.district_id)
        found = rows.filter(uscc=asked.upper()) or rows.filter(name=asked)
        if len(found) != 1:
            near = "、".join(rows.nearest(asked).values_list("name", flat=True)[:3])
            raise forms.ValidationError(f"没有找到这户企业{f'，是否为：{near}' if near else '，请核对代码或全称'}。")
        return found[0]

    @property
    def arguments(self):
        enterprise = self.cleaned_data["enterprise"]
        return super().arguments | {"known": sweeps.known_of(enterprise, run=self.record.run)}


def _day(day):
    return f"{day.month}月{day.day}日"


# ── 体检 ───────────────────────────────────────────────────────────────────────────────────────


class OpenForm(DeedForm):
    move = "open"
    kind = forms.ChoiceField(label="走访类型", choices=limits.Kind, initial=limits.Kind.CHECKUP)
    inspectors = People(label="同行检查人员", required=False, help_text="您本人已计入。")
    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].of(self.record.district_id)
        visits = PlannedVisit.objects.visible_to(self.by).to_come().filter(enterprise=self.record.enterprise_id)
        visits = visits.filter(sweep__state=Sweep.State.CONFIRMED)
        self.fields["visit"] = _Plan(
            visits.select_related("sweep"), label="走访计划", required=False, empty_label="不属于走访计划"
        )
        if visit := next(iter(visits), None):
            self.initial |= {
                "visit": visit.pk,
                "kind": visit.sweep.kind,
                "inspectors": [person.pk for person in visit.inspectors.all() if person != self.by],
            }

    def save(self, *, by, on):
        chosen = self.cleaned_data
        self.record = inspections.begin(
            self.record.enterprise, by=by, on=on, kind=chosen["kind"], organisation=by.organisation,
            inspectors=chosen["inspectors"], visit=chosen["visit"], uid=chosen["uid"],
        )  # fmt: skip
        return self.record


class _Plan(forms.ModelChoiceField):
    def label_from_instance(self, visit):
        return str(visit.sweep)


class KeepForm(DeedForm):
    """The values of a draft as they come, and those it had when the person began, as JSON in `base`."""

    move = "keep"
    base = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean(self):
        """Values are merged one by one: the version as a whole may have moved on."""
        return self.cleaned_data

    def clean_base(self):
        base = self.cleaned_data["base"] or {}
        if not isinstance(base, dict) or not all(isinstance(value, str) for value in base.values()):
            raise forms.ValidationError("base 须是一个 JSON 对象，各项为文字。")
        return base

    @property
    def typed(self):
        return {name: value for name, value in self.data.items() if name in self.record.labels()}

    @property
    def choices(self):
        return {name.removeprefix("choice-"): value for name, value in self.data.items() if name.startswith("choice-")}

    def save(self, *, by, on):
        self.merged, self.refused = self.record.keep(
            self.typed, self.cleaned_data["base"], by=by, on=on, choices=self.choices
        )
        return self.record

    def base_after(self):
        """What the person's page stands on from now: what they see of it, not what others wrote meanwhile."""
        return json.dumps(self.cleaned_data["base"] | {name: self.record.values()[name] for name in self._written()})

    def _written(self):
        return {*self.merged.changed, *self.merged.settled} - set(self.refused)


class SubmitForm(DeedForm):
    move = "submit"


class WithdrawForm(DeedForm):
    move = "withdraw"
    note = words_field("作废原因", rows=2)


class AccompanyForm(DeedForm):
    """Who goes: changed while the record is a draft."""

    move = "accompany"
    inspectors = People(label="检查人员", error_messages={"required": "请至少选择一名检查人员。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].of(self.record.district_id)
        self.initial["inspectors"] = [person.pk for person in self.record.inspectors.all()]
