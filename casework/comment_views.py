"""Comments beside a record: a part for htmx, a page of its own without script."""

from django import forms
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User

from .comments import (
    LONGEST,
    Comment,
    Mention,
    comment,
    is_of_one_district,
    mark_read,
    place_of,
    readers,
    record_or_404,
)
from .fields import words_field
from .today import today

_OUTSIDER = "只能提醒看得到这条记录的同事，请重新选择。"


class CommentForm(forms.Form):
    """What is written, and who is named: of those alone who may read it."""

    text = words_field("留言", max_length=LONGEST)
    mentions = forms.ModelMultipleChoiceField(
        label="提醒同事", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _OUTSIDER, "invalid_pk_value": _OUTSIDER, "invalid_list": _OUTSIDER},
    )  # fmt: skip

    def __init__(self, *args, record, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.record, self.by = record, by
        self.people = [person for person in readers(record, place_of(record, by)) if person.pk != by.pk]
        self.fields["mentions"].queryset = User.objects.filter(pk__in=[person.pk for person in self.people])

    @property
    def choices(self):
        """[(person, whether chosen)]"""
        chosen = {str(each) for each in self["mentions"].value() or ()}
        return [(person, str(person.pk) in chosen) for person in self.people]

    def save(self, *, on):
        told = self.cleaned_data
        return comment(self.record, told["text"], by=self.by, on=on, mentions=told["mentions"])


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request, kind, pk):
    """The comments on one record, and the form that adds one."""
    record = record_or_404(request.user, kind, pk)
    form = CommentForm(request.POST or None, record=record, by=request.user)
    if request.method != "POST":
        return _shown(request, record, form)
    if not form.is_valid():
        return _shown(request, record, form, status=422)
    form.save(on=today())
    return _done(request, record)


@require_POST
def comments_read(request, kind, pk):
    """The person has read what names them here."""
    record = record_or_404(request.user, kind, pk)
    mark_read(record, by=request.user, on=today())
    return _done(request, record)


def _done(request, record):
    if request.htmx and not request.htmx.boosted:
        return _shown(request, record, CommentForm(record=record, by=request.user))
    return redirect("casework:comments", record._meta.label_lower, record.pk)


def _shown(request, record, form, status=200):
    mine = Mention.objects.visible_to(request.user).on(record).of(request.user).unread()
    context = {
        "record": record, "form": form, "longest": LONGEST, "unread": set(mine.values_list("comment_id", flat=True)),
        "comments": Comment.objects.visible_to(request.user).on(record), "back": record.get_absolute_url(),
        "shared": not is_of_one_district(record),
    }  # fmt: skip
    as_part = request.htmx and not request.htmx.boosted
    template = "casework/_comments.html" if as_part else "casework/comments.html"
    return render(request, template, context, status=status)
