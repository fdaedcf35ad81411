"""（四）示范引领情况: candidates for national honours, published examples, pilots of reform."""

from django.db.models import Count, F, OuterRef, Subquery

from accounts.roles import Can
from campaigns.models import Exemplar, Pilot, PilotNote

from .catalogue import Heading, Indicator, Unit, declare, happened, narrowed


def _candidates(campaign, on):
    found = Exemplar.objects.candidates().filter(campaign=campaign, recommended_on__lte=on)
    return found.filter(honour=Exemplar.Honour.NATIONAL)


def _with_measures(campaign, on):
    """Pilots in which measures were taken, with how many as `told`."""
    notes = PilotNote.objects.filter(pilot=OuterRef("pk"), kind=PilotNote.Kind.MEASURE, on__lte=on)
    number = notes.order_by().values("pilot").annotate(number=Count("pk")).values("number")
    return Pilot.objects.filter(campaign=campaign).annotate(told=Subquery(number)).filter(told__gt=0)


_published = happened(Exemplar, "published_on", state=Exemplar.State.PUBLISHED)
_pilots = happened(Pilot, "approved_on")


def _told(code, name, rule, rows, day, unit=Unit.PIECES, **more):
    return Indicator(code, name, unit, Heading.EXAMPLES, rule, rows, day, capability=Can.READ_CAMPAIGN, **more)


declare(
    _told("example.candidates", "推荐全国和谐劳动关系创建先进",
          "区市推荐至市级、没有撤回也没有落选的；按区市推荐日期", _candidates, "recommended_on"),
    *(
        _told(f"example.candidates_{kind.value}", f"其中{kind.label}", f"推荐的{kind.label}；按区市推荐日期",
              narrowed(_candidates, kind=kind), "recommended_on", part_of="example.candidates")
        for kind in Exemplar.Kind
    ),
    _told("example.published", "公布典型", "公示期满公布、编入典型经验库的；按公布日期", _published, "published_on"),
    *(
        _told(f"example.published_{kind.value}", f"其中{kind.label}", f"公布的{kind.label}典型；按公布日期",
              narrowed(_published, kind=kind), "published_on", part_of="example.published")
        for kind in Exemplar.Kind
    ),
    _told("pilot.approved", "改革创新试点", "市级批准的试点，终止的不计；按批准日期",
          lambda campaign, on: _pilots(campaign, on).exclude(state=Pilot.State.STOPPED), "approved_on", Unit.ITEMS),
    _told("pilot.accepted", "其中已验收", "验收通过的试点；按验收日期",
          happened(Pilot, "accepted_on", state=Pilot.State.ACCEPTED), "accepted_on", Unit.ITEMS,
          part_of="pilot.approved"),
    _told("pilot.measures", "试点举措", "试点中推出的举措，一条记录计一项；按记录日期", _with_measures, "approved_on",
          Unit.ITEMS, sums=F("told")),
)  # fmt: skip
