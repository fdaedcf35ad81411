"""Where a consultation stands, and who moves it how: its lifecycle as one table."""

from django.db import models

from accounts.roles import Role
from casework.lifecycle import STAYS, Lifecycle

from .. import representatives

_OFFICER, _SUPERVISOR = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR
_UNION, _EMPLOYER = Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER
_AUTHORITY = (_OFFICER, _SUPERVISOR)
# 总工会 is the main writer; the government side may write too (facts of the tripartite mechanism: 劳动合同法 第五条).
_WRITERS = (_UNION, _OFFICER, _SUPERVISOR)
SOON_DAYS = 3


class Side(models.TextChoices):
    WORKERS = representatives.WORKERS, "职工方"
    EMPLOYERS = representatives.EMPLOYERS, "企业方"


class State(models.TextChoices):
    DRAFT = "draft", "拟定中"
    SENT = "sent", "已发出"
    RECEIVED = "received", "待答复"
    AGREED = "agreed", "同意协商"
    REFUSED = "refused", "拒绝协商"
    TALKING = "talking", "协商中"
    SUSPENDED = "suspended", "中止协商"
    COORDINATED = "coordinated", "协调处理中"
    SETTLED = "settled", "草案待表决"
    PASSED = "passed", "草案已通过"
    SIGNED = "signed", "已签订"
    WITHDRAWN = "withdrawn", "已撤回"
    CLOSED = "closed", "未签订终结"


_S = State
BEFORE_THE_TABLE = (_S.DRAFT, _S.SENT, _S.RECEIVED, _S.AGREED, _S.TALKING)
WRITTEN_ABOUT = (_S.RECEIVED, _S.REFUSED, _S.AGREED, _S.TALKING)
UNDER_WAY = (_S.AGREED, _S.TALKING, _S.SUSPENDED, _S.COORDINATED, _S.SETTLED, _S.PASSED)
_AT_THE_TABLE = (*BEFORE_THE_TABLE, _S.SETTLED)
AFTER_THE_LETTER = (_S.RECEIVED, _S.REFUSED, *UNDER_WAY, _S.CLOSED)  # an answer may come when all else is over

CONSULTATION = Lifecycle(
    State,
    # move          label              from                                to              by         needs
    # the way itself first, so that its next step is the first button; then what is done beside it
    ("draft",       "拟定要约",         (None,),                            _S.DRAFT,       _WRITERS,
     ("kind", "firm_class", "topics", "is_placed")),
    ("send",        "发出要约",         (_S.DRAFT,),                        _S.SENT,        _WRITERS,
     ("number", "sent_on", "meet_on", "place", "reasons", "topics", "has_firms")),
    ("receive",     "登记签收",         (_S.SENT,),                         _S.RECEIVED,    (*_WRITERS, _EMPLOYER),
     ("received_on", "received_by")),
    ("agree",       "登记同意协商",     (_S.RECEIVED, _S.REFUSED),          _S.AGREED,      _WRITERS,
     ("replied_on", "meet_on")),
    ("refuse",      "登记拒绝协商",     (_S.RECEIVED,),                     _S.REFUSED,     _WRITERS,
     ("replied_on", "reply_reason")),
    ("resume",      "恢复协商",         (_S.SUSPENDED,),                    _S.TALKING,     _WRITERS),
    ("go_on",       "协调后恢复协商",   (_S.COORDINATED,),                  _S.TALKING,     _AUTHORITY),
    ("meet",        "登记协商会议",     (_S.AGREED, _S.TALKING),            _S.TALKING,     _WRITERS, ("is_seated",)),
    ("settle",      "形成合同草案",     (_S.TALKING,),                      _S.SETTLED,     _WRITERS,
     ("has_clauses", "is_agreed_on", "is_seated")),
    ("pass_draft",  "登记表决通过",     (_S.SETTLED,),                      _S.PASSED,      _WRITERS, ("is_passed",)),
    ("pass_by_firms", "各企业均已通过", (_S.SETTLED,),                      _S.PASSED,      _WRITERS,
     ("covers_many", "is_passed_by_firms")),
    ("turn_down",   "登记表决未通过",   (_S.SETTLED,),                      _S.TALKING,     _WRITERS,
     ("is_turned_down",)),
    ("sign",        "登记签订",         (_S.PASSED,),                       _S.SIGNED,      _WRITERS, ("signed_on",)),
    ("edit",        "修改要约",         (_S.DRAFT,),                        STAYS,          _WRITERS, ("topics",)),
    ("seat",        "登记协商代表",     BEFORE_THE_TABLE,                   STAYS,          _WRITERS),
    ("endorse",     "登记代表人选表决", BEFORE_THE_TABLE,                   STAYS,          _WRITERS, ("is_endorsed",)),
    ("unseat",      "登记代表离任",     BEFORE_THE_TABLE,                   STAYS,          _WRITERS),
    ("announce",    "登记代表公布",     BEFORE_THE_TABLE,                   STAYS,          _WRITERS,
     ("seats_published_on",)),
    ("enlist",      "登记参加企业",     BEFORE_THE_TABLE,                   STAYS,          _WRITERS, ("covers_many",)),
    ("release",     "登记企业退出",     _AT_THE_TABLE,                      STAYS,          _WRITERS, ("covers_many",)),
    ("vote_in_firm", "登记企业表决",    (_S.SETTLED,),                      STAYS,          _WRITERS, ("covers_many",)),
    ("write_clauses", "填写条款",       BEFORE_THE_TABLE,                   STAYS,          _WRITERS),
    ("inform",      "登记资料提供",     (_S.AGREED, _S.TALKING),            STAYS,          _WRITERS),
    ("tell_union",  "登记报告上级工会", (_S.AGREED, _S.TALKING),            STAYS,          _WRITERS,
     ("told_union_on",)),
    ("sign_minutes", "登记会议记录签字", (_S.TALKING, _S.SUSPENDED, _S.COORDINATED, _S.SETTLED, _S.PASSED),
     STAYS,          _WRITERS),
    ("confirm",     "确认会员答复",     (_S.AGREED, _S.REFUSED),            STAYS,          (_EMPLOYER,),
     ("confirmed_by",)),
    ("urge",        "督促",             (_S.RECEIVED, _S.REFUSED),          STAYS,          _WRITERS),
    ("opine",       "发出意见书",       WRITTEN_ABOUT,                      STAYS,          (_UNION,)),
    ("propose",     "提出建议书",       WRITTEN_ABOUT,                      STAYS,          (_UNION,)),
    ("deliver",     "登记文书签收",     AFTER_THE_LETTER,                   STAYS,          (_UNION,)),
    ("note_answer", "登记意见书答复",   AFTER_THE_LETTER,                   STAYS,          (_UNION,)),
    ("answer",      "答复建议书",       AFTER_THE_LETTER,                   STAYS,          _AUTHORITY),
    ("order",       "责令限期改正",     (_S.RECEIVED, _S.REFUSED),          STAYS,          _AUTHORITY),
    ("discredit",   "记入诚信档案",     (_S.RECEIVED, _S.REFUSED),          STAYS,          _AUTHORITY),
    ("suspend",     "中止协商",         (_S.AGREED, _S.TALKING),            _S.SUSPENDED,   _WRITERS),
    ("coordinate",  "提请协调处理",     (_S.REFUSED, _S.TALKING),           _S.COORDINATED, _WRITERS,
     ("coordinated_on",)),
    ("prolong",     "批准延长协调期限", (_S.COORDINATED,),                  STAYS,          (_SUPERVISOR,)),
    ("withdraw",    "撤回要约",         (_S.DRAFT, _S.SENT, _S.RECEIVED),   _S.WITHDRAWN,   _WRITERS),
    ("close",       "终结协商",         (_S.REFUSED, _S.TALKING, _S.SUSPENDED, _S.COORDINATED), _S.CLOSED, _WRITERS),
    asks={
        "is_placed": "请选择企业；行业性、区域性协商请填写行业或区域。",
        "covers_many": "只有行业性、区域性协商才登记参加企业和各企业的表决。",
        "has_firms": "行业性、区域性协商请先登记参加企业，至少两户。",
        "is_endorsed": "按登记的票数，人选没有通过；请核对票数，或重新提名后再表决。",
        "is_passed_by_firms": "还有参加企业没有表决通过，请逐户登记表决，没有通过的登记企业退出。",
        "topics": "请至少选择或填写一项协商议题。",
        "is_seated": "双方协商代表还不符合规定，请先补齐或更正。",
        "has_clauses": "还没有协商条款，请先在条款表中填写。",
        "is_agreed_on": "还有条款没有商定，请逐条商定后再形成草案。",
        "is_passed": "按登记的票数，草案没有通过；请核对票数，或登记表决未通过。",
        "is_turned_down": "按登记的票数，草案已经通过，请登记表决通过。",
    },
)  # fmt: skip
