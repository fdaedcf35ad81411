"""Days that people enter: what is entered as done has been done."""

from casework.lifecycle import MoveRefused


def happened(day, on):
    """`day`, or MoveRefused where it is still to come."""
    if day is not None and day > on:
        raise MoveRefused(f"{day:%Y年%m月%d日}还没有到，请填写实际日期。")
    return day
