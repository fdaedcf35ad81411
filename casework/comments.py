"""Comments: colleagues who see a record write to each other beside it, and name whom it concerns (@).

A comment is no deed: it moves nothing, proves nothing, and is never changed. Who is named finds it on the desk and in
the morning's letter until they say that they have read it, or answer. Nobody can be named who may not open the record's
page, and what is written is read behind the record's own wall: that of its district, and of a record that several
districts or all of them see, that of the writer's district, as with its timeline.
"""

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404
from django.urls import resolve

from accounts.models import District, User
from accounts.roles import WHO_MAY

from .attachments import district_of
from .audit import audited
from .scope import ScopedQuerySet, visible_or_404

LONGEST = 1000


class CommentQuerySet(ScopedQuerySet):
    def on(self, record):
        """Of a record, the newest first."""
        kind = ContentType.objects.get_for_model(type(record))
        found = self.filter(subject_type=kind, subject_id=record.pk)
        return found.select_related("by__organisation").prefetch_related("mentions__person__organisation")


@audited
class Comment(models.Model):
    district_path = "district"

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+", help_text="空：市级")
    text = models.TextField("留言", max_length=LONGEST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="留言人", related_name="+")
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "留言"
        indexes = [models.Index(fields=["subject_type", "subject_id", "-at"], name="comments_on_a_record")]

    def __str__(self):
        return self.text[:40]


class MentionQuerySet(ScopedQuerySet):
    def unread(self):
        return self.filter(read_on=None)

    def of(self, person):
        return self.filter(person=person)

    def on(self, record):
        kind = ContentType.objects.get_for_model(type(record))
        return self.filter(comment__subject_type=kind, comment__subject_id=record.pk)


@audited
class Mention(models.Model):
    district_path = "comment__district"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提到的同事", related_name="+")
    read_on = models.DateField("阅知日期", null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "留言提醒"
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="a_comment_names_a_person_once")]

    def __str__(self):
        return str(self.person)


class Outsider(Exception):
    """Somebody was named who may not read the record."""


# ── Which records, and who reads them ────────────────────────────────────────────────────────


def takes_comments(model):
    from .models import WithTimeline  # where this module's models are gathered

    return issubclass(model, WithTimeline) and hasattr(model, "get_absolute_url")


def record_or_404(user, kind, pk):
    """A record that `user` may open; raises Http404 or PermissionDenied as its page does."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        model = None
    if model is None or not takes_comments(model):
        raise Http404("没有找到这条记录。")
    record = visible_or_404(user, model.objects, pk)
    needed = capability_of(record)
    if not user.may(needed):
        raise PermissionDenied(f"您的岗位没有“{needed.label}”的权限，如确需办理请联系系统管理员。")
    return record


def capability_of(record):
    """What the record's page asks of who opens it."""
    return resolve(record.get_absolute_url().partition("?")[0].partition("#")[0]).func.capability


def is_of_one_district(record):
    """Or of several, or of all: then each district's comments are its own."""
    return not getattr(record, "is_of_several_districts", False) and district_of(record) is not None


def place_of(record, by):
    """The code of the district behind whose wall a comment of `by` on the record lies; None: the city's own.

    Who reads a record of another district, one that is published to all, speaks of it in the own district.
    """
    own = by.organisation.district_id
    return district_of(record).pk if own is None and is_of_one_district(record) else own


def readers(record, place):
    """Those who may open the record and read what lies behind the wall of `place`, in the order of their bodies."""
    roles = WHO_MAY[capability_of(record)]
    reach = Q(organisation__district=None) | Q(organisation__district=place)
    people = User.objects.filter(reach, is_active=True, role__in=roles).select_related("organisation__district")
    seen, found = {}, []
    for person in people.order_by("organisation__district__rank", "organisation_id", "name", "pk"):
        if not _is_within(person, place):
            continue
        alike = (person.organisation.district_id, person.role)  # whom the scope cannot tell apart
        if alike not in seen:
            seen[alike] = type(record).objects.visible_to(person).filter(pk=record.pk).exists()
        if seen[alike]:
            found.append(person)
    return found


def _is_within(person, place):
    return person.sees_whole_city or person.organisation.district_id == place


def still_reads(person, comment):
    """Whether `person` may still open what the comment is about: rights and districts change."""
    record = comment.subject
    return (
        record is not None
        and _is_within(person, comment.district_id)
        and person.may(capability_of(record))
        and type(record).objects.visible_to(person).filter(pk=record.pk).exists()
    )


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


def comment(record, text, *, by, on, mentions=()):
    """Write beside the record. Raises Outsider when one of `mentions` may not read it; then nothing is stored."""
    place = place_of(record, by)
    allowed = {person.pk for person in readers(record, place)}
    if any(person.pk not in allowed for person in mentions):
        raise Outsider
    with transaction.atomic():
        made = Comment.objects.create(subject=record, district_id=place, text=text, by=by, on=on)
        for person in {each.pk: each for each in mentions if each.pk != by.pk}.values():
            made.mentions.create(person=person)
        mark_read(record, by=by, on=on)
    return made


def mark_read(record, *, by, on):
    """`by` has read what names them on the record. Returns how many comments that were."""
    return Mention.objects.visible_to(by).on(record).of(by).unread().update(read_on=on)
