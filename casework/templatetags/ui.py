"""How figures, dates and form fields are written on every page."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import forms, template
from django.utils.html import format_html, format_html_join

register = template.Library()

_CLASS_OF_WIDGET = (
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


@register.filter
def kind(record):
    """How an address names the kind of a record (casework.comments)."""
    return record._meta.label_lower


@register.filter
def thousands(number):
    """36214 → 36,214. Django's intcomma groups Chinese numbers by four; official tables group by three."""
    return "" if number is None else f"{number:,}"


@register.filter
def wan(cents):
    """分 → 万元 with two decimals; the column says the unit once."""
    if cents is None:
        return "—"
    return f"{(Decimal(cents) / 1_000_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


@register.filter
def cny(cents):
    """分 → 元 with two decimals."""
    return "—" if cents is None else f"{Decimal(cents) / 100:,.2f}"


@register.filter
def percent(share):
    """0.583 → 58%."""
    return "—" if share is None else f"{(Decimal(str(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP)}%"


@register.filter
def day(date):
    """A date in a sentence: 7月14日."""
    return "" if date is None else f"{date.month}月{date.day}日"


@register.filter
def month(date):
    """A month in a sentence: 2023年6月."""
    return "" if date is None else f"{date.year}年{date.month}月"


@register.filter
def signed(number):
    """+21, −3, 0, with the true minus sign."""
    if number is None:
        return ""
    rounded = f"{abs(number):.1f}".removesuffix(".0")
    return rounded if rounded == "0" else ("+" if number > 0 else "−") + rounded


@register.filter
def days_after(due_on, on):
    """Days from `on` to `due_on`; negative when late."""
    return (due_on - on).days


@register.filter
def minus(number):
    return -number


@register.filter
def styled(field, extra=""):
    """The widget of a form field in the portal's dress; `extra` adds classes such as form-select-sm."""
    own = field.field.widget.attrs.get("class", "")
    dress = next(name for kind, name in _CLASS_OF_WIDGET if isinstance(field.field.widget, kind))
    names = f"{dress} {own} {extra} {'is-invalid' if field.errors else ''}".split()
    return field.as_widget(attrs={"class": " ".join(names)} if names else None)


@register.filter
def chooser(field, extra=""):
    """The <select> of a filter bar, written directly: Django renders each option by templates, which is slow."""
    choices = tuple((str(value), str(label)) for value, label in field.field.choices)
    return _select(field.html_name, field.id_for_label, choices, str(field.value() or ""), extra)


@lru_cache(maxsize=512)  # the same few lists on every page
def _select(name, number, choices, chosen, extra):
    shapes = {True: '<option value="{}" selected>{}</option>', False: '<option value="{}">{}</option>'}
    options = ((format_html(shapes[value == chosen], value, label),) for value, label in choices)
    return format_html(
        '<select class="form-select {}" name="{}" id="{}">{}</select>',
        extra, name, number, format_html_join("", "{}", options),
    )  # fmt: skip


@register.filter
def is_checkbox(field):
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice_list(field):
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def moves_for(record, user):
    """The moves that the person may make now, each with its address: the buttons of a record's page."""
    return [(move, record.move_url(move)) for move in record.moves_for(user)]
