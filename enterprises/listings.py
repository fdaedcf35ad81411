"""The register as page, file and API: which rows and columns a person gets."""

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today

from .filters import ADDITIONS, RegisterFilter
from .models import Enterprise


def register_of(user, parameters):
    """The filter over the enterprises that `user` may see, without those merged into another."""
    rows = Enterprise.objects.current().visible_to(user).select_related("district").order_by("id")
    for addition in ADDITIONS:
        rows = addition.annotate(rows)
    return RegisterFilter(parameters, rows, user=user, on=today())


def columns(user):
    added = tuple(column for addition in ADDITIONS for column in addition.columns)
    return _FACTS + added + (_FIGURES if user.may(Can.READ_FIGURES) else ())


_FACTS = (
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda row: row.uscc),
    Column("name", "企业名称", Kind.LONG_TEXT, lambda row: row.name),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: row.district.name),
    Column("industry", "行业代码", Kind.TEXT, lambda row: row.industry),
    Column("industry_name", "行业", Kind.TEXT, lambda row: row.industry_name or row.trade),
    Column("size", "规模", Kind.TEXT, lambda row: row.size, lambda row: row.get_size_display()),
    Column("heads", "从业人数", Kind.WHOLE, lambda row: row.heads),
    Column("founded_on", "成立日期", Kind.DATE, lambda row: row.founded_on),
    Column("status", "经营状态", Kind.TEXT, lambda row: row.status, lambda row: row.get_status_display()),
    Column("has_union", "已建工会", Kind.YES_NO, lambda row: row.has_union),
    Column("platform", "平台类型", Kind.TEXT, lambda row: row.platform, lambda row: row.get_platform_display()),
    Column("legal_representative", "法定代表人", Kind.TEXT, lambda row: row.legal_representative),
    Column("contact", "联系人", Kind.TEXT, lambda row: row.contact),
    Column("phone", "联系电话", Kind.TEXT, lambda row: row.phone),
    Column("address", "地址", Kind.LONG_TEXT, lambda row: row.address),
)
_FIGURES = (
    Column("revenue", "营业收入（元）", Kind.MONEY, lambda row: row.revenue),
    Column("assets", "资产总额（元）", Kind.MONEY, lambda row: row.assets),
)

REGISTER = register(
    Listing(
        page="enterprises:list",
        title="企业名录",
        capability=Can.READ_REGISTER,
        filtered=register_of,
        columns=columns,
    )
)
