"""What a policy asks of an enterprise: each condition is a sentence and narrows the register."""

from django.db.models import Q

from casework.deadlines import months_after
from enterprises import industries, standing
from enterprises.models import Enterprise

LEVELS = standing.LEVELS
SIZES = dict(Enterprise.Size.choices)
TRADES = dict(industries.SECTION_CHOICES)


def sentences(policy):
    """The conditions as one reads them; one sentence where there is none."""
    return [told for told, _ in _conditions(policy, None)] or ["本市正常经营的企业均可享受"]


def narrow(policy, enterprises, on):
    for _, asked in _conditions(policy, on):
        enterprises = enterprises.filter(asked)
    return standing.of_levels(enterprises, policy.levels) if policy.levels else enterprises


def _conditions(policy, on):
    """(sentence, Q) of each condition that the policy sets; `on` None where only the sentences are wanted."""
    if policy.trades:
        yield f"行业为{_or(TRADES, policy.trades)}", _any(industry__startswith=policy.trades)
    if policy.sizes:
        yield f"规模为{_or(SIZES, policy.sizes)}", Q(size__in=policy.sizes)
    if policy.heads_least is not None:
        yield f"从业人数不少于{policy.heads_least:,}人", Q(heads__gte=policy.heads_least)
    if policy.heads_most is not None:
        yield f"从业人数不多于{policy.heads_most:,}人", Q(heads__lte=policy.heads_most)
    if policy.founded_months is not None:
        since = on and months_after(on, -policy.founded_months)
        yield f"成立未满{policy.founded_months}个月", Q(founded_on__gt=since, founded_on__lte=on) if on else Q()
    if policy.levels:
        yield f"风险等级为{'、'.join(policy.levels)}", Q()  # whoever knows levels narrows (enterprises.standing)
    if policy.has_union is not None:
        yield "已建工会" if policy.has_union else "未建工会", Q(has_union=policy.has_union)
    if policy.platform:
        yield "平台企业", ~Q(platform="")


def _or(names, chosen):
    return "、".join(names.get(each, each) for each in chosen)


def _any(**asked):
    ((field, values),) = asked.items()
    found = Q()
    for value in values:
        found |= Q(**{field: value})
    return found
