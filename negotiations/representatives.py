"""Whether the two sides are seated as the law says: pure checks over plain values."""

from collections import Counter
from dataclasses import dataclass
from math import ceil, floor

WORKERS, EMPLOYERS = "workers", "employers"
SIDES = {WORKERS: "职工方", EMPLOYERS: "企业方"}


@dataclass(frozen=True)
class Seat:
    """A representative, as far as the law asks; an adviser is none. `person` tells people of one name apart."""

    person: str
    side: str
    chief: bool = False
    front_line: bool = False  # 一线职工
    outsider: bool = False  # not of the enterprise
    union_officer: bool = False
    manager: bool = False  # manager or investor
    kin: bool = False  # close relative of a manager or investor
    legal_representative: bool = False
    mandate: bool = False  # delegated in writing


def faults(seats, *, seating, outsiders=None, places=None, mandates=None, of_many=False, has_union=True):
    """What is wrong with `seats`, as Chinese sentences with the article; empty when nothing is.

    Each of these is a rule of law.toml, or None where none speaks of it:
    seating    the least number, the share of the front line     places    who may not sit for whom
    outsiders  how many may come from outside the enterprise     mandates  who leads a side, who names the others
    `of_many`: an industry or area, whose union and employers' organisation send whom they choose; nobody is of *the*
    enterprise there. `has_union`: else the staff recommend their representatives, who choose their chief.
    """
    return [
        *_numbers(seats, seating),
        *_chiefs(seats, mandates, of_many, has_union),
        *_places(seats, places),
        *(() if of_many else _outside(seats, outsiders)),
    ]


def _numbers(seats, rule):
    numbers = Counter(seat.side for seat in seats)
    for side, label in SIDES.items():
        if numbers[side] < rule.least:
            yield f"{label}协商代表现有{numbers[side]}人，每方不得少于{rule.least}人（{rule.source}）。"
    if numbers[WORKERS] != numbers[EMPLOYERS]:
        yield (
            f"双方协商代表人数应当对等，现职工方{numbers[WORKERS]}人、企业方{numbers[EMPLOYERS]}人（{rule.source}）。"
        )
    if rule.front_line is not None and numbers[WORKERS]:
        least = ceil(rule.front_line * numbers[WORKERS])
        have = sum(seat.front_line for seat in seats if seat.side == WORKERS)
        if have < least:
            yield f"职工方一线职工代表现有{have}人，不得少于三分之一，即{least}人（{rule.source}）。"


def _chiefs(seats, rule, of_many, has_union):
    source = rule and f"（{rule.source}）"
    for side, label in SIDES.items():
        chiefs = [seat for seat in seats if seat.side == side and seat.chief]
        if len(chiefs) != 1:
            yield f"{label}首席代表应为1人，现为{len(chiefs)}人。"
        for chief in chiefs:
            if chief.outsider and not of_many:
                yield f"{chief.person}不是本企业人员，不能担任首席代表（《集体合同规定》第二十三条）。"
            if rule and side == EMPLOYERS and not (chief.legal_representative or chief.mandate):
                told = (
                    "应由企业代表组织派出或参加企业推选"
                    if of_many
                    else "不是法定代表人，担任企业方首席代表须有书面委托"
                )
                yield f"{chief.person}{told}{source}。"
            if rule and rule.union_chief and side == WORKERS and has_union and not chief.union_officer:
                told = "行业、区域工会主席" if of_many else "工会主席；主席不能担任的，由副主席或者主持工作的委员"
                yield f"职工方首席代表应由{told}担任，请核对{chief.person}的登记{source}。"
    if rule and rule.appointed:
        for seat in seats:
            if seat.side == EMPLOYERS and not seat.chief and not seat.mandate:
                told = "企业代表组织派出或参加企业推选" if of_many else "首席代表书面指派"
                yield f"企业方代表{seat.person}应由{told}，请核对{source}。"


def _places(seats, rule):
    source = f"（{rule.source}）" if rule else ""
    both = {seat.person for seat in seats if seat.side == WORKERS} & {s.person for s in seats if s.side == EMPLOYERS}
    for person in sorted(both):
        yield f"{person}不得同时担任双方的协商代表{source}。"
    for seat in seats if rule else ():
        if rule.union_officers and seat.side == EMPLOYERS and seat.union_officer:
            yield f"{seat.person}是工会负责人，不得担任企业方协商代表{source}。"
        if rule.relatives and seat.side == WORKERS and seat.manager:
            yield f"{seat.person}是企业经营管理人员或出资人，不得担任职工方协商代表{source}。"
        if rule.relatives and seat.side == WORKERS and seat.kin:
            yield f"{seat.person}是企业经营管理人员或出资人的近亲属，不得担任职工方协商代表{source}。"


def _outside(seats, rule):
    if rule is None:
        return
    for side, label in SIDES.items():
        of_side = [seat for seat in seats if seat.side == side]
        most = floor(rule.outsiders * len(of_side))
        have = sum(seat.outsider for seat in of_side)
        if have > most:
            yield f"{label}有{have}名代表不是本企业人员，最多{most}人，其余请登记为协商顾问（{rule.source}）。"
