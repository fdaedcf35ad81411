"""Rows of the trail as people read them: the kind of record, its name, and each changed field by its Chinese name."""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from accounts.models import District, Organisation, User
from accounts.roles import Can

from .audit import AUDITED

UNSHOWN = "（不显示）"
_LONGEST = 300  # characters of one value on the page; the file and the API have it whole


@dataclass(frozen=True)
class Line:
    name: str
    before: str
    after: str


def kinds():
    """(model's label, what people call it) of everything under audit, for a choice."""
    return sorted(((model._meta.label_lower, model._meta.verbose_name) for model in AUDITED), key=lambda kind: kind[1])


def kind_of(label):
    model = _model(label)
    return model._meta.verbose_name if model else label


def lines(change, reader, known=None):
    """The fields of a change, each with what it was and became. `reader` sees no figures without the right to.

    `known`: a dict that keeps the names of people and places from row to row, where there are many rows.
    """
    known = {} if known is None else known
    before, after = change.before or {}, change.after or {}
    model, figures = _model(change.model), _figures(change.model, reader)
    return [
        Line(_name(model, column), *(_value(model, side, column, column in figures, known) for side in (before, after)))
        for column in [*before, *(column for column in after if column not in before)]
    ]


def values(change, side, reader):
    """One side of a change, for machines; without the figures that `reader` may not see."""
    told, figures = getattr(change, side), _figures(change.model, reader)
    return told and {name: UNSHOWN if name in figures else value for name, value in told.items()}


def sentence(change, reader, known=None):
    """All fields in one cell of a file."""
    told = lines(change, reader, known)
    if change.deed == change.Deed.UPDATE:
        return "；".join(f"{line.name}：{line.before or '（空）'} → {line.after or '（空）'}" for line in told)
    return "；".join(f"{line.name}：{line.after or line.before}" for line in told if line.after or line.before)


def names(rows):
    """{(model, number): name} of the records that rows of the trail speak of; of those that are gone what they said."""
    wanted, found = {}, {}
    for row in rows:
        if row.record:
            wanted.setdefault(row.model, set()).add(row.record)
    for label, numbers in wanted.items():
        model = _model(label)
        if model and model.__str__ is not Model.__str__:  # a record without a name goes by its number
            there = model._base_manager.filter(pk__in=[_key(model, number) for number in numbers])
            found |= {(label, str(record.pk)): str(record) for record in there.select_related(*_told_by(model))}
    for row in rows:
        said = getattr(row, "before", None) or getattr(row, "after", None) or {}
        if (row.model, row.record) not in found and said.get("name"):
            found[row.model, row.record] = said["name"]
    return found


def records_called(text):
    """A condition for the rows of records with this number, credit code, user name or name."""
    condition = Q(record=text)
    for model in AUDITED:
        fields = {field.name for field in model._meta.fields} & {"uscc", "username", "name", "code"}
        if fields:
            one = Q()
            for name in fields:
                one |= Q(**{name: text})
            numbers = [str(number) for number in model._base_manager.filter(one).values_list("pk", flat=True)[:100]]
            if numbers:
                condition |= Q(model=model._meta.label_lower, record__in=numbers)
    return condition


def _model(label):
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None  # of an app that is no more


def _key(model, number):
    return model._meta.pk.to_python(number)


def _told_by(model):
    """What the name of a record is made of, so that a page of records is one query."""
    return ["organisation"] if model is User else []


def _figures(label, reader):
    watch = AUDITED.get(_model(label))
    return () if watch is None or reader.may(Can.READ_FIGURES) else watch.figures


def _field(model, column):
    for field in model._meta.fields if model else ():
        if field.column == column:
            return field
    raise FieldDoesNotExist


def _name(model, column):
    try:
        field = _field(model, column)
    except FieldDoesNotExist:
        return column
    return str(field.verbose_name) if field.verbose_name.isascii() is False else _PLAIN.get(field.name, column)


# Fields that people never see on a form have no Chinese name of their own.
_PLAIN = {
    "id": "编号", "by": "经办人", "at": "时间", "job": "后台任务", "subject_type": "记录种类", "subject_id": "记录编号",
    "is_active": "启用", "username": "用户名", "password": "口令", "email": "邮箱", "date_joined": "开设时间",
    "owner": "所有人", "expires_at": "到期时间", "asked_at": "申请时间", "sha256": "SHA-256", "merged_into": "并入",
    "enterprise": "企业", "district": "区市", "campaign": "行动", "version": "版本", "state": "状态",
    "delivery": "部门数据", "token": "令牌",
}  # fmt: skip


def _value(model, side, column, hidden, known):
    value = side.get(column)
    if value is None or value == "":
        return ""
    if hidden:
        return UNSHOWN
    try:
        field = _field(model, column)
    except FieldDoesNotExist:
        return _short(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.is_relation and field.related_model in {District, Organisation, User}:
        return _named(field.related_model, value, known)
    if field.get_internal_type() == "DateTimeField" and (moment := parse_datetime(str(value))):
        return f"{localtime(moment):%Y-%m-%d %H:%M:%S}"
    return f"#{value}" if field.is_relation else _short(value)


def _named(model, value, known):
    """A district, organisation or person; all of them are read at the first that is asked for."""
    if model not in known:
        everyone = model._base_manager.select_related(*_told_by(model))
        known[model] = {str(one.pk): str(one) for one in everyone}
    return known[model].get(str(value), f"#{value}")


def _short(value):
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……（共 {len(text)} 字）"
