"""From what size on a lay-off or unpaid wages are a major risk, by rules with their article and their time.

威人社函〔2023〕39号 二（三） asks for early intervention where 大规模裁员、集体停工、集体讨薪 may come, and names no
number. For lay-offs the line of 劳动合同法 §41 is taken; for unpaid wages the ten workers from whom on the criminal law
and the districts' practice speak of a group. A stoppage has no number: people flag it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Threshold:
    kind: str  # risks.models.MajorRisk.Kind
    what: str  # "people", or "share" of all staff in percent
    least: int
    said: str  # what is counted, in words
    source: str
    begins: date
    ends: date | None = None

    def is_in_force(self, on):
        return self.begins <= on and (self.ends is None or on <= self.ends)

    def sentence(self, people, staff):
        """How the rule is met, or None."""
        if self.what == "people":
            return f"{self.said}{people}人，达到{self.least}人（{self.source}）" if people >= self.least else None
        if not staff or people * 100 < staff * self.least:
            return None
        share = (Decimal(100 * people) / staff).quantize(Decimal("0.1"))
        return f"{self.said}{people}人，占职工总数{staff}人的{share}%，达到{self.least}%（{self.source}）"


# Ten percent of a firm of eight is one who leaves. No rule says how few are no lay-off: of signs in the figures, fewer
# than these are passed over.
FEW = 5
_LAYOFF = "《劳动合同法》第四十一条第一款"
THRESHOLDS = (
    Threshold("layoff", "people", 20, "拟裁减", _LAYOFF, date(2008, 1, 1)),
    Threshold("layoff", "share", 10, "拟裁减", _LAYOFF, date(2008, 1, 1)),
    Threshold("wages", "people", 10, "被拖欠工资", "法释〔2013〕3号第三条", date(2013, 1, 23)),
)


def met(kind, people, *, staff=None, on):
    """Sentences, one for each rule in force on the day that `people` (of `staff`) of a risk of `kind` meet."""
    if not people:
        return []
    rules = [rule for rule in THRESHOLDS if rule.kind == kind and rule.is_in_force(on)]
    return [sentence for rule in rules if (sentence := rule.sentence(people, staff))]


def least_people(kind, *, on):
    """From how many people on a risk of `kind` is major, whatever the staff; None where no rule says."""
    return _least(kind, "people", on)


def least_share(kind, *, on):
    """From what percentage of all staff on a risk of `kind` is major; None where no rule says."""
    return _least(kind, "share", on)


def _least(kind, what, on):
    found = [rule.least for rule in THRESHOLDS if rule.kind == kind and rule.what == what and rule.is_in_force(on)]
    return min(found, default=None)
