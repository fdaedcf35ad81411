"""The rows of the register's page, written directly: fifty of them by a template cost more than all the rest.

The text of each cell is escaped here, by Python's own escape: Django's first asks every value whether it is lazy, which
for the six hundred cells of a page takes as long as its queries.
"""

from html import escape

from django.urls import reverse
from django.utils.safestring import mark_safe

from .filters import ADDITIONS
from .models import Enterprise

_ROW = (
    '<tr><th scope="row" class="of-name"><a class="name" href="{href}">{name}</a><div class="code">{code}</div></th>'
    "{district}{added}"
    '<td data-label="行业" class="plain">{industry}</td>'
    '<td data-label="规模" class="nowrap plain">{size}</td>'
    '<td data-label="从业人数" class="num">{heads}</td>'
    '<td data-label="成立" class="nowrap">{founded_on}</td>'
    '<td data-label="工会" class="nowrap">{union}</td>'
    '<td data-label="状态" class="nowrap plain">{status}</td></tr>'
)
_DISTRICT = '<td data-label="区市" class="nowrap plain">{}</td>'
_SIZE, _STATUS, _PLATFORM = (
    dict(Enterprise.Size.choices),
    dict(Enterprise.Status.choices),
    dict(Enterprise.Platform.choices),
)
_UNION = {True: "已建", False: "未建", None: "不详"}


def written(enterprises, *, with_district):
    """HTML of the table's body. with_district: for those who see more than one."""
    href = reverse("enterprises:detail", args=[0])
    rows = (_ROW.format_map(_cells(enterprise, href, with_district)) for enterprise in enterprises)
    return mark_safe("\n".join(rows))  # noqa: S308


def _cells(enterprise, href, with_district):
    platform = f" · 平台：{_PLATFORM[enterprise.platform]}" if enterprise.platform else ""
    return {
        "href": href.replace("/0/", f"/{enterprise.pk}/"),
        "name": escape(enterprise.name),
        "code": escape(enterprise.uscc + platform),
        "district": _DISTRICT.format(escape(str(enterprise.district))) if with_district else "",
        "added": "".join(addition.cell(enterprise) for addition in ADDITIONS),  # HTML already
        "industry": escape(enterprise.industry_name or enterprise.trade),
        "size": _SIZE.get(enterprise.size, "—"),
        "heads": "—" if enterprise.heads is None else f"{enterprise.heads:,}",
        "founded_on": enterprise.founded_on or "—",
        "union": _UNION[enterprise.has_union],
        "status": _STATUS[enterprise.status],
    }
