"""The lists of a campaign. Page, file and API alike."""

import django_filters
from django.db.models import Count

from casework.listings import Column, Kind
from casework.today import today

from . import exemplar_listings  # noqa: F401 - lists of their own
from .lists import DISTRICT, STATE, Kept, listing
from .models import Answer, Campaign, Dispatch, JointCase, Plan, Publicity, SpreadWarning, Supervision, Transfer


class Campaigns(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", empty_label="状态：全部", choices=Campaign.State.choices)
    q = django_filters.CharFilter(label="名称", field_name="title", lookup_expr="icontains", max_length=60)

    class Meta:
        model = Campaign
        fields = []


def campaigns_of(user, parameters):
    return Campaigns(parameters, Campaign.objects.visible_to(user))


_CAMPAIGN = (
    Column("title", "名称", Kind.LONG_TEXT, lambda row: row.title),
    Column("document_number", "文号", Kind.TEXT, lambda row: row.document_number),
    Column("starts_on", "开始日期", Kind.DATE, lambda row: row.starts_on),
    Column("ends_on", "结束日期", Kind.DATE, lambda row: row.ends_on),
    Column("report_due_on", "总结报送（前）", Kind.DATE, lambda row: row.report_due_on),
    Column("cut_off_on", "数据截止日", Kind.DATE, lambda row: row.cut_off_on),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
    Column("current", "当前行动", Kind.YES_NO, lambda row: row.current),
)

CAMPAIGNS = listing("campaigns:campaigns", "历次行动", campaigns_of, _CAMPAIGN, "项")


# ── Plans ────────────────────────────────────────────────────────────────────────────────────


class Plans(Kept):
    sought = "总体要求、牵头单位"
    BY, ORDER = ("goals", "lead"), ("-campaign__starts_on", "district__rank")
    SHOWN = {"all": "全部", "hand": "起草、修改中", "submitted": "待审核", "accepted": "已通过"}
    CALLED = {"unconfirmed": "待工会、企业方确认"}

    class Meta:
        model = Plan
        fields = []

    def meant(self):
        plans = Plan.objects.visible_to(self.user)
        return {
            "all": plans.all(), "hand": plans.in_hand(), "submitted": plans.waiting(),
            "accepted": plans.filter(state=Plan.State.ACCEPTED), "unconfirmed": plans.unconfirmed(),
        }  # fmt: skip


def plans_of(user, parameters):
    rows = Plan.objects.visible_to(user).select_related(
        "district", "campaign", "union_confirmed_by__organisation", "employers_confirmed_by__organisation"
    )
    rows = rows.annotate(measured=Count("measures"))
    return Plans(parameters, rows, user=user, on=today())


_PLAN = (
    DISTRICT,
    Column("campaign", "行动", Kind.LONG_TEXT, lambda row: row.campaign_id, lambda row: str(row.campaign)),
    Column("lead", "牵头单位", Kind.TEXT, lambda row: row.lead),
    Column("contact", "联系人和电话", Kind.TEXT, lambda row: row.contact),
    Column("goals", "总体要求和目标", Kind.LONG_TEXT, lambda row: row.goals),
    Column("measures", "举措", Kind.WHOLE, lambda row: row.measured),
    Column("submitted_on", "提交日期", Kind.DATE, lambda row: row.submitted_on),
    Column("union_confirmed", "工会已确认", Kind.YES_NO, lambda row: row.union_confirmed_by_id is not None),
    Column("employers_confirmed", "企业方已确认", Kind.YES_NO, lambda row: row.employers_confirmed_by_id is not None),
    Column("accepted_on", "通过日期", Kind.DATE, lambda row: row.accepted_on),
    STATE,
)
PLANS = listing("campaigns:plans", "实施方案", plans_of, _PLAN, "份")


# ── Dispatch and supervision ─────────────────────────────────────────────────────────────────


class Dispatches(Kept):
    sought = "名称、内容"
    BY, ORDER = ("title", "asks"), ("-campaign__starts_on", "-number")
    SHOWN = {"open": "调度中", "closed": "已办结", "all": "全部"}

    class Meta:
        model = Dispatch
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters.pop("district", None)

    def meant(self):
        rows = Dispatch.objects.visible_to(self.user)
        return {"open": rows.open(), "closed": rows.exclude(pk__in=rows.open()), "all": rows.all()}


def dispatches_of(user, parameters):
    rows = Dispatch.objects.visible_to(user).select_related("campaign")
    return Dispatches(parameters, rows, user=user, on=today())


class _Due(Kept):
    SHOWN = {
        "owed": "待答复", "late": "逾期未答复", "waiting": "待审核", "done": "已办结", "answered_late": "逾期答复",
        "all": "全部",
    }  # fmt: skip
    DONE = None

    def meant(self):
        rows, on = self.Meta.model.objects.visible_to(self.user), self.on
        return {
            "owed": rows.owed(), "late": rows.late(on), "waiting": rows.waiting(), "done": rows.filter(state=self.DONE),
            "answered_late": rows.answered_late(), "all": rows.all(),
        }  # fmt: skip


class Answers(_Due):
    sought = "调度名称、答复"
    BY, ORDER = ("dispatch__title", "progress", "problems"), ("-dispatch__number", "district__rank")
    SHOWN = _Due.SHOWN | {"done": "已通过"}
    DONE = Answer.State.ACCEPTED
    dispatch = django_filters.ModelChoiceFilter(
        label="期次", empty_label="期次：全部", queryset=Dispatch.objects.exclude(state=Dispatch.State.DRAFT)
    )

    class Meta:
        model = Answer
        fields = []


class Supervisions(_Due):
    sought = "事项、内容、答复"
    BY, ORDER = ("subject", "text", "reply"), ("-sent_on", "-id")
    DONE = Supervision.State.CLOSED

    class Meta:
        model = Supervision
        fields = []


def answers_of(user, parameters):
    return Answers(parameters, Answer.objects.visible_to(user).select_related("district", "dispatch__campaign"),
                   user=user, on=today())  # fmt: skip


def supervisions_of(user, parameters):
    return Supervisions(parameters, Supervision.objects.visible_to(user).select_related("district", "campaign"),
                        user=user, on=today())  # fmt: skip


_DISPATCH = (
    Column("number", "期次", Kind.WHOLE, lambda row: row.number),
    Column("title", "名称", Kind.TEXT, lambda row: row.title),
    Column("asks", "调度内容", Kind.LONG_TEXT, lambda row: row.asks),
    Column("codes", "调度指标", Kind.LONG_TEXT, lambda row: row.codes, lambda row: " ".join(row.codes)),
    Column("as_of", "统计截止日", Kind.DATE, lambda row: row.as_of),
    Column("sent_on", "下发日期", Kind.DATE, lambda row: row.sent_on),
    Column("due_on", "答复期限", Kind.DATE, lambda row: row.due_on),
    STATE,
)
_PUNCTUAL = (
    Column("due_on", "答复期限", Kind.DATE, lambda row: row.due_on),
    Column("again_due_on", "补充期限", Kind.DATE, lambda row: row.again_due_on),
    Column("answered_on", "首次答复日期", Kind.DATE, lambda row: row.answered_on),
    Column("days_late", "逾期天数", Kind.WHOLE, lambda row: row.days_late),
    STATE,
)


def _figures_in_words(row):
    return "；".join(
        f"{each['name']} {each['told'] or '无'}{each['unit']}"
        + (f"（平台统计 {each['counted'] or '无'}，{each['why']}）" if each["told"] != each["counted"] else "")
        for each in row.figures
    )


_ANSWER = (
    Column("dispatch", "期次", Kind.WHOLE, lambda row: row.dispatch_id, lambda row: row.dispatch.number),
    Column("title", "名称", Kind.TEXT, lambda row: row.dispatch.title),
    DISTRICT,
    *_PUNCTUAL,
    Column("progress", "进展情况", Kind.LONG_TEXT, lambda row: row.progress),
    Column("problems", "存在问题", Kind.LONG_TEXT, lambda row: row.problems),
    Column("plans", "下一步安排", Kind.LONG_TEXT, lambda row: row.plans),
    Column("figures", "调度数字", Kind.LONG_TEXT, lambda row: row.figures, _figures_in_words),
)
_SUPERVISION = (
    Column("subject", "事项", Kind.TEXT, lambda row: row.subject),
    DISTRICT,
    Column("text", "督促内容", Kind.LONG_TEXT, lambda row: row.text),
    Column("sent_on", "发出日期", Kind.DATE, lambda row: row.sent_on),
    *_PUNCTUAL,
    Column("reply", "答复", Kind.LONG_TEXT, lambda row: row.reply),
)
DISPATCHES = listing("campaigns:dispatches", "定期调度", dispatches_of, _DISPATCH, "期")
ANSWERS = listing("campaigns:answers", "调度答复", answers_of, _ANSWER, "件")
SUPERVISIONS = listing("campaigns:supervisions", "不定期督促", supervisions_of, _SUPERVISION, "件")


# ── Cooperation ──────────────────────────────────────────────────────────────────────────────


class JointCases(Kept):
    sought = "名称、事由"
    BY, ORDER = ("title", "reason"), ("-opened_on", "-id")
    SHOWN = {"open": "办理中", "closed": "已办结", "all": "全部"}

    class Meta:
        model = JointCase
        fields = []

    def meant(self):
        rows = JointCase.objects.visible_to(self.user)
        return {"open": rows.open(), "closed": rows.filter(state=JointCase.State.CLOSED), "all": rows.all()}


class Transfers(Kept):
    sought = "事项、情况"
    BY, ORDER = ("subject", "facts"), ("-offered_on", "-id")
    SHOWN = {
        "waiting": "待接收", "late": "逾期未答复", "hand": "办理中", "turned_away": "未接收、退回", "done": "已办结",
        "all": "全部",
    }  # fmt: skip

    class Meta:
        model = Transfer
        fields = []

    def meant(self):
        rows = Transfer.objects.visible_to(self.user)
        return {
            "waiting": rows.waiting(), "late": rows.late(self.on), "hand": rows.in_hand(),
            "turned_away": rows.turned_away(), "done": rows.filter(state=Transfer.State.DONE), "all": rows.all(),
        }  # fmt: skip


class Warnings(Kept):
    sought = "名称、情况"
    BY, ORDER = ("title", "text"), ("-sent_on", "-id")
    SHOWN = {"standing": "提示中", "lifted": "已解除", "all": "全部"}

    class Meta:
        model = SpreadWarning
        fields = []

    def meant(self):
        rows = SpreadWarning.objects.visible_to(self.user)
        lifted = rows.filter(state=SpreadWarning.State.LIFTED)
        return {"standing": rows.standing(), "lifted": lifted, "all": rows.all()}


def joint_cases_of(user, parameters):
    rows = JointCase.objects.visible_to(user).select_related("district")
    return JointCases(parameters, rows, user=user, on=today())


def transfers_of(user, parameters):
    rows = Transfer.objects.visible_to(user).select_related("district", "receiver")
    return Transfers(parameters, rows, user=user, on=today())


def warnings_of(user, parameters):
    rows = SpreadWarning.objects.visible_to(user).select_related("district").annotate(answered=Count("receipts"))
    return Warnings(parameters, rows, user=user, on=today())


def _members(row):
    return "、".join(str(place) for place in row.members)


_LEADS = Column("district", "牵头区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district))
_MEMBERS = Column("districts", "成员区市", Kind.LONG_TEXT, lambda row: row.districts, _members)
_JOINT = (
    Column("title", "名称", Kind.TEXT, lambda row: row.title),
    _LEADS,
    _MEMBERS,
    Column("reason", "事由", Kind.LONG_TEXT, lambda row: row.reason),
    Column("opened_on", "发起日期", Kind.DATE, lambda row: row.opened_on),
    Column("closed_on", "办结日期", Kind.DATE, lambda row: row.closed_on),
    Column("result", "办理结果", Kind.LONG_TEXT, lambda row: row.result),
    STATE,
)
_TRANSFER = (
    Column("subject", "事项", Kind.TEXT, lambda row: row.subject),
    Column("district", "移送区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    Column("receiver", "接收区市", Kind.TEXT, lambda row: row.receiver_id, lambda row: str(row.receiver)),
    Column("facts", "已掌握的情况", Kind.LONG_TEXT, lambda row: row.facts),
    Column("offered_on", "移送日期", Kind.DATE, lambda row: row.offered_on),
    Column("due_on", "答复期限", Kind.DATE, lambda row: row.due_on),
    Column("answered_on", "答复日期", Kind.DATE, lambda row: row.answered_on),
    Column("answer", "答复", Kind.LONG_TEXT, lambda row: row.answer),
    Column("result", "办理结果", Kind.LONG_TEXT, lambda row: row.result),
    STATE,
)
_WARNING = (
    Column("title", "名称", Kind.TEXT, lambda row: row.title),
    Column("district", "发出区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    Column("districts", "收到区市", Kind.LONG_TEXT, lambda row: row.districts, _members),
    Column("text", "情况和建议", Kind.LONG_TEXT, lambda row: row.text),
    Column("sent_on", "发出日期", Kind.DATE, lambda row: row.sent_on),
    Column("answered", "已回复", Kind.WHOLE, lambda row: row.answered),
    STATE,
)
JOINT_CASES = listing("campaigns:jointcases", "联合办案", joint_cases_of, _JOINT, "件")
TRANSFERS = listing("campaigns:transfers", "事项移送", transfers_of, _TRANSFER, "件")
WARNINGS = listing("campaigns:warnings", "风险提示", warnings_of, _WARNING, "条")


# ── Publicity ────────────────────────────────────────────────────────────────────────────────


class PublicityItems(Kept):
    sought = "标题、媒体"
    BY, ORDER = ("title", "medium", "text"), ("-published_on", "-id")
    SHOWN = {
        "all": "全部", "media": "媒体刊播", "spot": "现场和资料", "practice": "典型经验", "ideas": "职工建言献策",
        "withdrawn": "已撤销",
    }  # fmt: skip
    channel = django_filters.ChoiceFilter(label="渠道", empty_label="渠道：全部", choices=Publicity.Channel.choices)
    theme = django_filters.ChoiceFilter(label="主题", empty_label="主题：全部", choices=Publicity.Theme.choices)

    class Meta:
        model = Publicity
        fields = []

    def meant(self):
        rows = Publicity.objects.visible_to(self.user)
        themes = Publicity.Theme
        return {
            "all": rows.standing(), "media": rows.in_media(), "spot": rows.on_the_spot(),
            "practice": rows.about(themes.PRACTICE), "ideas": rows.about(themes.IDEAS), "withdrawn": rows.withdrawn(),
        }  # fmt: skip


def publicity_of(user, parameters):
    rows = Publicity.objects.visible_to(user).select_related("district", "organisation", "campaign")
    return PublicityItems(parameters, rows, user=user, on=today())


_PUBLICITY = (
    Column("title", "标题", Kind.LONG_TEXT, lambda row: row.title),
    Column("channel", "渠道", Kind.TEXT, lambda row: row.channel, lambda row: row.get_channel_display()),
    Column("theme", "主题", Kind.TEXT, lambda row: row.theme, lambda row: row.get_theme_display()),
    Column("medium", "媒体、账号或者地点", Kind.TEXT, lambda row: row.medium),
    DISTRICT,
    Column("organisation", "登记单位", Kind.TEXT, lambda row: row.organisation.name),
    Column("published_on", "发布日期", Kind.DATE, lambda row: row.published_on),
    Column("link", "链接", Kind.LONG_TEXT, lambda row: row.link),
    Column("reach", "覆盖人次", Kind.WHOLE, lambda row: row.reach),
    Column("text", "内容摘要", Kind.LONG_TEXT, lambda row: row.text),
    STATE,
)
PUBLICITY = listing("campaigns:publicity_list", "宣传信息", publicity_of, _PUBLICITY, "条")
