"""Publicity of a demonstration, by the verbs used in earnest. All invented; the links lead nowhere."""

from datetime import date

from accounts.models import District, User
from accounts.roles import Role

from .models import Publicity

_OFFICER, _UNION, _EMPLOYERS = Role.DISTRICT_OFFICER, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER
# Day, who, channel, theme, medium, title, reach; {} is the district.
_ITEMS = (
    (date(2023, 7, 6), _OFFICER, "account", "policy", "{}人社公众号", "专项行动开始了，这些事项请企业对照自查", 3600),
    (date(2023, 7, 18), _OFFICER, "leaflet", "policy", "各镇街便民服务中心", "《劳动用工风险自查手册》", 1200),
    (date(2023, 8, 3), _UNION, "event", "ideas", "职工服务中心", "“我为企业用工献一策”职工座谈会", 65),
    (date(2023, 8, 16), _EMPLOYERS, "web", "progress", "{}企业家之家网站", "会员企业集中回应协商要约", 480),
    (date(2023, 9, 7), _OFFICER, "broadcast", "progress", "{}电视台民生栏目", "走进企业的“劳动体检”", None),
    (date(2023, 9, 21), _UNION, "video", "practice", "{}工会视频号", "技能津贴谈下来了：一次集体协商的全过程", 15200),
    (date(2023, 10, 19), _UNION, "event", "ideas", "海洋食品产业园", "班组长建言会：排班和休息怎样更合理", 42),
    (date(2023, 10, 26), _OFFICER, "press", "practice", "威海日报", "订单少了，岗位没少：一家企业的稳岗办法", 30000),
    (date(2023, 11, 9), _OFFICER, "screen", "policy", "车站、广场电子屏", "新办企业用工指南", 52000),
    (date(2023, 11, 16), _EMPLOYERS, "account", "practice", "{}工商联公众号", "把工资支付日写进制度", 2100),
)  # fmt: skip


def events():
    for number, (on, _, _, _, _, title, _) in enumerate(_ITEMS):
        yield on, f"宣传：{title}", lambda on, number=number: _publish(on, number)


def _publish(on, number):
    """By every district but one or two, which differ from item to item."""
    _, role, channel, theme, medium, title, reach = _ITEMS[number]
    for district in District.objects.filter(active=True):
        by = User.objects.filter(organisation__district=district, role=role, is_active=True).first()
        if by is None or (district.rank + number) % 4 == 0:
            continue
        if Publicity.objects.filter(district=district, published_on=on, title=title).exists():
            continue
        link = f"https://example.invalid/{district.pk}/{on:%m%d}" if channel in ("account", "web", "video") else ""
        Publicity(district=district).record(
            by=by, on=on, title=title, channel=channel, theme=theme, medium=medium.format(district), link=link,
            published_on=on, reach=reach and reach + 35 * district.rank * (number + 1), text="",
        )  # fmt: skip
