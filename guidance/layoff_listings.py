"""The lists of lay-offs: the reports, and those who go, who are masked alike on page, in file and by API."""

import django_filters
from django.db.models import Count

from accounts.models import District
from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.case_listings import Shown
from enterprises.models import Enterprise

from .models import Help, LaidOff, Layoff


class Layoffs(Shown):
    ground = django_filters.ChoiceFilter(label="法定情形", empty_label="法定情形：全部", choices=Layoff.Ground.choices)
    statutory = django_filters.ChoiceFilter(
        label="标准", empty_label="标准：全部", choices=(("1", "达到经济性裁员标准"), ("0", "未达到标准")),
        method="of_size",
    )  # fmt: skip

    SHOWN = {
        "open": "裁减前", "advise": "待出具意见", "returned": "待补正", "early": "不足三十日", "begin": "到期待登记",
        "after": "已实施", "priority": "优先招用期内", "all": "全部",
    }  # fmt: skip
    CALLED = {"union": "待工会提出意见", "untransferred": "档案社保逾期未转移", "close": "可以办结"}

    class Meta:
        model = Layoff
        fields = []

    def of_size(self, queryset, name, value):
        return queryset.filter(statutory=value == "1")

    def meant(self):
        rows, on = Layoff.objects.visible_to(self.user), self.on
        return {
            "open": rows.open(), "advise": rows.to_advise(), "returned": rows.filter(state=Layoff.State.RETURNED),
            "early": rows.too_early(), "begin": rows.to_begin(on), "after": rows.looked_after(),
            "priority": rows.in_priority(on), "all": rows.all(), "union": rows.without_union_opinion(),
            "untransferred": rows.to_transfer(on), "close": rows.to_close(on),
        }  # fmt: skip


class People(Shown):
    district = django_filters.ModelChoiceFilter(
        label="区市", empty_label="区市：全部", queryset=District.objects.all(), field_name="layoff__district"
    )
    layoff = django_filters.NumberFilter(label="裁员报告", field_name="layoff")
    kind = django_filters.ChoiceFilter(
        label="帮扶类别", empty_label="帮扶类别：全部", choices=Help.Kind.choices, method="of_help"
    )

    SHOWN = {
        "all": "名单", "gone": "已被裁减", "unhelped": "尚未帮扶", "helped": "已帮扶", "placed": "再就业",
        "rehired": "原企业招回",
    }  # fmt: skip

    class Meta:
        model = LaidOff
        fields = []

    def of_help(self, queryset, name, value):
        return queryset.filter(pk__in=Help.objects.filter(kind=value).values("person"))

    def meant(self):
        people = LaidOff.objects.visible_to(self.user)
        return {
            "all": people.all(), "gone": people.gone(), "unhelped": people.unhelped(), "helped": people.helped(),
            "placed": people.placed(), "rehired": people.exclude(hiring=None),
        }  # fmt: skip

    def in_order(self, rows):
        return rows.order_by("-layoff", "number")

    def named(self, queryset, name, value):
        firms = Enterprise.objects.visible_to(self.user).matching(value)
        return queryset.filter(layoff__enterprise__in=firms)

    def choosers(self):
        return [field for field in super().choosers() if field.name != "layoff"]


def layoffs_of(user, parameters):
    rows = Layoff.objects.visible_to(user).select_related("enterprise", "district").with_turn()
    return Layoffs(parameters, rows.annotate(listed=Count("people", distinct=True)), user=user, on=today())


def people_of(user, parameters):
    rows = LaidOff.objects.visible_to(user).select_related("layoff__enterprise", "layoff__district", "hiring")
    return People(parameters, rows.prefetch_related("helps"), user=user, on=today())


def _as_of(user, parameters):
    on = today()
    return (f"截至 {on.year}年{on.month}月{on.day}日。",)


def _masked(user, parameters):
    return (*_as_of(user, parameters), "姓名、身份证号码、电话已隐去。")


def _turn(place):
    return lambda row: row.waits_for[place] if row.waits_for else None


_LAYOFF = (
    Column("enterprise", "企业", Kind.LONG_TEXT, lambda row: row.enterprise.name),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda row: row.enterprise.uscc),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    Column("planned_cut", "拟裁减人数", Kind.WHOLE, lambda row: row.planned_cut),
    Column("total_staff", "职工总数", Kind.WHOLE, lambda row: row.total_staff),
    Column("statutory", "达到标准", Kind.YES_NO, lambda row: row.statutory),
    Column("ground", "法定情形", Kind.LONG_TEXT, lambda row: row.ground, lambda row: row.get_ground_display()),
    Column("explained_on", "说明情况", Kind.DATE, lambda row: row.explained_on),
    Column("heard_on", "听取意见", Kind.DATE, lambda row: row.heard_on),
    Column("reported_on", "报告日期", Kind.DATE, lambda row: row.reported_on),
    Column("earliest_on", "依法最早裁减", Kind.DATE, lambda row: row.earliest_on),
    Column("starts_on", "计划裁减", Kind.DATE, lambda row: row.starts_on),
    Column("receipt_number", "回执编号", Kind.TEXT, lambda row: row.receipt_number),
    Column("receipted_on", "回执日期", Kind.DATE, lambda row: row.receipted_on),
    Column("verdict", "意见类别", Kind.TEXT, lambda row: row.verdict, lambda row: row.get_verdict_display()),
    Column("advised_on", "意见日期", Kind.DATE, lambda row: row.advised_on),
    Column("union_opined_on", "工会意见日期", Kind.DATE, lambda row: row.union_opined_on),
    Column("listed", "名单人数", Kind.WHOLE, lambda row: row.listed),
    Column("carried_out_on", "实际裁减", Kind.DATE, lambda row: row.carried_out_on),
    Column("laid_off", "实际裁减人数", Kind.WHOLE, lambda row: row.laid_off),
    Column("transferred_on", "档案社保转移", Kind.DATE, lambda row: row.transferred_on),
    Column("rehire_until", "优先招用至", Kind.DATE, lambda row: row.rehire_until),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
    Column("who", "等待", Kind.TEXT, _turn(0)),
    Column("what", "办理", Kind.TEXT, _turn(1)),
    Column("until", "期限", Kind.DATE, _turn(2)),
)
_BUDGET = Column(
    "budget", "经济补偿预算（元）", Kind.MONEY, lambda row: None if row.budget is None else row.budget / 100
)
_PERSON = (
    Column("layoff", "裁员报告", Kind.WHOLE, lambda row: row.layoff_id),
    Column("enterprise", "企业", Kind.LONG_TEXT, lambda row: row.layoff.enterprise.name),
    Column("district", "区市", Kind.TEXT, lambda row: row.layoff.district_id, lambda row: str(row.layoff.district)),
    Column("number", "序号", Kind.WHOLE, lambda row: row.number),
    Column("name", "姓名", Kind.TEXT, lambda row: row.masked_name),
    Column("id_number", "身份证号码", Kind.CODE, lambda row: row.masked_id),
    Column("phone", "联系电话", Kind.TEXT, lambda row: row.masked_phone),
    Column("post", "岗位", Kind.TEXT, lambda row: row.post),
    Column("hired_on", "入职日期", Kind.DATE, lambda row: row.hired_on),
    Column("months", "经济补偿月数", Kind.DECIMAL, lambda row: None if row.months is None else float(row.months)),
    Column("helps", "帮扶", Kind.LONG_TEXT, lambda row: [_told(each) for each in row.helps.all()],
           lambda row: "；".join(map(_told, row.helps.all()))),
    Column("rehired_on", "原企业招回", Kind.DATE, lambda row: row.hiring and row.hiring.hired_on),
)  # fmt: skip


def _told(helped):
    return f"{helped.get_kind_display()}：{helped.get_outcome_display()}"


def columns_for(user):
    """What it costs a firm is not for the representatives of others."""
    return (*_LAYOFF, _BUDGET) if user.may(Can.READ_ARREARS) else _LAYOFF


LAYOFFS = register(
    Listing(
        page="guidance:layoffs", title="裁员报告", capability=Can.READ_GUIDANCE, filtered=layoffs_of,
        columns=columns_for, unit="件", notes=_as_of,
    )
)  # fmt: skip
LAID_OFF = register(
    Listing(
        page="guidance:laid_off", title="被裁减人员", capability=Can.READ_LAID_OFF, filtered=people_of,
        columns=lambda user: _PERSON, unit="人", notes=_masked,
    )
)  # fmt: skip
