"""The eight districts and the organisations addressed by 威人社函〔2023〕39号, loaded by `manage.py load_reference`."""

from .models import District, Organisation

_KIND, _SCHEME, _SIDE = District.Kind, District.Scheme, Organisation.Side

# Codes 371071–371073 are statistical codes (统计用区划代码), not GB/T 2260. 南海新区 has no national code, and none is
# minted here: six digits of our own could collide with a code that is given out later.
# code, name, short name, kind, scheme, territory, other ways to write it
DISTRICTS = (
    ("371002", "环翠区", "环翠", _KIND.DISTRICT, _SCHEME.GBT2260, "371002", ["威海市环翠区"]),
    ("371003", "文登区", "文登", _KIND.DISTRICT, _SCHEME.GBT2260, "371003", ["威海市文登区", "文登市", "371081"]),
    ("371082", "荣成市", "荣成", _KIND.COUNTY_CITY, _SCHEME.GBT2260, "371082", ["威海市荣成市"]),
    ("371083", "乳山市", "乳山", _KIND.COUNTY_CITY, _SCHEME.GBT2260, "371083", ["威海市乳山市"]),
    ("371071", "威海火炬高技术产业开发区", "高区", _KIND.NATIONAL_ZONE, _SCHEME.NBS_STAT, "371000",
     ["火炬高技术产业开发区", "火炬高技术开发区", "高技术产业开发区", "高新区", "火炬高区", "威海高区", "高技术区",
      "高新技术产业开发区", "火炬高新技术产业开发区", "高新技术开发区"]),
    ("371072", "威海经济技术开发区", "经区", _KIND.NATIONAL_ZONE, _SCHEME.NBS_STAT, "371000",
     ["经济技术开发区", "经开区", "经济开发区", "经技区", "威海经区", "威海经开区"]),
    ("371073", "威海临港经济技术开发区", "临港区", _KIND.NATIONAL_ZONE, _SCHEME.NBS_STAT, "371000",
     ["临港经济技术开发区", "临港", "临港开发区", "临港经济开发区", "威海临港区"]),
    ("WHNH", "威海南海新区", "南海新区", _KIND.MUNICIPAL_NEW_AREA, _SCHEME.INTERNAL, "371003",
     ["南海", "文登南海新区", "威海市南海新区"]),
)  # fmt: skip

# The bodies differ: in the zones 科技创新局 stands for the HR bureau; in 南海新区 all three bear names of their own.
_GOVERNMENT = {_KIND.NATIONAL_ZONE: "科技创新局", _KIND.MUNICIPAL_NEW_AREA: "党群与人力资源部"}
_EMPLOYERS = {_KIND.MUNICIPAL_NEW_AREA: "投资促进中心"}
_CITY = (
    (_SIDE.GOVERNMENT, "威海市人力资源和社会保障局", "市人社局"),
    (_SIDE.WORKERS, "威海市总工会", "市总工会"),
    (_SIDE.EMPLOYERS, "威海市企业和企业家联合会", "市企联"),
    (_SIDE.EMPLOYERS, "威海市工商业联合会", "市工商联"),
)


def load():
    """Create or refresh districts and organisations; safe to repeat."""
    for rank, (code, name, short, kind, scheme, territory, aliases) in enumerate(DISTRICTS, start=1):
        row = {"name": name, "short_name": short, "kind": kind, "scheme": scheme, "territory": territory}
        district, _ = District.objects.update_or_create(code=code, defaults={**row, "aliases": aliases, "rank": rank})
        for side, body, short_body in _bodies_of(kind):
            _organisation(district, side, name + body, short + short_body)
    for side, name, short in _CITY:
        _organisation(None, side, name, short)


def _bodies_of(kind):
    government = _GOVERNMENT.get(kind, "人力资源和社会保障局")
    employers = _EMPLOYERS.get(kind, "工商业联合会")
    yield (
        _SIDE.GOVERNMENT,
        government,
        {"人力资源和社会保障局": "人社局", "科技创新局": "科创局"}.get(government, "党群人力部"),
    )
    yield _SIDE.WORKERS, "总工会", "总工会"
    yield _SIDE.EMPLOYERS, employers, {"工商业联合会": "工商联"}.get(employers, "投促中心")


def _organisation(district, side, name, short):
    Organisation.objects.update_or_create(name=name, defaults={"district": district, "side": side, "short_name": short})
