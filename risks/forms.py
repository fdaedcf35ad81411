from django import forms

from enterprises.models import Feed

from . import readiness, runs


class RunForm(forms.Form):
    """Ask for a run as of one of the months that the feeds know."""

    as_of = forms.ChoiceField(label="截至月份")

    def __init__(self, *args, months, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["as_of"].choices = [(f"{month:%Y-%m}", _said(month, feeds)) for month, feeds in months]
        if suggested := readiness.default(months):
            self.initial["as_of"] = f"{suggested:%Y-%m}"

    def clean_as_of(self):
        return runs.month(self.cleaned_data["as_of"])

    def save(self, *, by):
        return runs.ask(self.cleaned_data["as_of"], by=by)


def _said(month, feeds):
    missing = "、".join(feed.label for feed in Feed if feed not in feeds)
    return f"{month.year}年{month.month}月" + (f"（缺{missing}）" if missing else "（四类齐全）")
