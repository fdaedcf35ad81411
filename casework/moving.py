"""A record goes to another district: what tells of it and hangs on it goes along.

The rows of cases that refer to it go by their foreign keys (ON UPDATE CASCADE). Their timelines, files and comments
refer to them by kind and number, so that PostgreSQL cannot follow.
"""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from .attachments import HOLDERS, Attachment, district_of
from .comments import Comment
from .models import Entry, WithTimeline


def take_along(record):
    """After `record` has gone to another district: what hangs on it, and on all cases about it there."""
    _follow(type(record), [record.pk], record)
    for model in _with_history():
        for field in model._meta.concrete_fields:
            if field.related_model is type(record) and model is not type(record):
                there = {field.name: record, model.district_path: district_of(record)}
                _follow(model, model._base_manager.filter(**there).order_by().values("pk"), record)


def _follow(model, keys, record):
    kind = ContentType.objects.get_for_model(model)
    for history in (Entry, Attachment, Comment):
        history.objects.filter(subject_type=kind, subject_id__in=keys).update(district=district_of(record))


def _with_history():
    taking = {holder.model for holder in HOLDERS.values()}
    return [model for model in apps.get_models() if issubclass(model, WithTimeline) or model in taking]
