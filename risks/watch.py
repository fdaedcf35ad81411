"""How long an enterprise stays on the watch list after it paid the wages that it owed.

The law of Shandong says nothing of it. The period is that after which 江苏 and 广东 end the special supervision of a
firm that owed wages: full payment, and months without new arrears. A dated setting; pure, plain values in and out.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Release:
    """After full payment `months` months without arrears."""

    months: int
    source: str
    begins: date
    ends: date | None = None


RELEASES = (Release(6, "参照《江苏省工资支付条例》第四十条、《广东省工资支付条例》第四十一条", date(2023, 7, 1)),)


def release(on):
    """The rule in force on the day; the first one for days before it, so that what was paid then counts, too."""
    return next((rule for rule in reversed(RELEASES) if rule.begins <= on), RELEASES[0])


def clean_since(on):
    """Who paid on this day or before and owed nothing since is released by the day `on`."""
    then = _months_later(on, -release(on).months)
    # A shorter month ends the watch over what was paid on the last days of a longer one.
    return then.replace(day=_days_of(then.year, then.month)) if on.day == _days_of(on.year, on.month) else then


def released_on(paid_on):
    """The day on which the watch over what was paid on `paid_on` ends."""
    return _months_later(paid_on, release(paid_on).months)


def clean_months(paid_on, on):
    """Whole months that have gone by since the payment."""
    months = (on.year - paid_on.year) * 12 + on.month - paid_on.month
    return max(0, months - (on < _months_later(paid_on, months)))


def sentence(paid_on, owes_more, *, on):
    """How the watch over arrears stands, in words; "" when it has ended.

    paid_on    the day of full payment, None while wages are owed
    owes_more  whether the enterprise owes other wages
    """
    rule = release(on)
    if paid_on is None:
        return f"在监测名单：付清并连续 {rule.months} 个月未再拖欠后移出（{rule.source}）。"
    if owes_more:
        return f"在监测名单：另有拖欠尚未付清，付清后重新计算 {rule.months} 个月（{rule.source}）。"
    if on >= released_on(paid_on):
        return ""
    return (
        f"在监测名单：付清后已满 {clean_months(paid_on, on)} 个月，连续 {rule.months} 个月未再拖欠的，"
        f"{released_on(paid_on):%Y-%m-%d}移出（{rule.source}）。"
    )


def _months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _days_of(year, month + 1)))


def _days_of(year, month):
    return monthrange(year, month)[1]
