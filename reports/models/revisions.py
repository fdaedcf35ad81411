"""A paper of a report that came back edited: what it says otherwise, what of it was taken over, why figures differ."""

from django.db import models, transaction
from django.urls import reverse

from accounts.models import District
from accounts.roles import Role
from casework.audit import audited
from casework.cases import Case
from casework.intake import LONGEST_NAME
from casework.lifecycle import Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet

from .sections import Key

_WRITERS = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR)


class RevisionState(models.TextChoices):
    OPEN = "open", "待取用"
    TAKEN = "taken", "已取用"
    DROPPED = "dropped", "已放弃"


_OPEN, _TAKEN, _DROPPED = RevisionState

REVISION = Lifecycle(
    RevisionState,
    # move      label           from       to         by
    ("receive", "交回改稿",     (None,),   _OPEN,     _WRITERS),
    ("take",    "取用",         (_OPEN,),  _TAKEN,    _WRITERS),
    ("drop",    "放弃",         (_OPEN,),  _DROPPED,  _WRITERS),
)  # fmt: skip


@audited
class Revision(Case):
    district_path = "district"
    lifecycle = REVISION
    State = RevisionState

    report = models.ForeignKey("reports.Report", models.CASCADE, related_name="revisions")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=RevisionState, default=RevisionState.OPEN)
    name = models.CharField("文件名", max_length=LONGEST_NAME)
    sha256 = models.CharField("散列", max_length=64)
    received_on = models.DateField("交回日期")
    texts = models.JSONField("改动的文字", default=dict, help_text="{section: text} as the file has it")
    figures = models.JSONField("改动的数字", default=list, help_text="[{code, name, was, now}]; then `why`")
    gone = models.JSONField("没有找到的部分", default=list)
    beside = models.JSONField("各部分以外的改动", default=list, help_text="[line], never taken over")
    taken = models.JSONField("取用的部分", default=list)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "总结改稿"

    def __str__(self):
        return f"{self.report}改稿"

    def get_absolute_url(self):
        return reverse("reports:revision", args=[self.pk])

    @property
    def edited(self):
        """[(label, text in the file, whether it was taken over)]"""
        return [(key.label, self.texts[key], key.value in self.taken) for key in Key if key.value in self.texts]

    @property
    def gone_labels(self):
        return [key.label for key in Key if key.value in self.gone]

    @property
    def explained(self):
        """The figures that were changed by hand, with the reason, as they are kept with the report."""
        return [each for each in self.figures if each.get("why")]

    # Verbs

    def receive(self, *, by, on, version=None, came):
        """`came`: a roundtrip.Came."""
        self._must_be_writable()
        self.name, self.sha256, self.received_on = came.name, came.sha256, on
        self.texts, self.figures, self.gone, self.beside = came.texts, came.figures, came.gone, came.beside
        with self.deed("receive", by=by, on=on, version=version, note=self.name):
            pass

    @transaction.atomic
    def take(self, *, by, on, version=None, sections, figures):
        """Write the chosen sections into the report, all or none, and keep why figures were changed.

        sections  {key: version of the report's section beside which the person chose}
        figures   [{code, name, unit, was, now, database, why}]
        """
        self._must_be_writable()
        told = "、".join(Key(key).label for key in sections) or "没有取用文字"
        with self.deed("take", by=by, on=on, version=version, note=f"取用：{told}") as row:
            row.taken, row.figures = list(sections), figures
            for key, seen in sections.items():
                row.report.write(by=by, on=on, version=seen, key=key, text=row.texts[key])

    def drop(self, *, by, on, version=None, note=""):
        with self.deed("drop", by=by, on=on, version=version, note=note):
            pass

    def _must_be_writable(self):
        if not self.report.is_writable:
            stage = self.report.get_state_display()
            raise MoveRefused(f"总结现为“{stage}”，不能再取用改稿；需要修改的，先由负责人撤回确认或者更正。")
