"""（三）指导服务情况: early interventions where a mass lay-off, a stoppage or a claim for wages threatens."""

from django.db.models import F

from accounts.roles import Can
from risks.models import MajorRisk
from risks.models.majors import MajorState

from .catalogue import Heading, Indicator, Rate, Unit, declare, happened, narrowed

_G = Heading.GUIDANCE
_MAJORS = Can.HANDLE_MAJORS


def _flagged(campaign, on):
    return happened(MajorRisk, "flagged_on")(campaign, on).exclude(state=MajorState.DISMISSED)


_settled = happened(MajorRisk, "ended_on", state=MajorState.SETTLED)

declare(
    Indicator("early.interventions", "早期介入", Unit.CASES, _G, "标记的重大风险，已排除的不计；按标记日期",
              _flagged, "flagged_on", capability=_MAJORS),
    *(
        Indicator(f"early.{kind.value}", f"其中{kind.label}", Unit.CASES, _G, f"可能引发{kind.label}的；按标记日期",
                  narrowed(_flagged, kind=kind), "flagged_on", capability=_MAJORS, part_of="early.interventions")
        for kind in MajorRisk.Kind
    ),
    Indicator("early.people", "早期介入涉及职工", Unit.PEOPLE, _G, "重大风险涉及人数之和，人数不详的不计；按标记日期",
              _flagged, "flagged_on", sums=F("people"), capability=_MAJORS),
    Indicator("early.settled", "其中已化解", Unit.CASES, _G, "已化解办结的重大风险；按办结日期",
              _settled, "ended_on", capability=_MAJORS, part_of="early.interventions"),
    Rate("early.settled_rate", "早期介入化解率", _G, "已化解占早期介入", "early.settled", "early.interventions"),
)  # fmt: skip
