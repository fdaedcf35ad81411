"""The campaign of 威人社函〔2023〕39号 and its phases, loaded by `manage.py load_reference`.

The notice speaks of 月初, 中旬 and 下旬; here 中旬 ends on the 20th and 下旬 begins on the 21st (common usage). The
fourth measure, 示范引领, has no dates in the notice and is no phase.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from .models import Campaign

NUMBER = "威人社函〔2023〕39号"
CAMPAIGN = {
    "title": "劳动用工“查风险 强协商 保支付 促和谐”专项行动",
    "starts_on": date(2023, 7, 1),
    "ends_on": date(2023, 12, 31),
    # 12月15日前报送书面和电子材料 (三): the notice says 前, so the day itself is too late.
    "report_due_at": datetime(2023, 12, 15, tzinfo=ZoneInfo("Asia/Shanghai")),
    # 指导服务 runs on after the report is due, so that the figures of the report end the day before.
    "cut_off_on": date(2023, 12, 14),
}
# name, begins, ends, article
PHASES = (
    ("风险摸排", date(2023, 7, 1), date(2023, 7, 20), "二（一）"),
    ("协商要约", date(2023, 7, 21), date(2023, 8, 20), "二（二）"),
    ("指导服务", date(2023, 7, 21), date(2023, 12, 20), "二（三）"),
)


def load():
    """Create what is missing; what the city office has changed since stays as it is. Safe to repeat."""
    nothing_current = not Campaign.objects.filter(current=True).exists()
    campaign, is_new = Campaign.objects.get_or_create(
        document_number=NUMBER, defaults=CAMPAIGN | {"current": nothing_current}
    )
    if is_new:
        for name, begins, ends, article in PHASES:
            campaign.phases.create(name=name, begins_on=begins, ends_on=ends, article=f"{NUMBER} {article}")
