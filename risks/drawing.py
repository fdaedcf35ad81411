"""Drawing lots: whom to visit beside the riskiest, and who goes there. Pure: plain values in and out.

双随机 (国办发〔2015〕58号): enterprises of the random share and inspectors are drawn, and anybody can draw again
and get the same. A lot is SHA-256 of the seed and of what it is drawn for, so that a drawing needs no generator whose
workings change between versions, depends on no order of rows, and can be checked with any tool that computes a hash.
"""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Candidate(NamedTuple):
    """An enterprise that may be visited. The greater `rank`, the sooner: equal ranks are a tie."""

    key: int
    rank: tuple


@dataclass(frozen=True)
class Drawing:
    """Whom to visit: keys by risk in order of rank, then those drawn at random.

    tied     keys of the candidates that share the rank of the last one taken by risk, if not all of them were taken;
             which of them were taken was decided by lot
    cut_off  the rank of the last one taken by risk, None where nobody was
    """

    by_risk: tuple
    by_lot: tuple
    tied: frozenset
    cut_off: tuple | None

    @property
    def keys(self):
        return self.by_risk + self.by_lot

    @property
    def tied_in(self):
        return tuple(key for key in self.by_risk if key in self.tied)

    @property
    def tied_out(self):
        """Ties that were not taken by risk; a lot of the random share may still have taken them."""
        return self.tied - set(self.by_risk)


def lot(seed: str, *of: Hashable) -> str:
    """The lot of something under a seed: 64 hexadecimal digits, the smallest wins.

    sha256("<seed>:<part>:<part>…") of the seed and the parts in decimal or as they are written.
    """
    return hashlib.sha256(":".join([seed, *(str(part) for part in of)]).encode()).hexdigest()


def share_of(size: int, percent: int) -> int:
    """How many of `size` visits are drawn at random: `percent` of them, half up."""
    return (2 * size * percent + 100) // 200


def draw(candidates: Sequence[Candidate], size: int, percent: int, seed: str) -> Drawing:
    """Choose `size` of the candidates: the greatest ranks, and `percent` of the places by lot among all the others.

    candidates  in any order, each key once
    size        visits; more than there are candidates takes them all
    percent     0 … 100, the share drawn at random; rounded half up to whole visits
    seed        any text; the same seed and candidates give the same drawing

    Raises ValueError for a size below 0, a percentage beyond 0 … 100, or a key that comes twice.
    """
    if size < 0 or not 0 <= percent <= 100:
        raise ValueError("size must not be negative and percent must be from 0 to 100")
    if len({candidate.key for candidate in candidates}) != len(candidates):
        raise ValueError("a candidate comes twice")
    size = min(size, len(candidates))
    taken = size - share_of(size, percent)
    ordered = sorted(candidates, key=lambda candidate: lot(seed, "tie", candidate.key))
    ordered.sort(key=lambda candidate: candidate.rank, reverse=True)  # stable: the lot decides between equal ranks
    by_risk, others = ordered[:taken], ordered[taken:]
    others.sort(key=lambda candidate: lot(seed, "share", candidate.key))
    return Drawing(
        by_risk=tuple(candidate.key for candidate in by_risk),
        by_lot=tuple(candidate.key for candidate in others[: size - taken]),
        tied=_tied(by_risk, others),
        cut_off=by_risk[-1].rank if by_risk else None,
    )


def _tied(by_risk, others):
    if not by_risk:
        return frozenset()
    rank = by_risk[-1].rank
    left_out = {candidate.key for candidate in others if candidate.rank == rank}
    if not left_out:
        return frozenset()
    return frozenset(left_out | {candidate.key for candidate in by_risk if candidate.rank == rank})


def assign(visits: Sequence[int], inspectors: Sequence[int], each: int, seed: str) -> dict:
    """Draw `each` inspectors for every visit: {visit: (inspector, …)}.

    Nobody goes more than once oftener than another. The order of the two sequences does not matter.
    Raises ValueError where there are fewer inspectors than go on one visit, or `each` is below 1.
    """
    people = set(inspectors)
    if each < 1 or len(people) < each:
        raise ValueError("fewer inspectors than go on one visit")
    load, sent = dict.fromkeys(people, 0), {}
    for visit in sorted(set(visits), key=lambda visit: lot(seed, "visit", visit)):
        turn = sorted(people, key=lambda person: (load[person], lot(seed, "inspector", visit, person)))
        sent[visit] = tuple(turn[:each])
        for person in sent[visit]:
            load[person] += 1
    return sent
