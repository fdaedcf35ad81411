"""A draft on which several people write: whose words are kept, and where two differ. Pure: plain values in and out.

A draft is a set of named values. Who saves says what stood when they began; only what they changed since is taken.
Where somebody else changed the same value meanwhile, neither is written over: both are told, and the person chooses.
"""

from dataclasses import dataclass, field

MINE, THEIRS = "mine", "theirs"


@dataclass
class Merge:
    changed: dict = field(default_factory=dict)  # name: value to write
    conflicts: dict = field(default_factory=dict)  # name: (mine, theirs), neither chosen yet
    settled: dict = field(default_factory=dict)  # name: (taken, left)


def merge(now, typed, base, choices=None):
    """What a save changes in a draft.

    now      {name: value} as it stands
    typed    {name: value} as the person sends it; names that the draft does not have are ignored
    base     {name: value} as it stood when the person began; a name that is missing there was as it is now
    choices  {name: MINE or THEIRS} for conflicts that the person was told of

    Returns a Merge. A value that two people changed to the same is no conflict.
    """
    choices, found = choices or {}, Merge()
    for name in typed.keys() & now.keys():
        mine, was, theirs = typed[name], base.get(name, now[name]), now[name]
        if mine in (was, theirs):
            continue
        if theirs == was:
            found.changed[name] = mine
        elif choices.get(name) == MINE:
            found.changed[name] = mine
            found.settled[name] = (mine, theirs)
        elif choices.get(name) == THEIRS:
            found.settled[name] = (theirs, mine)
        else:
            found.conflicts[name] = (mine, theirs)
    return found
