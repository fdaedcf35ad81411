"""Word templates of the city's office: how the districts' reports look. Kept version by version; one is in force."""

import hashlib

from django.db import models, transaction
from django.urls import reverse

from accounts.roles import Role
from casework.audit import audited
from casework.cases import Case
from casework.intake import LONGEST_NAME
from casework.lifecycle import Lifecycle
from casework.scope import PublicQuerySet

_OFFICE = (Role.CITY_OFFICE,)


class TemplateState(models.TextChoices):
    KEPT = "kept", "备用"
    IN_FORCE = "in_force", "使用中"


_KEPT, _IN_FORCE = TemplateState

TEMPLATE = Lifecycle(
    TemplateState,
    # move     label                from          to          by
    ("upload", "上传模板",          (None,),      _KEPT,      _OFFICE),
    ("enact",  "启用",              (_KEPT,),     _IN_FORCE,  _OFFICE),
    ("retire", "停用",              (_IN_FORCE,), _KEPT,      _OFFICE),
)  # fmt: skip


class TemplateQuerySet(PublicQuerySet):
    def in_force(self):
        """The Template by which papers are made now; None: the built-in layout."""
        return self.filter(state=TemplateState.IN_FORCE).first()

    def listed(self):
        """Without the files themselves."""
        return self.defer("content")


@audited(left_out=["content"])
class Template(Case):
    lifecycle = TEMPLATE
    State = TemplateState
    place_id = None

    number = models.PositiveIntegerField("版本", unique=True)
    name = models.CharField("文件名", max_length=LONGEST_NAME)
    note = models.TextField("修改说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=TemplateState, default=TemplateState.KEPT)
    uploaded_on = models.DateField("上传日期")
    sha256 = models.CharField("散列", max_length=64)
    unused = models.JSONField("没有用到的部分", default=list, help_text="sections that the template leaves out")
    content = models.BinaryField("文件")

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "Word 模板"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="in_force"), name="one_template_is_in_force",
                violation_error_message="另一份模板刚刚启用，请刷新后核对。",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"第{self.number}版模板"

    def get_absolute_url(self):
        return reverse("reports:template", args=[self.pk])

    def is_placed_for(self, user):
        return user is None or user.is_active

    # Verbs

    @transaction.atomic
    def upload(self, *, by, on, version=None, name, content, unused, note=""):
        """`content`: a checked DOCX; `unused`: the sections that it leaves out."""
        self.name, self.content, self.unused, self.note, self.uploaded_on = name, content, unused, note, on
        self.sha256 = hashlib.sha256(content).hexdigest()
        Template.objects.select_for_update().order_by("-number").first()  # of two at once the second counts after it
        self.number = (Template.objects.aggregate(last=models.Max("number"))["last"] or 0) + 1
        with self.deed("upload", by=by, on=on, version=version, note=note):
            pass

    @transaction.atomic
    def enact(self, *, by, on, version=None):
        """What was in force till now is kept."""
        for other in Template.objects.filter(state=TemplateState.IN_FORCE).exclude(pk=self.pk).select_for_update():
            other.retire(by=by, on=on, note=f"由{self}代替")
        with self.deed("enact", by=by, on=on, version=version):
            pass

    def retire(self, *, by, on, version=None, note=""):
        with self.deed("retire", by=by, on=on, version=version, note=note):
            pass
