"""One form a deed on the campaign itself."""

from decimal import Decimal

from django import forms
from django.core.validators import MinValueValidator

from accounts.models import District
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm
from casework.today import end_of

from . import coverage, figures
from .models import Campaign, Phase, Target
from .tables import TableForm

NEW_ROWS = 2


class PrepareForm(DeedForm, forms.ModelForm):
    move = "prepare"
    hint = "阶段、任务、报送时限和数据截止日按所选行动逐年顺延，保存后逐项核对、修改，再启动。"
    source = forms.ModelChoiceField(
        label="参照的行动", queryset=Campaign.objects.all(), empty_label=None,
        error_messages={"invalid_choice": "没有这项行动，请重新选择。"},
    )  # fmt: skip
    field_order = ["version", "source", "title", "document_number", "starts_on"]

    class Meta:
        model = Campaign
        fields = ["title", "document_number", "starts_on"]
        widgets = {"starts_on": Day()}
        error_messages = {
            "title": {"required": "请填写行动名称。"},
            "document_number": {"required": "请填写文号。", "unique": "已有这一文号的行动，请核对文号。"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        last = Campaign.objects.first()
        if last is not None:
            self.initial.update(source=last.pk, title=last.title)

    def clean(self):
        told = super().clean()
        source, starts_on = told.get("source"), told.get("starts_on")
        if source and starts_on and starts_on.year <= source.starts_on.year:
            self.add_error("starts_on", f"应当晚于所参照的行动，即{source.starts_on.year + 1}年及以后。")
        return told

    def _post_clean(self):
        """The rest of the period is reckoned by the verb."""
        self.instance.ends_on = self.cleaned_data.get("starts_on")
        super()._post_clean()

    def save(self, *, by, on):
        told = self.arguments
        source = told.pop("source")
        for name, value in told.items():
            setattr(self.record, name, value)
        self.record.prepare(source=source, by=by, on=on)
        return self.record


class AmendForm(DeedForm, forms.ModelForm):
    move = "amend"
    report_due_on = day_field("总结报送日期", help_text="报送截至这一天24时，此后为逾期。")
    field_order = ["version", "title", "document_number", "starts_on", "ends_on", "report_due_on", "cut_off_on"]

    class Meta:
        model = Campaign
        fields = ["title", "document_number", "starts_on", "ends_on", "cut_off_on"]
        widgets = {"starts_on": Day(), "ends_on": Day(), "cut_off_on": Day()}
        error_messages = {"document_number": {"unique": "已有这一文号的行动，请核对文号。"}}
        help_texts = {"cut_off_on": "报告只计到这一天为止。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["report_due_on"] = self.record.report_due_on

    @property
    def arguments(self):
        told = super().arguments
        told["report_due_at"] = end_of(told.pop("report_due_on"))
        return told


class _RowsForm(TableForm):
    """The rows of a campaign, each changed or taken out, and empty lines for new ones."""

    model, columns = None, ()

    def lines(self):
        self.there = {str(row.pk): row for row in self.of_the_campaign()}
        for key, row in self.there.items():
            yield key, "", self.fields_of(row) | {"drop": forms.BooleanField(label="删除", required=False)}
        for number in range(1, NEW_ROWS + 1):
            yield f"new{number}", "", self.fields_of(None)

    @property
    def headings(self):
        return [self.fields[f"{column}_new1"].label for column in self.columns] + [""]

    def clean(self):
        told = super().clean()
        for key, row in self.values().items():
            if self.is_wanted(key, row):
                for column in self.columns:
                    name = f"{column}_{key}"
                    if row[column] in ("", None) and column not in self.optional and name not in self.errors:
                        self.add_error(name, "请填写。")
        return told

    optional = ()

    def is_wanted(self, key, row):
        return not row.get("drop") if key in self.there else any(value for value in row.values())

    def rows(self):
        told = []
        for key, row in self.values().items():
            if self.is_wanted(key, row):
                told.append((self.there.get(key), {column: row[column] for column in self.columns}))
            elif key in self.there:
                told.insert(0, (self.there[key], None))
        return told


class PhasesForm(_RowsForm):
    move = "set_phases"
    hint = "末尾的空行用来添加阶段；各阶段的日期可以重叠。"
    columns = ("name", "begins_on", "ends_on", "article")

    def of_the_campaign(self):
        return self.record.phases.all()

    def fields_of(self, row):
        return {
            "name": forms.CharField(label="阶段", max_length=20, required=False, initial=row and row.name),
            "begins_on": day_field("开始日期", required=False, initial=row and row.begins_on),
            "ends_on": day_field("结束日期", required=False, initial=row and row.ends_on),
            "article": forms.CharField(label="依据", max_length=60, required=False, initial=row and row.article),
        }

    def clean(self):
        told = super().clean()
        names = {}
        for key, row in self.values().items():
            if not self.is_wanted(key, row):
                continue
            if row["begins_on"] and row["ends_on"] and row["ends_on"] < row["begins_on"]:
                self.add_error(f"ends_on_{key}", "结束日期不能早于开始日期。")
            if row["name"] and names.setdefault(row["name"], key) != key:
                self.add_error(f"name_{key}", "已有同名的阶段。")
        return told


class DutiesForm(_RowsForm):
    move = "set_duties"
    hint = "一行一项任务。“佐证”填写统计口径代码，多个用空格隔开，覆盖情况按它计数；末尾的空行用来添加任务。"
    columns = ("number", "title", "phase", "article", "owners", "evidence")
    optional = ("phase", "owners", "evidence")

    def of_the_campaign(self):
        return self.record.duties.select_related("phase")

    def fields_of(self, row):
        phases = Phase.objects.filter(campaign=self.record)
        return {
            "number": forms.IntegerField(label="序号", required=False, min_value=1, max_value=200,
                                         initial=row and row.number),
            "title": forms.CharField(label="任务", max_length=60, required=False, initial=row and row.title,
                                     widget=forms.Textarea({"rows": 2})),
            "phase": forms.ModelChoiceField(label="阶段", queryset=phases, required=False, empty_label="全程",
                                            initial=row and row.phase_id),
            "article": forms.CharField(label="依据", max_length=60, required=False, initial=row and row.article),
            "owners": forms.CharField(label="责任方", max_length=60, required=False, initial=row and row.owners),
            "evidence": forms.CharField(label="佐证", max_length=240, required=False,
                                        initial=row and " ".join(row.evidence)),
        }  # fmt: skip

    def clean(self):
        told = super().clean()
        numbers = {}
        for key, row in self.values().items():
            unknown = [code for code in (row["evidence"] or "").split() if code not in coverage.known()]
            if unknown:
                self.add_error(f"evidence_{key}", f"没有这样的口径：{'、'.join(unknown)}。")
            if self.is_wanted(key, row) and row["number"] and numbers.setdefault(row["number"], key) != key:
                self.add_error(f"number_{key}", "序号与另一项任务相同。")
        return told

    def rows(self):
        return [
            (row, fields and fields | {"evidence": (fields["evidence"] or "").split()})
            for row, fields in super().rows()
        ]  # fmt: skip


class TargetsForm(TableForm):
    """One indicator, a line a district."""

    move = "set_targets"
    hint = "选定一项指标，填写各区市到行动结束时应当达到的数；留空的不设目标。"
    heading = "区市"
    headings = ("目标值",)
    code = forms.ChoiceField(label="指标", choices=())

    def __init__(self, *args, record, **kwargs):
        catalogue = figures.catalogue()
        self.chosen = getattr(record, "chosen_code", "") or (catalogue[0].code if catalogue else "")
        there = Target.objects.filter(campaign=record, code=self.chosen)
        self.set = {target.district_id: target.value for target in there}
        super().__init__(*args, record=record, **kwargs)
        self.fields["code"].choices = [(figure.code, f"{figure.name}（{figure.unit}）") for figure in catalogue]
        self.initial["code"] = self.chosen

    def lines(self):
        for district in District.objects.filter(active=True):
            yield district.pk, district.name, {
                "value": forms.DecimalField(
                    label="目标值", required=False, max_digits=14, decimal_places=2,
                    initial=self.set.get(district.pk) and _plain(self.set[district.pk]),
                    validators=[MinValueValidator(Decimal("0.01"), "目标值应当大于0；不设目标的请留空。")],
                )
            }  # fmt: skip

    def rows(self):
        return {key: row["value"] for key, row in self.values().items()}


def _plain(number):
    return int(number) if number == int(number) else number


class StartForm(DeedForm):
    move = "start"
    hint = "启动后即为当前行动，各区市可以看到；此后登记的事项归入本行动。"


class EndForm(DeedForm):
    move = "end"
    summary = words_field("结束说明", required=False)


OF_A_CAMPAIGN = (PrepareForm, AmendForm, PhasesForm, DutiesForm, TargetsForm, StartForm, EndForm)
