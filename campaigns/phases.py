"""The phases of 威人社函〔2023〕39号 二: what the campaign is about on a given day.

The notice speaks of 月初, 中旬 and 下旬; here 中旬 ends on the 20th and 下旬 begins on the 21st (common usage).
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Phase:
    name: str
    begins_on: date
    ends_on: date
    article: str

    def has_begun(self, on):
        return self.begins_on <= on

    def is_over(self, on):
        return self.ends_on < on

    def is_under_way(self, on):
        return self.has_begun(on) and not self.is_over(on)

    def days_left(self, on):
        return (self.ends_on - on).days


PHASES = (
    Phase("风险摸排", date(2023, 7, 1), date(2023, 7, 20), "威人社函〔2023〕39号 二（一）"),
    Phase("协商要约", date(2023, 7, 21), date(2023, 8, 20), "威人社函〔2023〕39号 二（二）"),
    Phase("指导服务", date(2023, 7, 21), date(2023, 12, 20), "威人社函〔2023〕39号 二（三）"),
)
# 12月15日前报送书面和电子材料 (三): the notice says 前, so the day itself is too late.
REPORT_BEFORE = date(2023, 12, 15)
