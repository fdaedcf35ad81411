"""Major risks, a look across the border and hand-overs of a demonstration, by the same verbs as in earnest.

Everybody and everything is invented. The enterprises are the gravest of their district in the latest run; a district
with too few has none. A load that was cut short begins anew: what was done is not done twice.
"""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from casework.attachments import attach
from casework.deadlines import is_working_day
from casework.documents import Paper
from enterprises.models import Enterprise

from . import majors
from .models import Handover, MajorRisk, Score, ScoreRun
from .models.majors import MajorState

_HUANCUI, _WENDENG, _RONGCHENG, _ECONOMIC = "371002", "371003", "371082", "371072"
_NOTES = (
    "约谈企业负责人，核对工资表和考勤记录，企业承诺三日内提出支付计划。",
    "到厂区与职工代表见面，说明处理进展，职工情绪平稳。",
    "企业提交分期支付计划，工会组织职工代表讨论。",
    "首批工资已到账，抽查十名职工，金额与工资表一致。",
)
_FRIDAYS = tuple(date(2023, 7, 21) + timedelta(days=7 * week) for week in range(17))
_NOTED = tuple(day for number in range(12) if is_working_day(day := date(2023, 11, 6) + timedelta(days=number)))


def events():
    """(day, what happens in words, the deed)."""
    yield date(2023, 10, 9), "向劳动保障监察移交一件", hand_over_and_file
    yield date(2023, 10, 16), "标记重大风险：裁员", flag_layoff
    yield date(2023, 11, 13), "标记重大风险：讨薪", flag_wages
    yield date(2023, 11, 15), "向劳动保障监察移交一件", hand_over
    yield date(2023, 11, 16), "申请跨区市协查", ask_relatives
    yield date(2023, 11, 17), "标记重大风险：停工", flag_stoppage
    for day in _FRIDAYS:
        yield day, "处置重大风险", week_of_work
    for day in _NOTED:
        yield day, "记重大风险处置日志", day_of_notes


def week_of_work(on):
    """What was flagged before is taken in hand; what has been in hand for a fortnight is settled."""
    for risk in MajorRisk.objects.filter(state=MajorState.FLAGGED, flagged_on__lt=on).order_by("pk"):
        _engage(risk, on)
    for risk in MajorRisk.objects.filter(state=MajorState.ENGAGED, flagged_on__lt=on - timedelta(days=14)):
        supervisor = _one(risk.district_id, Role.DISTRICT_SUPERVISOR)
        for measure in risk.measures.filter(done_on=None):
            risk.carry_out(by=supervisor, on=on, measure=measure, outcome="企业已制定计划，职工代表认可")
        risk.settle(by=supervisor, on=on, outcome="问题已核清，企业按计划落实，转入日常跟踪。")


def day_of_notes(on):
    for risk in MajorRisk.objects.without_note(on).filter(flagged_on__lt=on).order_by("pk"):
        _note(risk, on)


def flag_layoff(on):
    _flag(_HUANCUI, Role.DISTRICT_OFFICER, on, kind=MajorRisk.Kind.LAYOFF, people=26, staff=180,
          grounds="主要客户取消订单，企业拟关停一条生产线，正在拟定裁员方案。")  # fmt: skip


def flag_wages(on):
    """With the controller's name that a firm in another district bears, so that a relative is found there."""
    elsewhere = _gravest(_WENDENG)
    risk = _flag(_RONGCHENG, Role.UNION_COORDINATOR, on, kind=MajorRisk.Kind.WAGES, people=36, amount=41_760_000,
                 controller=elsewhere.legal_representative if elsewhere else "",
                 grounds="36名职工三个月未领到工资，部分职工到厂门口聚集。")  # fmt: skip
    if risk:
        _engage(risk, on)


def flag_stoppage(on):
    _flag(_ECONOMIC, Role.UNION_COORDINATOR, on, kind=MajorRisk.Kind.STOPPAGE, people=18,
          grounds="一个班组因计件单价下调停工半日，提出协商要求。")  # fmt: skip


def ask_relatives(on):
    """The first relative is asked for and allowed, the second waits. A permission counts from the loading on."""
    for risk in MajorRisk.objects.exclude(controller="").filter(disclosures=None):
        for number, relative in enumerate(majors.relatives_of(risk)[:2]):
            asked = relative.request(risk)
            asked.reason = "核实两家企业之间的资金往来，以及是否同样拖欠工资。"
            asked.ask(by=_one(risk.district_id, Role.DISTRICT_OFFICER), on=on)
            if number == 0:
                holder = _one(relative.district.pk, Role.DISTRICT_SUPERVISOR)
                asked.allow(by=holder, on=on, version=asked.version, at=timezone.now(), answer="同意，请注意保密。")


def hand_over_and_file(on):
    handover, officer = _handed_over(_RONGCHENG, on), _one(_RONGCHENG, Role.DISTRICT_OFFICER)
    if handover:
        handover.file(by=officer, on=on, filed_on=on, case_number="演示监立字〔2023〕7号")


def hand_over(on):
    _handed_over(_HUANCUI, on)


def _flag(district, role, on, **fields):
    enterprise = _gravest(district)
    if enterprise is None or MajorRisk.objects.filter(district=district, flagged_on=on, kind=fields["kind"]).exists():
        return None
    risk = MajorRisk(enterprise=enterprise, district_id=district, **fields)
    risk.flag(by=_one(district, role), on=on)
    return risk


def _engage(risk, on):
    supervisor, officer = (_one(risk.district_id, role) for role in (Role.DISTRICT_SUPERVISOR, Role.DISTRICT_OFFICER))
    risk.engage(
        by=supervisor, on=on, lead=officer, due_on=on + timedelta(days=20), person="企业负责人",
        words="约谈企业负责人，核实人数和金额，督促制定解决方案", measure_due_on=on + timedelta(days=10),
    )  # fmt: skip
    _note(risk, on)


def _note(risk, on):
    words = _NOTES[risk.notes.count() % len(_NOTES)]
    risk.note(by=_one(risk.district_id, Role.DISTRICT_OFFICER), on=on, words=words, people=risk.people)


def _handed_over(district, on):
    enterprise = _gravest(district)
    if enterprise is None or Handover.objects.filter(district=district, drafted_on=on).exists():
        return None
    officer, supervisor = (_one(district, role) for role in (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR))
    handover = Handover(
        enterprise=enterprise, district=enterprise.district, subject=Handover.Subject.WAGES,
        workers=8, amount=7_840_000,
        facts="2023年6月至8月未按约定日期支付8名职工工资，共78,400.00元；经两次提示仍未支付。",
        legal_basis="《劳动合同法》第三十条、第八十五条；《保障农民工工资支付条例》第十三条。",
        done_so_far="走访体检一次，已提示企业制定支付计划，企业未在期限内支付。",
    )  # fmt: skip
    handover.draft(by=officer, on=on)
    for name in ("工资表", "职工询问记录"):
        paper = Paper(f"{name}（演示）")
        paper.text("本文件为演示数据，人员和金额均为虚构。")
        attach(handover, SimpleUploadedFile(f"{name}.docx", paper.content), by=officer, on=on)
    handover.send(by=supervisor, on=on)
    handover.receive(by=officer, on=on, received_on=on, received_by="监察机构 赵某")
    return handover


def _gravest(district):
    """By score, of those that have neither a major risk nor a hand-over yet; None where there is none."""
    rows = Score.objects.filter(run=ScoreRun.objects.latest(), district=district)
    for known in (MajorRisk, Handover):
        rows = rows.exclude(enterprise__in=known.objects.values("enterprise"))
    chosen = rows.order_by("-level", "-score", "enterprise_id").values_list("enterprise_id", flat=True).first()
    return Enterprise.objects.select_related("district").filter(pk=chosen).first()


def _one(district, role):
    return User.objects.filter(organisation__district=district, role=role, is_active=True).order_by("pk").first()
