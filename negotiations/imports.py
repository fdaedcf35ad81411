"""Contracts from before, out of a spreadsheet: looked at first, then taken over, all of them or none."""

from datetime import date, datetime

from django.db import transaction
from import_export import fields, resources
from import_export.exceptions import ImportError as RowRefused
from import_export.widgets import Widget
from tablib import Dataset

from casework.lifecycle import MoveRefused
from enterprises.models import Enterprise

from .law import Kind
from .models import Contract

HEADINGS = {
    "uscc": "统一社会信用代码", "kind": "合同类型", "title": "合同名称", "signed_on": "签订日期",
    "begins_on": "起始日期",
    "ends_on": "届满日期", "workers": "覆盖职工人数", "published_on": "公布日期",
}  # fmt: skip
OPTIONAL = {"title", "workers", "published_on"}
MOST_ROWS = 5_000
_DASHES = str.maketrans("年月/.", "----")
_KINDS = {label: value for value, label in Kind.choices} | {"工资集体合同": Kind.WAGE, "专项集体合同": Kind.SPECIAL}


class Day(Widget):
    def clean(self, value, row=None, **kwargs):
        if value in (None, ""):
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = (
            str(value)
            .strip()
            .replace("年", "-")
            .replace("月", "-")
            .replace("日", "")
            .replace("/", "-")
            .replace(".", "-")
        )
        try:
            return datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            raise ValueError(f"“{value}”不是日期，请写成 2023-09-01 的样子") from None


class Firm(Widget):
    """An enterprise of the person's own district; others do not exist."""

    def __init__(self, by):
        self.by = by

    def clean(self, value, row=None, **kwargs):
        code = str(value or "").strip().upper()
        found = Enterprise.objects.current().visible_to(self.by).filter(uscc=code).first()
        if found is None:
            raise ValueError(f"名录中没有代码为“{code}”的本区市企业，请核对")
        return found


class KindOf(Widget):
    def clean(self, value, row=None, **kwargs):
        if (found := _KINDS.get(str(value or "").strip())) is None:
            raise ValueError(f"“{value or ''}”不是合同类型，请填写：{'、'.join(Kind.labels)}")
        return found


class Workers(Widget):
    def clean(self, value, row=None, **kwargs):
        text = str(value if value is not None else "").strip().removesuffix(".0")
        if text and not (text.isascii() and text.isdecimal()):
            raise ValueError(f"“{value}”不是人数，请填写整数")
        return int(text) if text else None


class Contracts(resources.ModelResource):
    """A row, a contract; each is taken over by the verb, so that it has its history like any other."""

    class Meta:
        model = Contract
        fields = tuple(HEADINGS)
        import_id_fields = ()
        use_transactions = True
        clean_model_instances = False

    def __init__(self, by, on):
        super().__init__()
        self.by, self.on = by, on
        widgets = {"uscc": Firm(by), "kind": KindOf(), "workers": Workers()}
        attributes = {"uscc": "enterprise"}
        self.fields = {
            name: fields.Field(
                attributes.get(name, name), heading, widgets.get(name) or (Day() if name.endswith("_on") else Widget())
            )
            for name, heading in HEADINGS.items()
        }

    def get_import_order(self):
        return tuple(HEADINGS)

    def get_import_fields(self):
        return list(self.fields.values())

    def before_import(self, dataset, **kwargs):
        missing = [
            heading for name, heading in HEADINGS.items() if name not in OPTIONAL and heading not in dataset.headers
        ]
        unknown = [heading for heading in dataset.headers if heading and heading not in HEADINGS.values()]
        if missing:
            raise RowRefused(f"缺少列：{'、'.join(missing)}。请按样表的表头填写。")
        if unknown:
            raise RowRefused(f"不认识的列：{'、'.join(unknown)}。请删去，或改成样表的表头。")
        if len(dataset) > MOST_ROWS:
            raise RowRefused(f"一次最多导入{MOST_ROWS}份，现有{len(dataset)}份，请分开导入。")

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name in row:
            field.save(instance, row, is_m2m, **kwargs)

    def after_import(self, dataset, result, **kwargs):
        """The library would set the table's sequence anew; the numbers come from it, and the web may not."""

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return False

    def save_instance(self, instance, is_create, row, **kwargs):
        firm = instance.enterprise
        instance.district_id = firm.district_id
        instance.title = str(instance.title or "").strip() or f"{firm.name}{Kind(instance.kind).label}"
        for name in ("signed_on", "begins_on", "ends_on"):
            if getattr(instance, name) is None:
                raise ValueError(f"请填写{HEADINGS[name]}")
        same = Contract.objects.filter(enterprise=firm, kind=instance.kind, begins_on=instance.begins_on)
        if same.exists():
            raise ValueError("这家企业同一类型、同一起始日期的合同已经登记")
        try:
            instance.take_over(by=self.by, on=self.on)
        except MoveRefused as refused:
            raise ValueError(refused.sentence.rstrip("。")) from None


def look_at(dataset, *, by, on):
    """What is wrong, as sentences, row by row; empty where all can be taken over. Nothing is stored."""
    with transaction.atomic():
        return _sentences(Contracts(by, on).import_data(dataset, dry_run=True, raise_errors=False))


def take_over(dataset, *, by, on):
    """Store all rows, or, where meanwhile one no longer fits, none: raises MoveRefused."""
    with transaction.atomic():
        if sentences := _sentences(Contracts(by, on).import_data(dataset, dry_run=False, raise_errors=False)):
            raise MoveRefused(sentences[0])


def dataset_of(heads, rows):
    """What a workbook's first sheet holds, as the library takes it."""
    width = len(heads)
    return Dataset(*[(row + [""] * width)[:width] for row in rows], headers=[str(head).strip() for head in heads])


def _sentences(result):
    told = [str(error.error) for error in result.base_errors]
    for number, errors in result.row_errors():
        told += [f"第{number + 1}行：{error.error}。" for error in errors]
    for row in result.invalid_rows:
        told += [f"第{row.number + 1}行：{'；'.join(row.error.messages)}。"]
    return told
