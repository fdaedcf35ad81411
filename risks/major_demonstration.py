"""Major risks, a look across the border and hand-overs of a demonstration, by the same verbs as in earnest.

Everybody and everything is invented. The enterprises are the gravest of their district in the latest run.
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


def week_of_work(on):
    """What the rules flagged is taken in hand; what has been in hand for a fortnight is settled."""
    for risk in MajorRisk.objects.filter(state=MajorState.FLAGGED, flagged_on__lt=on).order_by("pk"):
        _engage(risk, on, "核定欠薪名单和金额，督促企业制定支付计划", 20)
        _note(risk, on)
    for risk in MajorRisk.objects.filter(state=MajorState.ENGAGED, flagged_on__lt=on - timedelta(days=14)):
        _settle(risk, on, "企业已制定支付计划", "欠薪已核清，首批工资已发放，其余按支付计划跟踪。")


def flag_layoff(on):
    enterprise = _gravest(_HUANCUI, 0)
    staff = max(enterprise.heads or 0, 60)
    risk = _flagged(enterprise, Role.DISTRICT_OFFICER, on, kind=MajorRisk.Kind.LAYOFF, people=staff // 3, staff=staff,
                    grounds="主要客户取消订单，企业拟关停一条生产线，正在拟定裁员方案。")  # fmt: skip
    _engage(risk, on, "约谈企业负责人，核实裁员方案和经济补偿来源", 12)


def follow_layoff(on):
    _note(_risk(_HUANCUI, MajorRisk.Kind.LAYOFF), on)


def settle_layoff(on):
    _settle(_risk(_HUANCUI, MajorRisk.Kind.LAYOFF), on, "企业改为轮岗轮休，撤回裁员方案",
            "经协商，企业撤回裁员方案，改为轮岗轮休三个月，职工代表大会已通过。")  # fmt: skip


def flag_wages(on):
    """With the controller's name that a firm in another district bears, so that a relative is found there."""
    enterprise, elsewhere = _gravest(_RONGCHENG, 0), _gravest(_WENDENG, 0)
    risk = _flagged(enterprise, Role.UNION_COORDINATOR, on, kind=MajorRisk.Kind.WAGES, people=36, amount=41_760_000,
                    controller=elsewhere.legal_representative,
                    grounds="36名职工三个月未领到工资，部分职工到厂门口聚集。")  # fmt: skip
    _engage(risk, on, "先行核定欠薪名单和金额，督促企业以应收货款优先支付工资", 20)


def follow_wages(on):
    _note(_risk(_RONGCHENG, MajorRisk.Kind.WAGES), on)


def ask_relatives(on):
    """The first relative of the risk is asked for and allowed; the permission counts from the loading on."""
    risk, officer = _risk(_RONGCHENG, MajorRisk.Kind.WAGES), _one(_RONGCHENG, Role.DISTRICT_OFFICER)
    for number, relative in enumerate(majors.relatives_of(risk)[:2]):
        asked = relative.request(risk)
        asked.reason = "核实两家企业之间的资金往来，以及是否同样拖欠工资。"
        asked.ask(by=officer, on=on)
        if number == 0:
            holder = _one(relative.district.pk, Role.DISTRICT_SUPERVISOR)
            asked.allow(by=holder, on=on, version=asked.version, at=timezone.now(), answer="同意，请注意保密。")


def flag_stoppage(on):
    _flagged(_gravest(_ECONOMIC, 0), Role.UNION_COORDINATOR, on, kind=MajorRisk.Kind.STOPPAGE, people=18,
             grounds="一个班组因计件单价下调停工半日，提出协商要求。")  # fmt: skip


def hand_over_early(on):
    handover = _handed_over(_gravest(_RONGCHENG, 1), on)
    officer = _one(_RONGCHENG, Role.DISTRICT_OFFICER)
    received = on + timedelta(days=1)
    handover.receive(by=officer, on=received, received_on=received, received_by="监察机构 赵某")
    handover.file(by=officer, on=received, filed_on=received, case_number="演示监立字〔2023〕7号")


def hand_over_late(on):
    handover = _handed_over(_gravest(_HUANCUI, 1), on)
    handover.receive(by=_one(_HUANCUI, Role.DISTRICT_OFFICER), on=on, received_on=on, received_by="监察机构 孙某")


def events():
    """(day, what happens in words, the deed)."""
    for week in range(17):
        yield date(2023, 7, 21) + timedelta(days=7 * week), "处置重大风险", week_of_work
    yield date(2023, 10, 9), "向劳动保障监察移交一件", hand_over_early
    yield date(2023, 10, 16), "标记重大风险：裁员", flag_layoff
    for day in _working_days(date(2023, 10, 17), date(2023, 10, 25)):
        yield day, "记裁员风险处置日志", follow_layoff
    yield date(2023, 10, 26), "裁员风险化解", settle_layoff
    yield date(2023, 11, 13), "标记重大风险：讨薪", flag_wages
    for day in _working_days(date(2023, 11, 14), date(2023, 11, 17)):
        yield day, "记讨薪风险处置日志", follow_wages
    yield date(2023, 11, 15), "向劳动保障监察移交一件", hand_over_late
    yield date(2023, 11, 16), "申请跨区市协查", ask_relatives
    yield date(2023, 11, 17), "标记重大风险：停工", flag_stoppage


def _flagged(enterprise, role, on, **fields):
    risk = MajorRisk(enterprise=enterprise, district_id=enterprise.district_id, **fields)
    risk.flag(by=_one(enterprise.district_id, role), on=on)
    return risk


def _engage(risk, on, words, days):
    supervisor, officer = (_one(risk.district_id, role) for role in (Role.DISTRICT_SUPERVISOR, Role.DISTRICT_OFFICER))
    risk.engage(by=supervisor, on=on, lead=officer, due_on=on + timedelta(days=days), words=words,
                person="企业负责人", measure_due_on=on + timedelta(days=days // 2))  # fmt: skip


def _note(risk, on):
    words = _NOTES[risk.notes.count() % len(_NOTES)]
    risk.note(by=_one(risk.district_id, Role.DISTRICT_OFFICER), on=on, words=words, people=risk.people)


def _settle(risk, on, done, outcome):
    supervisor = _one(risk.district_id, Role.DISTRICT_SUPERVISOR)
    for measure in risk.measures.filter(done_on=None):
        risk.carry_out(by=supervisor, on=on, measure=measure, outcome=done)
    risk.settle(by=supervisor, on=on, outcome=outcome)


def _handed_over(enterprise, on):
    officer, supervisor = (_one(enterprise.district_id, role) for role in
                           (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR))  # fmt: skip
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
    return handover


def _risk(district, kind):
    """The latest that people flagged themselves and took in hand."""
    return (
        MajorRisk.objects.filter(district=district, kind=kind, lead__isnull=False).order_by("flagged_on", "pk").last()
    )


def _gravest(district, place):
    """By score, of those that have no major risk yet."""
    run, known = ScoreRun.objects.latest(), MajorRisk.objects.values("enterprise")
    rows = Score.objects.filter(run=run, district=district).exclude(enterprise__in=known)
    chosen = rows.order_by("-level", "-score", "enterprise_id").values_list("enterprise_id", flat=True)[place]
    return Enterprise.objects.select_related("district").get(pk=chosen)


def _one(district, role):
    return User.objects.filter(organisation__district=district, role=role, is_active=True).order_by("pk").first()


def _working_days(first, last):
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if is_working_day(day)]
