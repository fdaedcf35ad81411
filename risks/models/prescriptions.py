"""用工处方: what an enterprise is advised after a visit. Advice, never an order (risks.tone)."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse

from accounts.models import District, Organisation
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import tone

_WRITERS = {Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR}
_SIGNERS = {Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR}


def _of_the_issuer(roles):
    return lambda prescription, user: (
        user is not None and user.role in roles and prescription.organisation_id == user.organisation_id
    )


# A prescription goes out in the name of one organisation, and its own people answer for it: the government side's
# by its 负责人, the union's by its 协调员 (山东省工会劳动法律监督条例 §14).
WRITER = Part("出具单位的经办人", _of_the_issuer(_WRITERS))
SIGNER = Part("出具单位的签发人", _of_the_issuer(_SIGNERS))
# When the enterprise has gone to another district, nobody of the issuer sees the record any more.
SUCCESSOR = Part(
    "企业调入后所在区市的负责人",
    lambda prescription, user: (
        user is not None
        and user.role == Role.DISTRICT_SUPERVISOR
        and prescription.organisation.district_id not in (None, prescription.district_id)
    ),
)


class PrescriptionState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    PROPOSED = "proposed", "待签发"
    SIGNED = "signed", "待送达"
    GIVEN = "given", "已送达"
    WITHDRAWN = "withdrawn", "已作废"


_DRAFT, _PROPOSED, _SIGNED, _GIVEN, _WITHDRAWN = PrescriptionState
PRESCRIPTION = Lifecycle(
    PrescriptionState,
    # move       label       from                         to          by         needs
    ("draft",    "拟写",     (None,),                     _DRAFT,     (WRITER,)),
    ("amend",    "修改",     (_DRAFT,),                   STAYS,      (WRITER,)),
    ("propose",  "送签",     (_DRAFT,),                   _PROPOSED,  (WRITER,), ("is_complete",)),
    ("sign",     "签发",     (_PROPOSED,),                _SIGNED,    (SIGNER,), ("is_complete",)),
    ("send_back", "退回修改", (_PROPOSED,),               _DRAFT,     (SIGNER,)),
    ("give",     "登记送达", (_SIGNED,),                  _GIVEN,     (WRITER,), ("given_on", "means", "receiver")),
    ("withdraw", "作废",     (_DRAFT, _PROPOSED, _SIGNED), _WITHDRAWN, (SIGNER, SUCCESSOR)),
    asks={
        "is_complete": "送签、签发前，每一条都须写明事实、依据、建议、整改事项、整改时限和整改负责人，且至少有一条。"
    },
)  # fmt: skip


class PrescriptionQuerySet(ScopedQuerySet):
    def waiting_for_signature(self):
        return self.filter(state=_PROPOSED)

    def waiting_to_be_given(self):
        return self.filter(state=_SIGNED)


@audited
@holder("prescription", read=Can.READ_EVIDENCE, add=Can.PRESCRIBE)
class Prescription(Case):
    district_path = "district"
    lifecycle = PRESCRIPTION

    class Means(models.TextChoices):
        IN_PERSON = "in_person", "当面送达"
        POST = "post", "邮寄送达"
        ELECTRONIC = "electronic", "电子送达"

    state = models.CharField("状态", max_length=10, choices=PrescriptionState)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="区市", related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="prescriptions")
    inspection = models.ForeignKey(
        "risks.Inspection", models.PROTECT, null=True, verbose_name="体检", related_name="prescriptions"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="行动", related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="出具单位", related_name="+")
    drafter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="拟稿人", related_name="+")
    written_on = models.DateField("拟稿日期")
    preface = models.TextField("开头语", blank=True, max_length=1000)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="签发人", related_name="+"
    )
    signed_on = models.DateField("签发日期", null=True)
    year = models.PositiveSmallIntegerField("年度", null=True)
    number = models.PositiveIntegerField("序号", null=True)
    given_on = models.DateField("送达日期", null=True)
    means = models.CharField("送达方式", max_length=10, choices=Means, blank=True)
    receiver = models.CharField("签收人", max_length=30, blank=True)
    receiver_post = models.CharField("签收人职务", max_length=30, blank=True)

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "用工处方"
        indexes = [models.Index(fields=["district", "state"], name="prescriptions_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="a_prescription_has_its_number"),
            models.CheckConstraint(
                condition=Q(state__in=[_DRAFT, _PROPOSED, _WITHDRAWN]) | Q(number__isnull=False, signer__isnull=False),
                name="what_is_given_out_was_signed",
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=True) | Q(given_on__gte=models.F("signed_on")),
                name="a_prescription_is_given_after_it_is_signed",
                violation_error_message="送达日期不能早于签发日期。",
            ),
        ]

    def __str__(self):
        return self.reference or "用工处方（未编号）"

    def get_absolute_url(self):
        return reverse("risks:prescription", args=[self.pk])

    # ── Questions ──

    @property
    def reference(self):
        """用工处方〔2023〕3号, in the issuing organisation's own sequence; empty before it is signed."""
        return f"用工处方〔{self.year}〕{self.number}号" if self.number else ""

    @property
    def is_complete(self):
        lines = list(self.lines.all()) if self.pk else []
        return bool(lines) and all(line.is_complete for line in lines)

    @property
    def may_be_printed(self):
        """A draft is printed as one, with a mark; what is withdrawn is not."""
        return self.state != _WITHDRAWN

    # ── Verbs ──

    def draft(self, *, by, on, version=None, preface="", lines=()):
        """`lines`: dicts of the fields of PrescriptionLine."""
        self.organisation, self.drafter, self.written_on, self.preface = by.organisation, by, on, preface
        self.campaign = Campaign.objects.running(on)
        with transaction.atomic():
            with self.deed("draft", by=by, on=on):
                pass
            self._write(lines)

    def amend(self, *, by, on, version=None, preface="", lines=()):
        """`lines` as they are to be: one with an `id` is rewritten, one without is new, one not named goes."""
        with self.deed("amend", by=by, on=on, version=version) as row:
            row.preface = preface
            row._write(lines)

    def propose(self, *, by, on, version=None):
        with self.deed("propose", by=by, on=on, version=version):
            pass

    def sign(self, *, by, on, version=None):
        """Signed, it has a number of its organisation's own sequence, and is not changed any more."""
        with self.deed("sign", by=by, on=on, version=version) as row:
            row.signer, row.signed_on = by, on
            row.year, row.number = on.year, _next_number(row.organisation_id, on.year)

    def send_back(self, *, by, on, version=None, reason=""):
        with self.deed("send_back", by=by, on=on, version=version, note=reason):
            if not reason:
                raise MoveRefused("请写明退回修改的意见。")

    def give(self, *, by, on, version=None, given_on=None, means="", receiver="", receiver_post=""):
        """The receipt is recorded, and from now on its matters stand in the ledger."""
        from .rectifications import Rectification

        said = f"{Prescription.Means(means).label}，签收人：{receiver}{receiver_post}" if means else ""
        with self.deed("give", by=by, on=on, version=version, note=said) as row:
            row.given_on, row.means, row.receiver, row.receiver_post = given_on, means, receiver, receiver_post
            if given_on and given_on > on:
                raise MoveRefused("送达日期不能晚于今天。")
            for line in row.lines.all():
                Rectification.of_line(line).open(by=by, on=on)

    def withdraw(self, *, by, on, version=None, reason=""):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            if not reason:
                raise MoveRefused("请写明作废的原因。")

    def _write(self, lines):
        for number, line in enumerate(lines, start=1):
            for text in (line.get(name) for name in PrescriptionLine.OUR_WORDS):
                if sentence := tone.objection(text):
                    raise MoveRefused(f"第 {number} 条：{sentence}")
        if sentence := tone.objection(self.preface):
            raise MoveRefused(f"开头语：{sentence}")
        self.lines.exclude(pk__in=[line["id"] for line in lines if line.get("id")]).delete()
        here = set(self.lines.values_list("pk", flat=True))  # what another took out meanwhile is written anew
        for place, line in enumerate(lines):
            fields = {name: line[name] for name in PrescriptionLine.FIELDS if name in line} | {"place": place}
            if line.get("id") in here:
                self.lines.filter(pk=line["id"]).update(**fields)
            else:
                self.lines.create(**fields)


def _next_number(organisation_id, year):
    """The next of the organisation's sequence; its row is locked, so that two signers do not get one number."""
    Organisation.objects.select_for_update().get(pk=organisation_id)
    taken = Prescription._base_manager.filter(organisation=organisation_id, year=year).aggregate(Max("number"))
    return (taken["number__max"] or 0) + 1


@audited
class PrescriptionLine(models.Model):
    """One risk: what was found, what the law says, what may follow, what is advised, by when and by whom."""

    district_path = "prescription__district"
    FIELDS = (
        "finding", "subject", "facts", "legal_basis", "consequence", "advice", "matter", "due_on", "person",
    )  # fmt: skip
    OUR_WORDS = ("subject", "facts", "consequence", "advice", "matter")  # the legal basis is the law's

    prescription = models.ForeignKey(Prescription, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField("顺序", default=0)
    finding = models.ForeignKey(
        "risks.Finding",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="体检发现",
        related_name="prescription_lines",
    )
    subject = models.CharField("风险点", max_length=120)
    facts = models.TextField("事实", blank=True, max_length=1000)
    legal_basis = models.TextField("法律依据", blank=True, max_length=1000)
    consequence = models.TextField("可能产生的后果", blank=True, max_length=1000)
    advice = models.TextField("改进建议", blank=True, max_length=1000)
    matter = models.CharField("整改事项", max_length=120, blank=True)
    due_on = models.DateField("整改时限", null=True, blank=True)
    person = models.CharField("整改负责人", max_length=30, blank=True, help_text="企业一方，如人力资源部 王某")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]
        verbose_name = "处方条目"

    def __str__(self):
        return self.subject

    @property
    def is_complete(self):
        return all((self.facts, self.legal_basis, self.advice, self.matter, self.due_on, self.person))
