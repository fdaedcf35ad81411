"""Enterprises by the code that a person types in."""

from django import forms

from enterprises.models import Enterprise


def firm_of(code, user):
    """The enterprise of the person's own district; raises ValidationError for what is not there or another's."""
    code = code.strip().upper()
    found = Enterprise.objects.current().visible_to(user).filter(uscc=code).first()
    if found is None:
        raise forms.ValidationError("本区市名录中没有这个统一社会信用代码，请核对。")
    return found
