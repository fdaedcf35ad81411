"""Whether a draft is passed: pure arithmetic over whole numbers of people, by the rules of law.toml.

The share is taken of ALL who are entitled, not of those present. 半数以上 is reached by half itself, 过半数 is not
(民法典 第一千二百五十九条): of 40 a general contract needs 20 votes, a wage contract 21.
"""

from dataclasses import dataclass
from math import ceil, floor


class ImpossibleVote(ValueError):
    """Numbers that no meeting can have had. The message says in Chinese which and what to do."""


@dataclass(frozen=True)
class Count:
    """Heads counted: all representatives or staff (应到), those present, votes in favour, against, abstentions."""

    entitled: int
    present: int
    in_favour: int
    against: int = 0
    abstained: int = 0

    def __post_init__(self):
        if min(self.entitled, self.present, self.in_favour, self.against, self.abstained) < 0:
            raise ImpossibleVote("人数不能为负数，请核对。")
        if not self.entitled:
            raise ImpossibleVote("全体职工代表（职工）人数应大于0，请核对。")
        if self.present > self.entitled:
            raise ImpossibleVote(f"出席{self.present}人，多于全体{self.entitled}人，请核对。")
        if self.in_favour + self.against + self.abstained > self.present:
            cast = self.in_favour + self.against + self.abstained
            raise ImpossibleVote(f"赞成、反对、弃权合计{cast}人，多于出席的{self.present}人，请核对。")


@dataclass(frozen=True)
class Outcome:
    passed: bool
    sentence: str  # how it was reached, in Chinese, with the article


def needed(rule, entitled):
    """(least present or None, least votes in favour) for `entitled` people under a rule of the table `vote`."""
    present = ceil(rule.quorum * entitled) if rule.quorum is not None else None
    half = rule.share * entitled
    return present, ceil(half) if rule.exactly else floor(half) + 1


def outcome(rule, count):
    """Whether `count` passes under `rule`, and the sentence that a record shows."""
    present, votes = needed(rule, count.entitled)
    attended = present is None or count.present >= present
    enough = count.in_favour >= votes
    sentence = "".join((
        f"全体{count.entitled}人，出席{count.present}人",
        "" if present is None else f"（须{present}人以上，{'已达到' if attended else '未达到，会议无效'}）",
        f"，赞成{count.in_favour}人（须{votes}人以上，{'已达到' if enough else '未达到'}）",
        f"，{rule.matter}{'获得通过' if attended and enough else '未获通过'}。依据：{rule.source}。",
    ))  # fmt: skip
    return Outcome(attended and enough, sentence)
