"""The trail of changes and the access log as lists: page, file and API."""

from django.utils import timezone

from accounts.roles import Can

from . import wording
from .audit_filters import AccessFilter, ChangeFilter
from .listings import Column, Kind, Listing, register
from .trail import AccessRecord, Change


def changes(user, parameters):
    return ChangeFilter(parameters, _rows(Change, user))


def accesses(user, parameters):
    return AccessFilter(parameters, _rows(AccessRecord, user))


def _rows(model, user):
    return model.objects.visible_to(user).select_related("by__organisation", "district").order_by("-id")


def _moment(row):
    return f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"


_HEAD = (
    Column("number", "编号", Kind.WHOLE, lambda row: row.pk),
    Column("at", "时间", Kind.TEXT, lambda row: row.at, _moment),
    Column("by", "人员", Kind.TEXT, lambda row: row.by_id, lambda row: str(row.by) if row.by else ""),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district or "")),
    Column("model", "记录种类", Kind.TEXT, lambda row: row.model, lambda row: wording.kind_of(row.model)),
    Column("record", "记录编号", Kind.TEXT, lambda row: row.record),
)
_TAIL = (
    Column("place", "页面或任务", Kind.LONG_TEXT, lambda row: row.place),
    Column("request", "请求编号", Kind.CODE, lambda row: row.request),
    Column("login", "数据库登录名", Kind.TEXT, lambda row: row.login),
    Column("hash", "校验值", Kind.LONG_TEXT, lambda row: bytes(row.hash).hex()),
)


def _of_change(user):
    known = {}
    return (
        *_HEAD,
        Column("deed", "操作", Kind.TEXT, lambda row: row.deed, lambda row: row.get_deed_display()),
        Column("before", "原值", Kind.LONG_TEXT, lambda row: wording.values(row, "before", user), lambda row: ""),
        Column(
            "after",
            "内容",
            Kind.LONG_TEXT,
            lambda row: wording.values(row, "after", user),
            lambda row: wording.sentence(row, user, known),
        ),
        *_TAIL,
    )


def _of_access(user):
    return (
        *_HEAD,
        Column("kind", "事项", Kind.TEXT, lambda row: row.kind, lambda row: row.get_kind_display()),
        Column("rows", "行数", Kind.WHOLE, lambda row: row.rows),
        Column("note", "说明", Kind.LONG_TEXT, lambda row: row.note),
        Column("address", "网络地址", Kind.TEXT, lambda row: row.address),
        *_TAIL,
    )


CHANGES = register(Listing("casework:changes", "数据变更记录", Can.READ_AUDIT, changes, _of_change, unit="条"))
ACCESSES = register(Listing("casework:accesses", "访问记录", Can.READ_AUDIT, accesses, _of_access, unit="条"))
