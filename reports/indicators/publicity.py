"""（四）示范引领情况, （五）区域协同与宣传: what was published and held, by channel and theme."""

from django.db.models import F

from accounts.roles import Can
from campaigns.models import Publicity
from campaigns.models.publicity import MEDIA

from .catalogue import Heading, Indicator, Unit, declare, happened, narrowed

_all = happened(Publicity, "published_on", state=Publicity.State.RECORDED)
_media = narrowed(_all, channel__in=MEDIA)
_RULE = "登记的宣传信息，每条计一次，已撤销的不计；按发布日期"


def _told(code, name, heading, rule, rows, *, unit=Unit.TIMES, **more):
    more = {"capability": Can.READ_CAMPAIGN} | more
    return Indicator(f"publicity.{code}", name, unit, heading, rule, rows, "published_on", **more)


declare(
    _told("media", "媒体宣传", Heading.EXAMPLES, f"报刊、广播电视、网站、微信公众号、新媒体；{_RULE}", _media),
    *(
        _told(channel.value, f"其中{channel.label}", Heading.EXAMPLES, _RULE, narrowed(_media, channel=channel),
              part_of="publicity.media")
        for channel in MEDIA
    ),
    _told("practice", "宣传典型经验", Heading.EXAMPLES, f"主题为典型经验的；{_RULE}",
          narrowed(_all, theme=Publicity.Theme.PRACTICE)),
    _told("items", "宣传引导", Heading.COOPERATION, f"各渠道合计；{_RULE}", _all),
    _told("spot", "其中现场活动、资料和屏幕", Heading.COOPERATION, _RULE,
          lambda campaign, on: _all(campaign, on).exclude(channel__in=MEDIA), part_of="publicity.items"),
    _told("ideas", "其中发动职工建言献策", Heading.COOPERATION, f"主题为职工建言献策的；{_RULE}",
          narrowed(_all, theme=Publicity.Theme.IDEAS), part_of="publicity.items"),
    _told("reach", "宣传覆盖人次", Heading.COOPERATION, "登记的覆盖人次之和，没有统计的不计；按发布日期", _all,
          unit=Unit.ATTENDANCES, sums=F("reach")),
)  # fmt: skip
