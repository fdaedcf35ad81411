"""One form a deed on guidance visits and joint visits."""

from django import forms
from django.utils import timezone

from accounts.models import Organisation
from casework import field
from casework.arrivals import Disagreement
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from .models import GuidanceVisit, Leaflet
from .models.visits import FIELDS, VISITORS, Topic


class _Chips(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class _VisitForm(DeedForm, forms.ModelForm):
    """What is written of a visit. The phone shows the same fields (templates/guidance/visit_sheet.html)."""

    topics = _Chips(label="指导内容", choices=Topic.choices, required=False)
    leaflets = forms.ModelMultipleChoiceField(
        Leaflet.objects.none(), label="发放资料", required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = GuidanceVisit
        fields = [name for name in FIELDS if name != "place"]
        widgets = {
            "purpose": forms.RadioSelect, "visited_on": Day(), "follow_up_on": Day(),
            "visited_at": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "notes": forms.Textarea({"rows": 4}), "findings": forms.Textarea({"rows": 4}),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = GuidanceVisit.Purpose.choices
        given = Leaflet.objects.filter(pk__in=self.record.leaflets)  # some of it may be withdrawn since
        self.fields["leaflets"].queryset = Leaflet.objects.offered() | given
        for name in VISITORS:
            self.fields[name].widget.attrs["placeholder"] = "姓名，多人用顿号隔开"

    def clean_leaflets(self):
        return [str(leaflet.pk) for leaflet in self.cleaned_data["leaflets"]]

    def clean_visited_on(self):
        day = self.cleaned_data["visited_on"]
        if day > self.on:
            raise forms.ValidationError("走访日期不能晚于今天，请填写实际日期。")
        return day

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in VISITORS):
            self.add_error(None, "请至少填写一名走访人员。")
        return cleaned

    def save(self, *, by, on):
        version = None if self.record.stage is None else self.cleaned_data["version"]
        getattr(self.record, self.move)(by=by, on=on, version=version, **self.arguments)
        return self.record


class RecordForm(_VisitForm):
    move = "record"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"visited_on": self.on, own_part(self.by): self.by.name}


class AmendForm(_VisitForm):
    move = "amend"


def own_part(user):
    """As what a person of this organisation goes on visits, unless they say otherwise."""
    of_union = user.organisation.side == Organisation.Side.WORKERS
    return "supervisors" if of_union else "coordinators"


class SettleForm(DeedForm):
    """For each field that two people gave differently: theirs, mine or both."""

    move, template = "settle", "guidance/_visit_settle.html"
    hint = "两处填写都会留在记录里，请选择以哪一处为准。"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = list(Disagreement.objects.on(self.record).open()) if self.record.pk else []
        for row in self.waiting:
            self.fields[row.name] = forms.ChoiceField(
                label=f"“{row.label}”以哪一处为准",
                choices=Disagreement.Chosen,
                widget=forms.RadioSelect,
                required=False,
            )

    def rows(self):
        return [(self[row.name], row) for row in self.waiting]

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(row.name) for row in self.waiting):
            raise forms.ValidationError("请至少为一项作出选择。" if self.waiting else "这条记录没有需要核对的填写。")
        return cleaned

    def save(self, *, by, on):
        choices = {name: chosen for name, chosen in self.arguments.items() if chosen}
        version = self.cleaned_data["version"]
        field.settle(self.record, choices, by=by, on=on, at=timezone.now(), version=version)
        return self.record


class ReturnForm(DeedForm):
    move = "return_to"
    returned_on = day_field("实际回访日期")
    returned = words_field("回访情况", rows=4, max_length=2000)


class WithdrawForm(DeedForm):
    move = "withdraw"
    note = words_field("作废原因", rows=2)


class _Decision(DeedForm):
    """On the visits of a day to an enterprise."""

    def save(self, *, by, on):
        version = None if self.record.stage is None else self.cleaned_data["version"]
        getattr(self.record, self.move)(by=by, on=on, version=version)
        return self.record


class ConfirmForm(_Decision):
    move = "confirm"
    hint = "当天各方对这户企业的走访合并计为 1 户次；各方的记录和签名都保留。"


class SeparateForm(_Decision):
    move = "separate"
    hint = "当天各方的走访分别计数。"


OF_A_VISIT = (RecordForm, AmendForm, SettleForm, ReturnForm, WithdrawForm)
OF_A_JOINT_VISIT = (ConfirmForm, SeparateForm)
