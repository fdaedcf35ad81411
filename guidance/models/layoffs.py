"""Lay-offs: the report of a plan, what labour authority and union say to it, and what is done for those who go.

劳动合同法 第四十一条 and 劳部发〔1994〕447号. The labour authority takes a report in, it does not approve one: a
lay-off that began without its opinion is entered all the same, and what was wrong with it is told.
"""

from collections import Counter

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import personal
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises import alarms
from enterprises.models import Enterprise

from .. import layoffs

_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR
_AUTHORITY = (_OFFICER, _SUPERVISOR)
_HELPERS = (*_AUTHORITY, _UNION)


class State(models.TextChoices):
    REPORTED = "reported", "待出具意见"
    RETURNED = "returned", "待补正"
    ADVISED = "advised", "已出具意见"
    CARRIED_OUT = "carried_out", "已实施裁减"
    WITHDRAWN = "withdrawn", "不再裁减"
    CLOSED = "closed", "已办结"


_REPORTED, _RETURNED, _ADVISED, _CARRIED_OUT, _WITHDRAWN, _CLOSED = State
_BEFORE = (_REPORTED, _RETURNED, _ADVISED)
_PLAN = ("planned_cut", "total_staff", "ground", "reported_on")

LAYOFF = Lifecycle(
    State,
    # move           label               from                       to             by           needs
    ("take_in",      "接收裁员报告",     (None,),                   _REPORTED,     _AUTHORITY,  _PLAN),
    # the way itself first, so that its next step is the first button; then what is done beside it
    ("acknowledge",  "出具收到回执",     _BEFORE,                   STAYS,         _AUTHORITY,
     ("is_statutory", "receipt_number", "receipted_on")),
    ("opine",        "提出工会意见",     _BEFORE,                   STAYS,         (_UNION,),   ("union_opinion",)),
    ("advise",       "出具意见",         (_REPORTED,),              _ADVISED,      _AUTHORITY,
     ("opinion", "is_acknowledged", "heeds_faults")),
    ("send_back",    "退回补正",         (_REPORTED,),              _RETURNED,     _AUTHORITY),
    ("revise",       "登记补正、修订",   _BEFORE,                   _REPORTED,     _AUTHORITY,  _PLAN),
    ("carry_out",    "登记实施裁减",     _BEFORE,                   _CARRIED_OUT,  _AUTHORITY,
     ("carried_out_on", "laid_off")),
    ("transfer",     "登记档案社保转移", (_CARRIED_OUT,),           STAYS,         _AUTHORITY,  ("transferred_on",)),
    ("help",         "登记就业帮扶",     (_ADVISED, _CARRIED_OUT),  STAYS,         _HELPERS),
    ("note_result",  "登记帮扶结果",     (_ADVISED, _CARRIED_OUT),  STAYS,         _HELPERS),
    ("rehire",       "登记重新招用",     (_CARRIED_OUT,),           STAYS,         _HELPERS),
    ("close",        "办结",             (_CARRIED_OUT,),           _CLOSED,       _AUTHORITY,
     ("is_over", "transferred_on", "has_no_open_help")),
    ("enlist",       "登记被裁减人员",   (*_BEFORE, _CARRIED_OUT),  STAYS,         _AUTHORITY),
    ("strike",       "移出名单",         (*_BEFORE, _CARRIED_OUT),  STAYS,         _AUTHORITY),
    ("withdraw",     "登记不再裁减",     _BEFORE,                   _WITHDRAWN,    _AUTHORITY),
    asks={
        "is_statutory": "未达到经济性裁员的标准，不出具收到回执；请予以指导。",
        "is_acknowledged": "达到经济性裁员标准的，请先出具收到回执，再出具意见。",
        "heeds_faults": "方案还有不符合法律规定之处，意见应为“提出意见”；已补正的请先登记补正。",
        "is_over": "六个月的优先招用期还没有届满，届满后再办结。",
        "transferred_on": "请先登记档案和社会保险关系转移。",
        "has_no_open_help": "还有帮扶没有登记结果，请先登记。",
    },
)  # fmt: skip


class LayoffQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state__in=_BEFORE)

    def to_advise(self):
        return self.filter(state=State.REPORTED)

    def without_union_opinion(self):
        return self.open().filter(union_opinion="", statutory=True)

    def too_early(self):
        """Planned to begin, or begun, before thirty days were over."""
        begins = models.functions.Coalesce("carried_out_on", "starts_on")
        rows = self.exclude(state=State.WITHDRAWN).filter(statutory=True)
        return rows.annotate(begins=begins).filter(begins__lt=F("earliest_on"))

    def to_begin(self, on):
        """The planned day is there and nobody has entered what became of it."""
        return self.open().filter(starts_on__lte=on)

    def looked_after(self):
        """Carried out: help, transfer of files, priority in rehiring."""
        return self.filter(state=State.CARRIED_OUT)

    def to_transfer(self, on):
        return self.looked_after().filter(transferred_on=None, transfer_due_on__lt=on)

    def in_priority(self, on):
        """Within the six months in which those laid off come first."""
        return self.looked_after().filter(rehire_until__gte=on)

    def to_close(self, on):
        return self.looked_after().filter(rehire_until__lt=on)

    def by_turn(self):
        return self.order_by(F("until").asc(nulls_last=True), "-id")

    def with_turn(self):
        """`until`: the day of whatever waits."""
        return self.annotate(until=_UNTIL)


# The date in `waits_for`, in SQL.
_UNTIL = models.Case(
    models.When(state=_REPORTED, then="starts_on"),
    models.When(state=_RETURNED, then="starts_on"),
    models.When(state=_ADVISED, then="starts_on"),
    models.When(state=_CARRIED_OUT, transferred_on=None, then="transfer_due_on"),
    models.When(state=_CARRIED_OUT, then="rehire_until"),
)


@audited(figures=("budget",))  # what it costs one firm is not for the representatives of others
@holder("layoff", read=Can.READ_LAID_OFF, add=Can.READ_LAID_OFF)
class Layoff(Case):
    """The report of a plan to lay people off. Whom it names stands in LaidOff."""

    class Ground(models.TextChoices):
        """The four of 第四十一条第一款."""

        RESTRUCTURING = layoffs.RESTRUCTURING, "依照企业破产法规定进行重整"
        DIFFICULT = layoffs.DIFFICULT, "生产经营发生严重困难"
        CONVERSION = layoffs.CONVERSION, "转产、重大技术革新或者经营方式调整，变更劳动合同后仍需裁减"
        CHANGED = layoffs.CHANGED, "客观经济情况发生重大变化，致使劳动合同无法履行"

    class Audience(models.TextChoices):
        UNION = "union", "工会"
        STAFF = "staff", "全体职工"

    class Verdict(models.TextChoices):
        CLEAR = "clear", "未发现不符合规定之处"
        OBJECTED = "objected", "提出意见"
        GUIDED = "guided", "未达到标准，予以指导"

    district_path = "district"
    lifecycle = LAYOFF
    State = State

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=12, choices=State)
    planned_cut = models.PositiveIntegerField("拟裁减人数")
    total_staff = models.PositiveIntegerField("职工总数")
    statutory = models.BooleanField("达到经济性裁员标准", editable=False)
    ground = models.CharField("法定情形", max_length=14, choices=Ground)
    contracts_changed = models.BooleanField("已先变更劳动合同", null=True, blank=True)
    situation = models.TextField("生产经营情况", max_length=1000, blank=True)
    explained_on = models.DateField("说明情况日期", null=True, blank=True)
    explained_to = models.CharField("向谁说明", max_length=6, choices=Audience, blank=True)
    earliest_on = models.DateField("依法最早裁减日期", null=True, editable=False)
    heard_on = models.DateField("听取意见日期", null=True, blank=True)
    heard = models.TextField("听取的意见和采纳情况", max_length=1000, blank=True)
    reported_on = models.DateField("报告日期", null=True)
    starts_on = models.DateField("计划裁减日期", null=True, blank=True)
    steps = models.TextField("实施步骤", max_length=1000, blank=True)
    compensation = models.TextField("经济补偿办法", max_length=1000, blank=True)
    budget = models.BigIntegerField("经济补偿预算（分）", null=True, blank=True)
    owes_wages = models.BooleanField("尚欠工资", null=True, blank=True)
    owes_insurance = models.BooleanField("尚欠社会保险费", null=True, blank=True)
    keeps_preferred = models.BooleanField("已考虑优先留用", null=True, blank=True)
    exposed = models.PositiveSmallIntegerField("接触职业病危害未作离岗检查", default=0)
    injured = models.PositiveSmallIntegerField("职业病、工伤丧失劳动能力", default=0)
    ill = models.PositiveSmallIntegerField("医疗期内", default=0)
    maternity = models.PositiveSmallIntegerField("孕期、产期、哺乳期", default=0)
    near_retirement = models.PositiveSmallIntegerField("工作满15年且距退休不足5年", default=0)
    otherwise_protected = models.PositiveSmallIntegerField("法律规定的其他情形", default=0)
    union_opinion = models.TextField("工会意见", max_length=1000, blank=True)
    union_opined_on = models.DateField("工会意见日期", null=True, blank=True)
    receipt_number = models.CharField("回执编号", max_length=40, blank=True)
    receipted_on = models.DateField("回执日期", null=True, blank=True)
    verdict = models.CharField("意见类别", max_length=8, choices=Verdict, blank=True)
    opinion = models.TextField("人社部门意见", max_length=2000, blank=True)
    advised_on = models.DateField("意见日期", null=True, blank=True)
    carried_out_on = models.DateField("实际裁减日期", null=True, blank=True)
    laid_off = models.PositiveIntegerField("实际裁减人数", null=True, blank=True)
    transfer_due_on = models.DateField("档案社保转移期限", null=True, editable=False)
    transferred_on = models.DateField("档案社保转移日期", null=True, blank=True)
    rehire_until = models.DateField("优先招用期限", null=True, editable=False)

    objects = LayoffQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "裁员报告"
        indexes = [
            models.Index(fields=["district", "state", "starts_on"], name="layoffs_by_turn"),
            models.Index(fields=["enterprise"], name="layoffs_of_a_firm"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_cut__gte=1, total_staff__gte=1, planned_cut__lte=F("total_staff")),
                name="no_more_are_cut_than_work_there",
                violation_error_message="拟裁减人数须大于零，且不能多于职工总数，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(receipt_number="", receipted_on=None)
                | (~Q(receipt_number="") & Q(statutory=True, receipted_on__gte=F("reported_on"))),
                name="a_receipt_is_for_a_statutory_layoff",
                violation_error_message="达到经济性裁员标准的才出具收到回执，回执日期不能早于报告日期。",
            ),
            models.UniqueConstraint(
                fields=["district", "receipt_number"],
                condition=~Q(receipt_number=""),
                name="a_receipt_has_a_number_of_its_own",
                violation_error_message="这个回执编号已经用过，请换一个。",
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0),
                name="a_budget_is_not_negative",
                violation_error_message="经济补偿预算不能为负数。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["carried_out", "closed"]) | Q(carried_out_on__isnull=False, laid_off__gte=1),
                name="a_layoff_carried_out_has_its_day_and_people",
                violation_error_message="请填写实际裁减的日期和人数。",
            ),
            models.CheckConstraint(
                condition=Q(transferred_on=None) | Q(transferred_on__gte=F("carried_out_on")),
                name="files_are_transferred_after_the_layoff",
                violation_error_message="档案社保转移日期不能早于实际裁减日期，请核对。",
            ),
        ]

    def __str__(self):
        return f"{self.enterprise.name}裁员{self.planned_cut}人"

    def get_absolute_url(self):
        return reverse("guidance:layoff", args=[self.pk])

    @classmethod
    def begun(cls, enterprise):
        """A report about `enterprise` that is not there yet."""
        return cls(enterprise=enterprise, district_id=enterprise.district_id, total_staff=enterprise.heads)

    # Questions

    def wording(self, name):
        if name == "budget" and self.budget is not None:
            return f"{self.budget / 100:.2f}"  # as it is typed, in 元
        return super().wording(name)

    @property
    def plan(self):
        return layoffs.Plan(
            cut=self.planned_cut, staff=self.total_staff, ground=self.ground, contracts_changed=self.contracts_changed,
            explained_on=self.explained_on, heard_on=self.heard_on, reported_on=self.reported_on,
            starts_on=self.starts_on, listed=self.people.count() if self.pk else 0, steps=self.steps,
            compensation=self.compensation, budget=self.budget, owes_wages=self.owes_wages,
            owes_insurance=self.owes_insurance, keeps_preferred=self.keeps_preferred,
            union_opinion=self.union_opinion, protected={name: getattr(self, name) for name in layoffs.PROTECTED},
        )  # fmt: skip

    def faults(self):
        """What is wrong with the plan: layoffs.Fault, grave first."""
        found = layoffs.faults(self.plan, on=self.reported_on)
        if self.carried_out_on and self.statutory:
            early = layoffs.told_early(self.carried_out_on, self.explained_on)
            found = [*([layoffs.Fault(early)] if early else ()), *found]
        return found

    @property
    def test(self):
        """The statutory test in one sentence."""
        return layoffs.verdict(self.planned_cut, self.total_staff, on=self.reported_on)

    @property
    def is_early(self):
        """Planned to begin, or begun, before thirty days were over."""
        begins = self.carried_out_on or self.starts_on
        return bool(self.statutory and begins and self.earliest_on and begins < self.earliest_on)

    @property
    def portion(self):
        """Of all staff, in percent."""
        return layoffs.share(self.planned_cut, self.total_staff)

    def protected_groups(self):
        """(who, people) of the six groups."""
        return [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in layoffs.PROTECTED]

    @property
    def is_protected(self):
        return any(getattr(self, name) for name in layoffs.PROTECTED)

    @property
    def is_statutory(self):
        return self.statutory

    @property
    def is_acknowledged(self):
        return not self.statutory or bool(self.receipt_number)

    @property
    def heeds_faults(self):
        """Nobody says that nothing was found while the portal finds something."""
        return self.verdict != self.Verdict.CLEAR or not any(fault.grave for fault in self.faults())

    is_over = False  # worked out by `close`, which knows the day

    @property
    def has_no_open_help(self):
        return not self.helps.filter(outcome=Help.Outcome.PENDING).exists()

    @property
    def takes_attachments(self):
        return self.state not in (State.CLOSED, State.WITHDRAWN)

    @property
    def waits_for(self):
        """(who, for what, until when or None): whose turn it is now; None when nobody's."""
        match self.stage:
            case State.REPORTED if self.is_acknowledged:
                return "人社部门", "出具意见", self.starts_on
            case State.REPORTED:
                return "人社部门", "出具收到回执", self.starts_on
            case State.RETURNED:
                return "企业", "补正", self.starts_on
            case State.ADVISED:
                return "人社部门", "登记实施情况", self.starts_on
            case State.CARRIED_OUT if self.transferred_on is None:
                return "企业", "转移档案社保", self.transfer_due_on
            case State.CARRIED_OUT:
                return "企业", "优先招用期", self.rehire_until
        return None

    def is_moot(self, move):
        """Whether there is nothing that the move could be made on, although the table allows it."""
        return {
            "acknowledge": lambda: self.is_acknowledged,
            "advise": lambda: not self.is_acknowledged,
            "strike": lambda: not self.people.exists(),
            "help": lambda: not self.people.exists(),
            "note_result": lambda: self.has_no_open_help,
            "transfer": lambda: self.transferred_on is not None,
        }.get(move.name, bool)()

    def next_receipt_number(self, on):
        """What the next receipt of the district may be called; the office may call it otherwise."""
        used = Layoff.objects.filter(district=self.district_id, receipted_on__year=on.year).count()
        return f"裁收〔{on.year}〕{used + 1}号"

    def clocks(self):
        """(what is due, Due or None, when it was done or None), in the order of the way."""
        done = self.carried_out_on
        return (
            ("依法最早裁减", self.explained_on and self.statutory and layoffs.earliest_start(self.explained_on), done),
            ("转移档案社保", done and layoffs.hand_over_by(done), self.transferred_on),
            ("优先招用", done and layoffs.rehire_until(done), None),
        )

    # Verbs

    def take_in(self, *, by, on, version=None, **plan):
        """The report arrives: `plan` is what it says."""
        self._take(plan, on)
        self.campaign = Campaign.objects.running(on)
        with self.deed("take_in", by=by, on=on, note=self.test):
            pass
        if self.statutory:
            self._alarm(on)

    def revise(self, *, by, on, version=None, **plan):
        """What was mended or changed; an opinion given before no longer holds."""
        known = self.planned_cut if self.statutory else 0
        with self.deed("revise", by=by, on=on, version=version) as row:
            row._take(plan, on)
            row.verdict, row.opinion, row.advised_on = "", "", None
            if not row.statutory:
                row.receipt_number, row.receipted_on = "", None
        if self.statutory and self.planned_cut > known:
            self._alarm(on)

    def opine(self, *, by, on, version=None, union_opinion):
        with self.deed("opine", by=by, on=on, version=version, note=union_opinion) as row:
            row.union_opinion, row.union_opined_on = union_opinion, on

    def acknowledge(self, *, by, on, version=None, receipt_number, receipted_on):
        with self.deed("acknowledge", by=by, on=on, version=version, note=receipt_number) as row:
            if row.receipt_number:
                raise MoveRefused(f"已出具收到回执（{row.receipt_number}），请勿重复出具。")
            row.receipt_number, row.receipted_on = receipt_number, _happened(receipted_on, on)

    def send_back(self, *, by, on, version=None, reason):
        with self.deed("send_back", by=by, on=on, version=version, note=reason):
            pass

    def advise(self, *, by, on, version=None, verdict, opinion):
        with self.deed("advise", by=by, on=on, version=version, note=opinion) as row:
            if (verdict == self.Verdict.GUIDED) == row.statutory:
                raise MoveRefused("达到标准的，意见为“未发现不符合规定之处”或“提出意见”；未达到标准的，予以指导。")
            row.verdict, row.opinion, row.advised_on = verdict, opinion, on

    def carry_out(self, *, by, on, version=None, carried_out_on, laid_off):
        """People were laid off. That it was too early is said, not refused: it has happened."""
        _happened(carried_out_on, on)
        early = layoffs.told_early(carried_out_on, self.explained_on) if self.statutory else None
        note = f"{laid_off}人。{early or ''}"
        with self.deed("carry_out", by=by, on=on, version=version, note=note) as row:
            row.carried_out_on, row.laid_off = carried_out_on, laid_off
            row.transfer_due_on = layoffs.hand_over_by(carried_out_on).on
            row.rehire_until = layoffs.rehire_until(carried_out_on).on

    def enlist(self, *, by, on, version=None, people):
        """Name those who go: `people` as dicts of LaidOff's fields. All or none."""
        with self.deed("enlist", by=by, on=on, version=version, note=f"登记{len(people)}人") as row:
            known = {person.id_number for person in row.people.all()}
            number = row.people.aggregate(last=models.Max("number"))["last"] or 0
            for told in people:
                if told["id_number"] in known:
                    raise MoveRefused(f"{personal.masked_name(told['name'])}的身份证号码已在名单中，请勿重复登记。")
                known.add(told["id_number"])
                number += 1
                row.people.create(number=number, **told)

    def strike(self, *, by, on, version=None, person, reason):
        """Take a person off the list: entered by mistake, or no longer to be laid off."""
        with self.deed("strike", by=by, on=on, version=version, note=f"第{person.number}号：{reason}") as row:
            if person.helps.exists() or person.hiring_id:
                raise MoveRefused("这名人员已有帮扶或者重新招用记录，不能移出名单。")
            row.people.filter(pk=person.pk).delete()

    def help(self, *, by, on, version=None, kind, helped_on, words, people, outcome):
        """Help of a kind for some of those who go, an entry each."""
        note = f"{Help.Kind(kind).label}{len(people)}人：{words}"
        with self.deed("help", by=by, on=on, version=version, note=note) as row:
            _happened(helped_on, on)
            for person in people:
                row.helps.create(
                    person=person, kind=kind, helped_on=helped_on, words=words, outcome=outcome, by=by,
                    outcome_on=None if outcome == Help.Outcome.PENDING else helped_on,
                )  # fmt: skip

    def note_result(self, *, by, on, version=None, helps, outcome, outcome_on, remark=""):
        """What became of help that was given."""
        label = Help.Outcome(outcome).label
        with self.deed("note_result", by=by, on=on, version=version, note=f"{label}{len(helps)}人。{remark}"):
            _happened(outcome_on, on)
            for helped in helps:
                if outcome_on < helped.helped_on:
                    raise MoveRefused("结果日期不能早于帮扶日期，请核对。")
                helped.outcome, helped.outcome_on, helped.remark = outcome, outcome_on, remark
                helped.save(update_fields=["outcome", "outcome_on", "remark"])

    def transfer(self, *, by, on, version=None, transferred_on):
        with self.deed("transfer", by=by, on=on, version=version) as row:
            row.transferred_on = _happened(transferred_on, on)

    def rehire(self, *, by, on, version=None, hired_on, posts, hired, notified, people):
        """The enterprise hires again: how many, and who of them was laid off before."""
        former = len(people)
        fault = layoffs.hiring_fault(hired_on, self.carried_out_on, notified=notified, hired=hired, former=former)
        note = f"招用{hired}人，其中被裁减人员{former}人。{fault or ''}"
        with self.deed("rehire", by=by, on=on, version=version, note=note) as row:
            _happened(hired_on, on)
            if hired_on < row.carried_out_on:
                raise MoveRefused("重新招用日期不能早于裁减日期，请核对。")
            if former > hired:
                raise MoveRefused(f"选择了{former}名被裁减人员，多于招用的{hired}人，请核对。")
            hiring = row.hirings.create(hired_on=hired_on, posts=posts, hired=hired, notified=notified, by=by)
            row.people.filter(pk__in=[person.pk for person in people]).update(hiring=hiring)

    def close(self, *, by, on, version=None, result):
        with self.deed("close", by=by, on=on, version=version, note=result) as row:
            row.is_over = row.rehire_until is not None and row.rehire_until < on

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass

    def _take(self, plan, on):
        for name, value in plan.items():
            setattr(self, name, value)
        for name in ("reported_on", "explained_on", "heard_on"):
            _happened(getattr(self, name), on)
        if not self.planned_cut or not self.total_staff:
            raise MoveRefused("请填写拟裁减人数和职工总数，都须大于零。")
        self.statutory = bool(layoffs.tests_met(self.planned_cut, self.total_staff, on=self.reported_on or on))
        self.earliest_on = layoffs.earliest_start(self.explained_on).on if self.explained_on else None

    def _alarm(self, on):
        """A lay-off of this size may unsettle many: it is handled as a major risk besides."""
        alarm = alarms.Alarm(
            self.enterprise, "layoff", people=self.planned_cut, staff=self.total_staff,
            grounds=f"企业报告裁员方案：{self.get_ground_display()}。{self.test}",
        )  # fmt: skip
        alarms.tell(alarm, on=on)


def _happened(day, on):
    """`day`, or MoveRefused where it is still to come."""
    if day is not None and day > on:
        raise MoveRefused(f"{day:%Y年%m月%d日}还没有到，请填写实际日期。")
    return day


class LaidOffQuerySet(ScopedQuerySet):
    def gone(self):
        """Of lay-offs that were carried out."""
        return self.filter(layoff__state__in=[State.CARRIED_OUT, State.CLOSED])

    def unhelped(self):
        return self.gone().filter(~Exists(Help.objects.filter(person=OuterRef("pk"))))

    def helped(self):
        return self.filter(Exists(Help.objects.filter(person=OuterRef("pk"))))

    def placed(self):
        """Who has work again: by help, or with the enterprise that let them go."""
        at_work = Help.objects.filter(person=OuterRef("pk"), outcome__in=Help.AT_WORK)
        return self.filter(Q(hiring__isnull=False) | Exists(at_work))


@audited
class Hiring(models.Model):
    """The enterprise hires again after a lay-off."""

    district_path = "layoff__district"

    layoff = models.ForeignKey(Layoff, models.CASCADE, related_name="hirings")
    hired_on = models.DateField("招用日期")
    posts = models.CharField("岗位", max_length=100)
    hired = models.PositiveIntegerField("招用人数")
    notified = models.BooleanField("已通知被裁减人员")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-hired_on", "-id"]
        verbose_name = "重新招用"
        constraints = [
            models.CheckConstraint(
                condition=Q(hired__gte=1), name="somebody_is_hired", violation_error_message="招用人数须大于零。"
            )
        ]

    def __str__(self):
        return f"{self.hired_on} {self.posts}"

    @property
    def fault(self):
        return layoffs.hiring_fault(
            self.hired_on, self.layoff.carried_out_on, notified=self.notified, hired=self.hired,
            former=self.people.count(),
        )  # fmt: skip


@audited(hidden=("name", "id_number", "phone", "likeness"))
class LaidOff(models.Model):
    """A person on the list of a lay-off. What names the person is sealed, and masked unless a reason is given."""

    district_path = "layoff__district"

    layoff = models.ForeignKey(Layoff, models.CASCADE, related_name="people", verbose_name="裁员报告")
    number = models.PositiveIntegerField("序号")
    name = personal.Sealed("姓名")
    id_number = personal.Sealed("身份证号码")
    likeness = personal.Likeness("同一人", of="id_number", db_index=True)
    phone = personal.Sealed("联系电话", blank=True)
    post = models.CharField("岗位", max_length=60, blank=True)
    hired_on = models.DateField("入职日期", null=True, blank=True)
    hiring = models.ForeignKey(Hiring, models.PROTECT, null=True, related_name="people", verbose_name="重新招用")

    objects = LaidOffQuerySet.as_manager()

    class Meta:
        ordering = ["layoff", "number"]
        verbose_name = "被裁减人员"
        constraints = [models.UniqueConstraint(fields=["layoff", "number"], name="a_place_on_the_list_is_of_one")]

    def __str__(self):
        return f"{self.number}. {self.masked_name}"

    @property
    def masked_name(self):
        return personal.masked_name(self.name)

    @property
    def masked_id(self):
        return personal.masked_id(self.id_number)

    @property
    def masked_phone(self):
        return personal.masked_phone(self.phone)

    @property
    def months(self):
        """How many months' wages are due (劳动合同法 第四十七条); None while a day is missing."""
        left_on = self.layoff.carried_out_on or self.layoff.starts_on
        if self.hired_on is None or left_on is None or left_on < self.hired_on:
            return None
        return layoffs.months_of_pay(self.hired_on, left_on)


class HelpQuerySet(ScopedQuerySet):
    def tally(self):
        """[(kind, entries, people, {outcome: entries})] in their order; kinds without entries, too."""
        entries = list(self.values_list("kind", "outcome", "person_id"))
        told = []
        for kind in Help.Kind:
            own = [(outcome, person) for of, outcome, person in entries if of == kind]
            reached = Counter(outcome for outcome, _ in own)
            outcomes = {outcome.label: reached[outcome] for outcome in Help.Outcome if reached[outcome]}
            told.append((kind.label, len(own), len({person for _, person in own}), outcomes))
        return told


@audited
class Help(models.Model):
    """What was done for one of those laid off, and what came of it."""

    class Kind(models.TextChoices):
        """As 威人社函〔2023〕39号 二（三） names them."""

        EMPLOYMENT = "employment", "就业援助"
        COUNSELLING = "counselling", "心理指导"
        TRAINING = "training", "技能提升"

    class Outcome(models.TextChoices):
        EMPLOYED = "employed", "已就业"
        BUSINESS = "business", "已创业"
        TRAINED = "trained", "完成培训"
        EASED = "eased", "已疏导"
        NOT_YET = "not_yet", "尚未就业"
        DECLINED = "declined", "本人不需要"
        PENDING = "pending", "帮扶中"

    AT_WORK = ("employed", "business")
    district_path = "layoff__district"

    layoff = models.ForeignKey(Layoff, models.CASCADE, related_name="helps")
    person = models.ForeignKey(LaidOff, models.PROTECT, related_name="helps", verbose_name="被裁减人员")
    kind = models.CharField("帮扶类别", max_length=12, choices=Kind)
    helped_on = models.DateField("帮扶日期")
    words = models.CharField("帮扶内容", max_length=200)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.PENDING)
    outcome_on = models.DateField("结果日期", null=True, blank=True)
    remark = models.CharField("结果说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    objects = HelpQuerySet.as_manager()

    class Meta:
        ordering = ["-helped_on", "-id"]
        verbose_name = "就业帮扶"
        indexes = [models.Index(fields=["person"], name="help_for_a_person")]

    def __str__(self):
        return f"{self.person.number}号 {self.get_kind_display()} {self.helped_on:%Y-%m-%d}"
