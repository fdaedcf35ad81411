"""（三）指导服务情况: new enterprises, leaflets, lectures, rule systems, policies, help."""

from django.db.models import F

from accounts.roles import Can
from guidance.models import Attendance, Benefit, Handout, Inquiry, Newcomer, RuleSystem
from guidance.models.lectures import AttendanceState, LectureState

from .catalogue import Heading, Indicator, Unit, declare, firms, happened, narrowed

_served = happened(Newcomer, "served_on", state=Newcomer.State.SERVED)
_given = happened(Handout, "given_on", state=Handout.State.GIVEN)
_published = happened(RuleSystem, "published_on", state=RuleSystem.State.PUBLISHED)
_offered = happened(Benefit, "offered_on")
_taken = happened(Benefit, "taken_on", state=Benefit.State.TAKEN)
_answered = happened(Inquiry, "answered_on", state=Inquiry.State.ANSWERED)


def _came(campaign, on):
    """Attendance of lectures that were held, by enterprises of the register."""
    rows = Attendance.objects.filter(state=AttendanceState.COUNTED, attended_on__lte=on, enterprise__isnull=False)
    return rows.filter(lecture__campaign=campaign, lecture__state=LectureState.HELD)


def _told(code, name, unit, rule, rows, day=None, **more):
    more = {"capability": Can.READ_GUIDANCE} | more
    return Indicator(f"service.{code}", name, unit, Heading.GUIDANCE, rule, rows, day, **more)


def _systems(kind):
    return firms(narrowed(_published, kind=kind))


declare(
    _told("new_firms", "指导新办企业", Unit.FIRMS, "已登记服务的新办企业，一户计一次；按服务日期", firms(_served)),
    _told("leaflets", "发放资料", Unit.COPIES, "发放的份数，已撤销的不计；按发放日期", _given, "given_on",
          sums=F("copies")),
    _told("leaflet_firms", "发放资料企业", Unit.FIRMS, "发放过资料的企业，一户计一次", firms(_given)),
    _told("lecture_people", "讲座参加人次", Unit.ATTENDANCES,
          "已举办讲座的签到和登记人数，每人每场计一次，代码不在名录的不计；按参加日期",
          _came, "attended_on", sums=F("people")),
    _told("lecture_firms", "讲座参加企业", Unit.FIRMS, "参加过讲座的企业，一户计一次", firms(_came)),
    _told("wage_systems", "建立工资支付制度", Unit.FIRMS, "讨论、协商、公示均已登记的企业，一户计一次；按公示告知日期",
          _systems(RuleSystem.Kind.WAGES)),
    _told("democracy_systems", "建立民主管理制度", Unit.FIRMS,
          "讨论、协商、公示均已登记的企业，一户计一次；按公示告知日期",
          _systems(RuleSystem.Kind.DEMOCRACY)),
    _told("policies_offered", "送达惠企政策", Unit.VISITS, "每户每项政策计一次；按送达日期", _offered, "offered_on"),
    _told("policy_firms", "享受惠企政策企业", Unit.FIRMS, "已享受政策的企业，一户计一次；按享受日期", firms(_taken)),
    _told("policy_amount", "享受惠企政策金额", Unit.YUAN, "已登记的享受金额之和；按享受日期", _taken, "taken_on",
          sums=F("amount"), capability=Can.READ_SERVED),
    _told("answered", "答复企业求助", Unit.CASES, "已答复的求助；按答复日期", _answered, "answered_on"),
)  # fmt: skip
