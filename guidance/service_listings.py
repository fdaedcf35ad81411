"""The lists of the services: page, file and API alike.

Counting: 户 is an enterprise, once however often it was served; 户次 each time; 人 a person once; 人次 each attendance.
"""

from functools import cached_property

import django_filters
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.case_listings import Shown
from enterprises.models import Enterprise

from .models import Attendance, Benefit, Handout, Inquiry, Leaflet, Lecture, Newcomer, Policy, RuleSystem
from .models.leaflets import LeafletState
from .models.lectures import AttendanceState, LectureState
from .models.policies import BenefitState, PolicyState


def _choice(label, choices):
    return django_filters.ChoiceFilter(label=label, empty_label=f"{label}：全部", choices=choices)


def _as_of(user, parameters):
    on = today()
    return (f"截至 {on.year}年{on.month}月{on.day}日。",)


def _display(name, heading):
    return Column(
        name, heading, Kind.TEXT, lambda row: getattr(row, name), lambda row: getattr(row, f"get_{name}_display")()
    )


def _plain(name, heading, kind=Kind.TEXT):
    return Column(name, heading, kind, lambda row: getattr(row, name))


def _of(path, key, heading, kind=Kind.TEXT):
    def value(row):
        for step in path.split("."):
            row = row and getattr(row, step)
        return row

    return Column(key, heading, kind, value)


_STATE = _display("state", "状态")
_FIRM = (
    _of("enterprise.name", "enterprise", "企业", Kind.LONG_TEXT),
    _of("enterprise.uscc", "uscc", "统一社会信用代码", Kind.CODE),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district or "")),
)


def _rows(model, user, *more):
    return model.objects.visible_to(user).select_related("enterprise", "district", *more)


class _ByFirm(Shown):
    """A list whose rows are enterprises."""

    def named(self, queryset, name, value):
        return queryset.filter(pk__in=Enterprise.objects.visible_to(self.user).matching(value))

    def in_order(self, rows):
        return rows.order_by("-founded_on", "id")


# ── New enterprises ──────────────────────────────────────────────────────────────────────────


class NewFirms(_ByFirm):
    SHOWN = {"open": "未服务", "taken": "服务中", "served": "已服务", "mine": "我的服务", "all": "全部新办企业"}

    class Meta:
        model = Enterprise
        fields = []

    def meant(self):
        rows = Newcomer.objects.visible_to(self.user).standing()
        firms = Enterprise.objects.visible_to(self.user)

        def of(found):
            return firms.filter(pk__in=found.values("enterprise"))

        return {
            "open": firms.exclude(pk__in=rows.values("enterprise")), "taken": of(rows.waiting()),
            "served": of(rows.served()), "mine": of(rows.filter(server=self.user)), "all": firms,
        }  # fmt: skip


def new_firms_of(user, parameters):
    on = today()
    rows = Newcomer.objects.standing().filter(enterprise=OuterRef("pk"))
    leaflets = Handout.objects.given().filter(enterprise=OuterRef("pk")).order_by().values("enterprise")
    firms = Enterprise.objects.active().new(on).visible_to(user).select_related("district")
    firms = firms.annotate(
        service=Subquery(rows.values("pk")[:1]), service_state=Subquery(rows.values("state")[:1]),
        server=Subquery(rows.values("server__name")[:1]), served_on=Subquery(rows.values("served_on")[:1]),
        leaflets=Coalesce(Subquery(leaflets.annotate(n=Count("leaflet", distinct=True)).values("n")), 0),
    )  # fmt: skip
    return NewFirms(parameters, firms, user=user, on=on)


_SERVICE = dict(Newcomer.State.choices)

NEW_FIRMS = register(
    Listing(
        page="guidance:new_firms", title="新办企业", capability=Can.READ_GUIDANCE, filtered=new_firms_of, notes=_as_of,
        columns=lambda user: (
            _plain("name", "企业", Kind.LONG_TEXT), _plain("uscc", "统一社会信用代码", Kind.CODE),
            Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
            _plain("founded_on", "成立日期", Kind.DATE), _plain("industry_name", "行业"),
            _plain("heads", "从业人数", Kind.WHOLE), _plain("contact", "联系人"), _plain("phone", "联系电话"),
            Column("service", "服务状态", Kind.TEXT, lambda row: row.service_state,
                   lambda row: _SERVICE.get(row.service_state, "未服务")),
            _plain("server", "服务人"), _plain("served_on", "服务日期", Kind.DATE),
            _plain("leaflets", "已发资料（种）", Kind.WHOLE),
        ),
    )
)  # fmt: skip


class Services(Shown):
    SHOWN = {"taken": "服务中", "late": "逾期未服务", "served": "已服务", "mine": "我的服务", "all": "全部"}

    class Meta:
        model = Newcomer
        fields = []

    def meant(self):
        rows = Newcomer.objects.visible_to(self.user)
        standing = rows.standing()
        return {
            "taken": rows.waiting(), "late": rows.late(self.on), "served": rows.served(),
            "mine": standing.filter(server=self.user), "all": rows.all(),
        }  # fmt: skip

    def in_order(self, rows):
        return rows.order_by("-taken_on", "-id")


def services_of(user, parameters):
    return Services(parameters, _rows(Newcomer, user, "server", "organisation"), user=user, on=today())


SERVICES = register(
    Listing(
        page="guidance:services", title="新办企业服务记录", capability=Can.READ_GUIDANCE, filtered=services_of,
        unit="户", notes=_as_of,
        columns=lambda user: (
            *_FIRM, _of("enterprise.founded_on", "founded_on", "成立日期", Kind.DATE),
            _of("server.name", "server", "服务人"), _of("organisation.short_name", "organisation", "服务单位"),
            _plain("taken_on", "认领日期", Kind.DATE), _plain("planned_on", "计划服务日期", Kind.DATE),
            _plain("served_on", "服务日期", Kind.DATE),
            _plain("result", "服务内容", Kind.LONG_TEXT), _STATE,
        ),
    )
)  # fmt: skip


# ── Leaflets ─────────────────────────────────────────────────────────────────────────────────


class _CityWide(Shown):
    """A catalogue of the whole city: no district to choose."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters.pop("district", None)

    def named(self, queryset, name, value):
        return queryset.filter(title__icontains=value)


class Leaflets(_CityWide):
    kind = _choice("类别", Leaflet.Kind.choices)
    SHOWN = {"offered": "在用", "withdrawn": "已停用", "all": "全部"}

    class Meta:
        model = Leaflet
        fields = []

    def meant(self):
        rows = Leaflet.objects.all()
        return {"offered": rows.offered(), "withdrawn": rows.filter(state=LeafletState.WITHDRAWN), "all": rows}

    def in_order(self, rows):
        return rows.order_by("kind", "title")


def leaflets_of(user, parameters):
    given = Handout.objects.visible_to(user).given().filter(leaflet=OuterRef("pk")).order_by().values("leaflet")
    rows = Leaflet.objects.prefetch_related("versions").annotate(
        copies=Coalesce(Subquery(given.annotate(n=Sum("copies")).values("n")), 0),
        firms=Coalesce(Subquery(given.annotate(n=Count("enterprise", distinct=True)).values("n")), 0),
    )
    return Leaflets(parameters, rows, user=user, on=today())


def _version(field):
    def of(row):
        latest = next(iter(row.versions.all()), None)
        return latest and getattr(latest, field)

    return of


LEAFLETS = register(
    Listing(
        page="guidance:leaflets", title="宣传资料目录", capability=Can.READ_GUIDANCE, filtered=leaflets_of,
        unit="种", notes=_as_of,
        columns=lambda user: (
            _plain("title", "名称", Kind.LONG_TEXT), _display("kind", "类别"), _plain("audience", "适用对象"),
            Column("number", "现行版本", Kind.WHOLE, _version("number")),
            Column("issued_on", "印发日期", Kind.DATE, _version("issued_on")),
            _plain("firms", "发放企业（户）", Kind.WHOLE), _plain("copies", "发放份数", Kind.WHOLE), _STATE,
        ),
    )
)  # fmt: skip


class Handouts(Shown):
    leaflet = django_filters.ModelChoiceFilter(label="资料", empty_label="资料：全部", queryset=Leaflet.objects.all())
    way = _choice("方式", Handout.Way.choices)
    SHOWN = {"given": "已发放", "struck": "已撤销", "all": "全部"}

    class Meta:
        model = Handout
        fields = []

    def meant(self):
        rows = Handout.objects.visible_to(self.user)
        return {"given": rows.given(), "struck": rows.filter(state=Handout.State.STRUCK), "all": rows.all()}

    def in_order(self, rows):
        return rows.order_by("-given_on", "-id")

    @cached_property
    def counts(self):
        told = self.qs.order_by().aggregate(firms=Count("enterprise", distinct=True), copies=Sum("copies"))
        return f"{told['firms']:,} 户、{self.total():,} 户次、{told['copies'] or 0:,} 份"


def handouts_of(user, parameters):
    return Handouts(parameters, _rows(Handout, user, "leaflet", "by"), user=user, on=today())


HANDOUTS = register(
    Listing(
        page="guidance:handouts", title="资料发放记录", capability=Can.READ_GUIDANCE, filtered=handouts_of,
        unit="户次", notes=_as_of,
        columns=lambda user: (
            *_FIRM, _of("leaflet.title", "leaflet", "资料", Kind.LONG_TEXT), _plain("number", "版本", Kind.WHOLE),
            _plain("copies", "份数", Kind.WHOLE), _plain("given_on", "发放日期", Kind.DATE), _display("way", "方式"),
            _plain("received_by", "领取人"), _of("by.name", "by", "发放人"), _STATE,
        ),
    )
)  # fmt: skip


# ── Lectures ─────────────────────────────────────────────────────────────────────────────────


class Lectures(_CityWide):
    way = _choice("方式", Lecture.Way.choices)
    SHOWN = {"come": "待举办", "enter": "应登记举办", "held": "已举办", "off": "已取消", "all": "全部"}

    class Meta:
        model = Lecture
        fields = []

    def meant(self):
        rows = Lecture.objects.all()
        return {
            "come": rows.to_come(), "enter": rows.to_enter(self.on), "held": rows.held(),
            "off": rows.filter(state=LectureState.CALLED_OFF), "all": rows,
        }  # fmt: skip

    @property
    def unasked(self):
        return "all"

    def in_order(self, rows):
        return rows.order_by("-held_on", "-begins_at", "-id")


def lectures_of(user, parameters):
    came = Attendance.objects.visible_to(user).counted().filter(lecture=OuterRef("pk")).order_by().values("lecture")
    rows = Lecture.objects.select_related("organisation").annotate(
        people=Coalesce(Subquery(came.annotate(n=Sum("people")).values("n")), 0),
        firms=Coalesce(Subquery(came.annotate(n=Count("uscc", distinct=True)).values("n")), 0),
    )
    return Lectures(parameters, rows, user=user, on=today())


LECTURES = register(
    Listing(
        page="guidance:lectures", title="讲座", capability=Can.READ_GUIDANCE, filtered=lectures_of, unit="场",
        notes=lambda user, parameters: (*_as_of(user, parameters), "户数、人次为本人所辖范围内的企业。"),
        columns=lambda user: (
            _plain("title", "主题", Kind.LONG_TEXT), _plain("lecturer", "主讲人"),
            _of("organisation.name", "organisation", "主办单位"), _plain("held_on", "日期", Kind.DATE),
            Column("begins_at", "开始时间", Kind.TEXT, lambda row: f"{row.begins_at:%H:%M}"), _display("way", "方式"),
            _plain("firms", "参加企业（户）", Kind.WHOLE), _plain("people", "参加人次", Kind.WHOLE), _STATE,
        ),
    )
)  # fmt: skip


class Attendances(Shown):
    lecture = django_filters.ModelChoiceFilter(label="讲座", empty_label="讲座：全部", queryset=Lecture.objects.all())
    SHOWN = {"counted": "已计入", "unknown": "代码不在名录", "struck": "已剔除", "all": "全部"}

    class Meta:
        model = Attendance
        fields = []

    def meant(self):
        rows = Attendance.objects.visible_to(self.user)
        return {
            "counted": rows.counted(), "unknown": rows.counted().filter(enterprise=None),
            "struck": rows.filter(state=AttendanceState.STRUCK), "all": rows.all(),
        }  # fmt: skip

    def in_order(self, rows):
        return rows.order_by("-attended_on", "-id")

    @cached_property
    def counts(self):
        told = self.qs.counted().counts()
        sessions = self.qs.counted().order_by().values("lecture").distinct().count()
        return f"{sessions:,} 场、{told['firms']:,} 户、{told['people']:,} 人次"


def attendances_of(user, parameters):
    return Attendances(parameters, _rows(Attendance, user, "lecture", "by"), user=user, on=today())


def _attendance_columns(user):
    name = (_plain("name", "签到人"),) if user.may(Can.READ_SERVED) else ()
    return (
        _of("lecture.title", "lecture", "讲座", Kind.LONG_TEXT),
        _of("enterprise.name", "enterprise", "企业", Kind.LONG_TEXT), _plain("uscc", "统一社会信用代码", Kind.CODE),
        _FIRM[2], *name, _plain("people", "人数", Kind.WHOLE), _plain("attended_on", "日期", Kind.DATE),
        Column("how", "方式", Kind.TEXT, lambda row: "enter" if row.by_id else "sign",
               lambda row: "工作人员登记" if row.by_id else "自助签到"), _STATE,
    )  # fmt: skip


ATTENDANCES = register(
    Listing(
        page="guidance:attendances", title="讲座参加情况", capability=Can.READ_GUIDANCE, filtered=attendances_of,
        unit="条", notes=_as_of, columns=_attendance_columns,
    )
)  # fmt: skip


# ── Rule systems ─────────────────────────────────────────────────────────────────────────────


class Systems(Shown):
    kind = _choice("类别", RuleSystem.Kind.choices)
    SHOWN = {"open": "办理中", "published": "已建立", "dropped": "已中止", "all": "全部"}

    class Meta:
        model = RuleSystem
        fields = []

    def meant(self):
        rows = RuleSystem.objects.visible_to(self.user)
        return {
            "open": rows.under_way(), "published": rows.published(),
            "dropped": rows.filter(state=RuleSystem.State.DROPPED), "all": rows.all(),
        }  # fmt: skip

    def in_order(self, rows):
        return rows.order_by("-begun_on", "-id")

    @cached_property
    def counts(self):
        return f"{self.qs.order_by().values('enterprise').distinct().count():,} 户、{self.total():,} 项"


def systems_of(user, parameters):
    return Systems(parameters, _rows(RuleSystem, user, "guide"), user=user, on=today())


SYSTEMS = register(
    Listing(
        page="guidance:systems", title="规章制度建设", capability=Can.READ_GUIDANCE, filtered=systems_of, unit="项",
        notes=_as_of,
        columns=lambda user: (
            *_FIRM, _display("kind", "类别"), _plain("title", "制度名称", Kind.LONG_TEXT),
            _plain("discussed_on", "讨论日期", Kind.DATE), _display("discussed_by", "由谁讨论"),
            _plain("agreed_on", "协商确定日期", Kind.DATE), _display("agreed_with", "与谁协商"),
            _plain("published_on", "公示告知日期", Kind.DATE), _display("way", "公示告知方式"),
            _of("guide.name", "guide", "指导人"), _STATE,
        ),
    )
)  # fmt: skip


# ── Policies ─────────────────────────────────────────────────────────────────────────────────


class Policies(_CityWide):
    kind = _choice("类别", Policy.Kind.choices)
    SHOWN = {"force": "执行中", "ended": "已停止", "all": "全部"}

    class Meta:
        model = Policy
        fields = []

    def meant(self):
        rows = Policy.objects.all()
        over = Q(state=PolicyState.ENDED) | Q(until_on__lt=self.on)
        return {"force": rows.in_force(self.on), "ended": rows.filter(over), "all": rows}

    def in_order(self, rows):
        return rows.order_by("kind", "title")


def policies_of(user, parameters):
    told = Benefit.objects.visible_to(user).filter(policy=OuterRef("pk")).order_by().values("policy")
    taken = told.filter(state=BenefitState.TAKEN)
    rows = Policy.objects.annotate(
        offered=Coalesce(Subquery(told.annotate(n=Count("pk")).values("n")), 0),
        taken=Coalesce(Subquery(taken.annotate(n=Count("pk")).values("n")), 0),
        amount=Coalesce(Subquery(taken.annotate(n=Sum("amount")).values("n")), 0),
    )
    return Policies(parameters, rows, user=user, on=today())


def _amount_for(user):
    return (Column("amount", "享受金额（元）", Kind.MONEY, _yuan),) if user.may(Can.READ_SERVED) else ()


def _yuan(row):
    return None if row.amount is None else row.amount / 100


POLICIES = register(
    Listing(
        page="guidance:policies", title="惠企政策目录", capability=Can.READ_GUIDANCE, filtered=policies_of, unit="项",
        notes=_as_of,
        columns=lambda user: (
            _plain("title", "政策名称", Kind.LONG_TEXT), _display("kind", "类别"), _plain("number", "文号"),
            _plain("issuer", "制定单位"), _plain("from_on", "执行起始", Kind.DATE),
            _plain("until_on", "执行截止", Kind.DATE),
            Column("conditions", "享受条件", Kind.LONG_TEXT, lambda row: row.sentences,
                   lambda row: "；".join(row.sentences)),
            _plain("benefit", "支持内容", Kind.LONG_TEXT), _plain("offered", "已送达（户）", Kind.WHOLE),
            _plain("taken", "已享受（户）", Kind.WHOLE), *_amount_for(user), _STATE,
        ),
    )
)  # fmt: skip


class Matches(_ByFirm):
    """The enterprises that one policy suits; without a choice of it, the first in force."""

    policy = django_filters.ModelChoiceFilter(label="政策", queryset=Policy.objects.none(), method="suited")
    SHOWN = {"open": "尚未送达", "offered": "已送达", "taken": "已享受", "declined": "未享受", "all": "全部适用企业"}

    class Meta:
        model = Enterprise
        fields = []

    def __init__(self, data=None, queryset=None, *, user, on):
        super().__init__(data, queryset, user=user, on=on)
        self.choice = Policy.objects.in_force(on)
        self.filters["policy"].queryset = self.choice
        self.filters["policy"].extra |= {"empty_label": None, "queryset": self.choice}
        if not self.data.get("policy") and (first := self.choice.first()):
            self.data["policy"] = str(first.pk)

    @cached_property
    def chosen(self):
        return self.form.cleaned_data["policy"] if self.form.is_valid() else None

    @property
    def _told(self):
        return Benefit.objects.visible_to(self.user).filter(policy=self.chosen)

    def suited(self, queryset, name, value):
        return value.suits(self.on, queryset) if value else queryset.none()

    @cached_property
    def _regardless(self):
        """None where there is no policy in force to choose."""
        rows = super()._regardless
        return rows if self.chosen else rows.none()

    def meant(self):
        firms, told = Enterprise.objects.visible_to(self.user), self._told

        def of(state):
            return firms.filter(pk__in=told.filter(state=state).values("enterprise"))

        return {
            "open": firms.exclude(pk__in=told.values("enterprise")), "offered": of(BenefitState.OFFERED),
            "taken": of(BenefitState.TAKEN), "declined": of(BenefitState.DECLINED), "all": firms,
        }  # fmt: skip

    def in_order(self, rows):
        told = self._told.filter(enterprise=OuterRef("pk"))
        rows = rows.annotate(
            benefit=Subquery(told.values("pk")[:1]), benefit_state=Subquery(told.values("state")[:1]),
            offered_on=Subquery(told.values("offered_on")[:1]),
        )  # fmt: skip
        return rows.order_by("id")


def matches_of(user, parameters):
    firms = Enterprise.objects.active().visible_to(user).select_related("district")
    return Matches(parameters, firms, user=user, on=today())


_BENEFIT = dict(BenefitState.choices)


def _annotated(name):
    """A column that the order adds; a single row fetched by machine has it not."""
    return lambda row: getattr(row, name, None)


MATCHES = register(
    Listing(
        page="guidance:matches", title="政策适用企业", capability=Can.READ_GUIDANCE, filtered=matches_of, notes=_as_of,
        columns=lambda user: (
            _plain("name", "企业", Kind.LONG_TEXT), _plain("uscc", "统一社会信用代码", Kind.CODE),
            Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
            _plain("industry_name", "行业"), _display("size", "规模"), _plain("heads", "从业人数", Kind.WHOLE),
            _plain("founded_on", "成立日期", Kind.DATE),
            Column("state", "状态", Kind.TEXT, _annotated("benefit_state"),
                   lambda row: _BENEFIT.get(getattr(row, "benefit_state", None), "尚未送达")),
            Column("offered_on", "送达日期", Kind.DATE, _annotated("offered_on")),
        ),
    )
)  # fmt: skip


class Benefits(Shown):
    policy = django_filters.ModelChoiceFilter(label="政策", empty_label="政策：全部", queryset=Policy.objects.all())
    SHOWN = {"offered": "已送达待享受", "taken": "已享受", "declined": "未享受", "all": "全部"}

    class Meta:
        model = Benefit
        fields = []

    def meant(self):
        rows = Benefit.objects.visible_to(self.user)
        return {
            "offered": rows.offered(), "taken": rows.taken(), "declined": rows.filter(state=BenefitState.DECLINED),
            "all": rows.all(),
        }  # fmt: skip

    def in_order(self, rows):
        return rows.order_by("-offered_on", "-id")

    @cached_property
    def counts(self):
        firms = self.qs.order_by().values("enterprise").distinct().count()
        told = f"{firms:,} 户、{self.total():,} 户次"
        return f"{told}，享受 {self.qs.amount() / 100:,.2f} 元" if self.user.may(Can.READ_SERVED) else told


def benefits_of(user, parameters):
    return Benefits(parameters, _rows(Benefit, user, "policy", "by"), user=user, on=today())


BENEFITS = register(
    Listing(
        page="guidance:benefits", title="政策送达和享受", capability=Can.READ_GUIDANCE, filtered=benefits_of,
        unit="户次", notes=_as_of,
        columns=lambda user: (
            *_FIRM, _of("policy.title", "policy", "政策", Kind.LONG_TEXT), _plain("offered_on", "送达日期", Kind.DATE),
            _of("by.name", "by", "送达人"), _plain("taken_on", "享受日期", Kind.DATE), *_amount_for(user),
            _plain("people", "惠及人数", Kind.WHOLE), _STATE,
        ),
    )
)  # fmt: skip


# ── Help ─────────────────────────────────────────────────────────────────────────────────────


class Inquiries(Shown):
    topic = _choice("事项", Inquiry.Topic.choices)
    SHOWN = {
        "open": "办理中", "overdue": "逾期未答复", "unassigned": "待分派", "mine": "由我承办", "answered": "已答复",
        "late": "超期答复", "all": "全部",
    }  # fmt: skip

    class Meta:
        model = Inquiry
        fields = []

    def meant(self):
        rows = Inquiry.objects.visible_to(self.user)
        return {
            "open": rows.open(), "overdue": rows.overdue(self.on), "unassigned": rows.unassigned(),
            "mine": rows.open().filter(owner=self.user), "answered": rows.answered(), "late": rows.answered_late(),
            "all": rows.all(),
        }  # fmt: skip


def inquiries_of(user, parameters):
    return Inquiries(parameters, _rows(Inquiry, user, "owner"), user=user, on=today())


def _asker_for(user):
    return (_plain("asker", "提出人"), _plain("phone", "联系电话")) if user.may(Can.READ_SERVED) else ()


INQUIRIES = register(
    Listing(
        page="guidance:inquiries", title="企业求助", capability=Can.READ_GUIDANCE, filtered=inquiries_of, unit="件",
        notes=_as_of,
        columns=lambda user: (
            *_FIRM, _plain("asked_on", "提出日期", Kind.DATE), *_asker_for(user),
            _display("channel", "渠道"), _display("topic", "事项"), _plain("question", "求助内容", Kind.LONG_TEXT),
            _of("owner.name", "owner", "承办人"), _plain("due_on", "答复期限", Kind.DATE),
            _plain("answered_on", "答复日期", Kind.DATE), _plain("answer_text", "答复内容", Kind.LONG_TEXT), _STATE,
        ),
    )
)  # fmt: skip
