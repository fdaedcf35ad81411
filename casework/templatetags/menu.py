"""The menus on every page: where a person may go, written directly, with addresses that are resolved once."""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from accounts.roles import Can

register = template.Library()
_HERE = mark_safe(' class="active" aria-current="page"')

# section of the page, words, address, what one must be allowed; None: everybody
MAIN = (
    ("desk", "工作台", "reports:home", None),
    ("enterprises", "企业", "enterprises:list", Can.READ_REGISTER),
    ("risks", "风险排查", "risks:list", Can.READ_LEVELS),
    ("negotiations", "协商要约", "negotiations:list", Can.READ_CONSULTATIONS),
    ("guidance", "指导服务", "guidance:home", Can.READ_GUIDANCE),
    ("campaigns", "行动组织", "campaigns:home", Can.READ_CAMPAIGN),
    ("reports", "报告", "reports:list", Can.READ_REPORTS),
    ("deliveries", "数据", "enterprises:deliveries", Can.DELIVER),
    ("audit", "审计", "casework:changes", Can.READ_AUDIT),
    ("people", "人员", "accounts:people", Can.SEE_USERS),
)
OWN = (
    ("", "待我办理", "casework:waiting", Can.READ_LEDGER),
    ("", "导出文件", "casework:exports", Can.EXPORT),
    ("", "后台任务", "casework:jobs", None),
    ("", "岗位与权限", "accounts:roles", None),
    ("", "安全设置", "accounts:security", Can.GUARD_LOGINS),
    ("", "接口客户端", "casework:clients", Can.MANAGE_CLIENTS),
    ("", "我的登录", "accounts:my-logins", None),
    ("", "第二重验证", "mfa_index", None),
    ("", "修改密码", "account_change_password", None),
)


@register.simple_tag
def main_menu(user, section=""):
    return _links(_open_to(user, MAIN), section or None)


@register.simple_tag
def own_menu(user):
    return _links(_open_to(user, OWN), None)


def _open_to(user, entries):
    return tuple(entry for entry in entries if entry[3] is None or user.may(entry[3]))


@lru_cache(maxsize=128)  # the roles' menus, each with each section
def _links(entries, section):
    return format_html_join(
        "\n", '<a href="{}"{}>{}</a>',
        ((reverse(name), _HERE if section == of else "", words) for of, words, name, _ in entries),
    )  # fmt: skip
