"""The lists of the consultations: offers, contracts, platform mechanisms. Page, file and API alike."""

import django_filters
from django.db.models import Count, Q

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.case_listings import Shown

from . import law
from .models import Consultation, Contract, FirmClass, Ground, Mechanism, Side
from .models.contracts import SOON_DAYS as CONTRACT_SOON_DAYS
from .models.stages import SOON_DAYS
from .models.stages import State as Stage


def _kinds(label):
    return django_filters.ChoiceFilter(label=label, empty_label=f"{label}：全部", choices=law.Kind.choices)


class Offers(Shown):
    kind = _kinds("合同类型")
    firm_class = django_filters.ChoiceFilter(label="企业类别", empty_label="企业类别：全部", choices=FirmClass.choices)

    SHOWN = {
        "open": "办理中", "late": "逾期未答复", "soon": f"{SOON_DAYS}日内到期", "refused": "拒绝协商",
        "talking": "协商中", "unsigned": "超期未签订", "signed": "已签订", "all": "全部",
    }  # fmt: skip
    CALLED = {
        "urge": "应当督促", "opine": "可发意见书", "propose": "可提建议书", "letters": "文书逾期未答复",
        "credit": "可记入诚信档案", "uninformed": "逾期未提供资料", "untold": "逾期未报告上级工会",
        "unannounced": "代表逾期未公布", "vacant": "代表空缺逾期",
        "uncoordinated": "协调逾期",
    }  # fmt: skip
    COUNTED = {"sent": "已发出", "received": "已签收", "in_time": "按期答复"}

    SELDOM = ("offered_by", "reach")

    reach = django_filters.ChoiceFilter(label="范围", empty_label="适用范围：全部", choices=Consultation.Reach.choices)
    offered_by = django_filters.ChoiceFilter(label="要约方", empty_label="要约方：全部", choices=Side.choices)

    class Meta:
        model = Consultation
        fields = []

    def meant(self):
        offers, on = Consultation.objects.visible_to(self.user), self.on
        return {
            "open": offers.open(), "late": offers.unanswered(on), "soon": offers.due_soon(on),
            "refused": offers.refused(), "talking": offers.under_way(), "unsigned": offers.unsigned(on),
            "signed": offers.filter(state=Stage.SIGNED), "all": offers.all(),
            "urge": offers.to_urge(on), "opine": offers.to_opine(on), "propose": offers.to_propose(on),
            "letters": offers.letter_unanswered(on), "uninformed": offers.uninformed(on),
            "unannounced": offers.unannounced(on), "vacant": offers.vacant(on),
            "uncoordinated": offers.uncoordinated(on), "untold": offers.untold(on), "credit": offers.to_discredit(on),
            "sent": offers.offered(), "received": offers.received(), "in_time": offers.answered_in_time(),
        }  # fmt: skip

    def named(self, queryset, name, value):
        firms = self.firms(value)
        of_many = Q(participants__enterprise__in=firms) | Q(trade__icontains=value)
        return queryset.filter(Q(enterprise__in=firms) | of_many).distinct()


class Contracts(Shown):
    kind = _kinds("合同类型")
    reach = django_filters.ChoiceFilter(label="范围", empty_label="适用范围：全部", choices=Contract.Reach.choices)

    SHOWN = {
        "all": "全部", "force": "有效", "soon": f"{CONTRACT_SOON_DAYS}日内到期", "unfiled": "逾期未报送",
        "review": "审查中", "over": "审查期满", "unpublished": "逾期未公布", "renew": "应当续订", "expired": "已到期",
    }  # fmt: skip
    CALLED = {
        "unreported": "应报告履行情况", "undone": "解除逾期未报备", "objected": "有异议待重报",
        "untold": "未报上级工会备案",
    }  # fmt: skip
    COUNTED = {"dissolved": "已解除", "ended": "已终止", "changed": "已变更或续订"}

    SELDOM = ("ground",)

    ground = django_filters.ChoiceFilter(
        field_name="ending__ground", label="解除、终止的理由", empty_label="理由：全部", choices=Ground.choices
    )

    class Meta:
        model = Contract
        fields = []

    def meant(self):
        contracts, on = Contract.objects.visible_to(self.user), self.on
        return {
            "all": contracts.all(), "force": contracts.in_force(on), "unfiled": contracts.not_filed(on),
            "review": contracts.under_review(), "over": contracts.review_over(on),
            "unpublished": contracts.not_published(on), "renew": contracts.to_renew(on),
            "expired": contracts.expired(on), "unreported": contracts.report_missing(on),
            "undone": contracts.dissolution_not_filed(on), "objected": contracts.filter(state=Contract.State.OBJECTED),
            "soon": contracts.due_soon(on), "untold": contracts.untold(),
            "dissolved": contracts.filter(state=Contract.State.DISSOLVED),
            "ended": contracts.filter(state=Contract.State.ENDED),
            "changed": contracts.filter(state=Contract.State.REPLACED),
        }  # fmt: skip

    def named(self, queryset, name, value):
        firms = self.firms(value)
        of_many = Q(members__enterprise__in=firms)
        return queryset.filter(Q(enterprise__in=firms) | of_many | Q(title__icontains=value)).distinct()


class Mechanisms(Shown):
    trade = django_filters.ChoiceFilter(label="行业", empty_label="行业：全部", choices=Mechanism.Trade.choices)

    SHOWN = {"working": "运行中", "overdue": "逾期未协商", "unplanned": "应当安排协商", "all": "全部"}

    class Meta:
        model = Mechanism
        fields = []

    def meant(self):
        mechanisms = Mechanism.objects.visible_to(self.user)
        return {
            "working": mechanisms.working(), "overdue": mechanisms.overdue(self.on),
            "unplanned": mechanisms.unplanned(self.on), "all": mechanisms.all(),
        }  # fmt: skip

    def in_order(self, rows):
        return rows.order_by("-set_up_on", "-id")


def _rows(model, *more):
    def rows(user):
        return model.objects.visible_to(user).select_related("enterprise", "district", *more)

    return rows


def offers_of(user, parameters):
    rows = _rows(Consultation)(user).annotate(
        firms=Count("participants", filter=Q(participants__left_on=None), distinct=True)
    )
    return Offers(parameters, rows, user=user, on=today())


def contracts_of(user, parameters):
    rows = _rows(Contract, "ending")(user).annotate(firms=Count("members", distinct=True))
    return Contracts(parameters, rows, user=user, on=today())


def mechanisms_of(user, parameters):
    return Mechanisms(parameters, _rows(Mechanism)(user).prefetch_related("rounds"), user=user, on=today())


def _as_of(user, parameters):
    on = today()
    return (f"截至 {on.year}年{on.month}月{on.day}日。",)


def _turn(place):
    """A cell of whose turn it is: 0 who, 1 for what, 2 until when."""
    return lambda row: row.waits_for[place] if row.waits_for else None


def _party(row):
    """The enterprise, or the industry or area of many."""
    return row.enterprise.name if row.enterprise else row.trade


_FIRM = (
    Column("enterprise", "企业", Kind.LONG_TEXT, lambda row: row.enterprise and row.enterprise.name, _party),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda row: row.enterprise and row.enterprise.uscc),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
)
_TURN = (
    Column("who", "等待", Kind.TEXT, _turn(0)),
    Column("what", "办理", Kind.TEXT, _turn(1)),
    Column("until", "期限", Kind.DATE, _turn(2)),
)

_OFFER = (
    *_FIRM,
    Column("kind", "合同类型", Kind.TEXT, lambda row: row.kind, lambda row: row.get_kind_display()),
    Column("purpose", "目的", Kind.TEXT, lambda row: row.purpose, lambda row: row.get_purpose_display()),
    Column("firm_class", "企业类别", Kind.TEXT, lambda row: row.firm_class, lambda row: row.get_firm_class_display()),
    Column("reach", "适用范围", Kind.TEXT, lambda row: row.reach, lambda row: row.get_reach_display()),
    Column("offered_by", "要约方", Kind.TEXT, lambda row: row.offered_by, lambda row: row.get_offered_by_display()),
    Column("topics", "协商议题", Kind.LONG_TEXT, lambda row: row.topics, lambda row: "；".join(row.topics)),
    Column("number", "要约书编号", Kind.TEXT, lambda row: row.number),
    Column("sent_on", "发出日期", Kind.DATE, lambda row: row.sent_on),
    Column("received_on", "签收日期", Kind.DATE, lambda row: row.received_on),
    Column("reply_due_on", "答复期限", Kind.DATE, lambda row: row.reply_due_on),
    Column("replied_on", "答复日期", Kind.DATE, lambda row: row.replied_on),
    Column("conclude_due_on", "签订期限", Kind.DATE, lambda row: row.conclude_due_on),
    Column("signed_on", "签订日期", Kind.DATE, lambda row: row.signed_on),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
    *_TURN,
)
_CONTRACT = (
    Column("title", "合同名称", Kind.LONG_TEXT, lambda row: row.title),
    *_FIRM,
    Column("kind", "合同类型", Kind.TEXT, lambda row: row.kind, lambda row: row.get_kind_display()),
    Column("reach", "适用范围", Kind.TEXT, lambda row: row.reach, lambda row: row.get_reach_display()),
    Column("firms", "参加企业", Kind.WHOLE, lambda row: row.firms if row.covers_many else 1),
    Column("workers", "覆盖职工", Kind.WHOLE, lambda row: row.workers),
    Column("signed_on", "签订日期", Kind.DATE, lambda row: row.signed_on),
    Column("begins_on", "起始日期", Kind.DATE, lambda row: row.begins_on),
    Column("ends_on", "届满日期", Kind.DATE, lambda row: row.ends_on),
    Column("filed_on", "报送日期", Kind.DATE, lambda row: row.filed_on),
    Column("reviewed_on", "审查日期", Kind.DATE, lambda row: row.reviewed_on),
    Column("in_force_on", "生效日期", Kind.DATE, lambda row: row.in_force_on),
    Column("published_on", "公布日期", Kind.DATE, lambda row: row.published_on),
    Column("told_union_on", "报上级工会日期", Kind.DATE, lambda row: row.told_union_on),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
    *_TURN,
)
_MECHANISM = (
    *_FIRM,
    Column("trade", "行业", Kind.TEXT, lambda row: row.trade, lambda row: row.get_trade_display()),
    Column("every_months", "每几个月协商", Kind.WHOLE, lambda row: row.every_months),
    Column("workers", "覆盖劳动者", Kind.WHOLE, lambda row: row.workers),
    Column("set_up_on", "建立日期", Kind.DATE, lambda row: row.set_up_on),
    Column("next_on", "下次协商不晚于", Kind.DATE, lambda row: row.next_on),
    Column("adjustment", "标准调整程序", Kind.LONG_TEXT, lambda row: row.adjustment),
    Column("disputes", "矛盾纠纷解决机制", Kind.LONG_TEXT, lambda row: row.disputes),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
)


def _listing(page, title, filtered, columns, unit):
    return register(
        Listing(
            page=page, title=title, capability=Can.READ_CONSULTATIONS, filtered=filtered, columns=lambda user: columns,
            unit=unit, notes=_as_of,
        )
    )  # fmt: skip


OFFERS = _listing("negotiations:list", "协商要约", offers_of, _OFFER, "件")
CONTRACTS = _listing("negotiations:contracts", "集体合同", contracts_of, _CONTRACT, "份")
MECHANISMS = _listing("negotiations:mechanisms", "平台协商机制", mechanisms_of, _MECHANISM, "个")
