"""A small share of `make faults`, with the tests: each part is killed once."""

import shutil
from collections import Counter

from tests.faults import storm
from tests.settings import HOME, SLOT


def test_whatever_dies_in_the_midst_of_work_all_that_was_accepted_is_done_once():
    home = HOME / f"faults-{SLOT}"
    found = storm.run(home, kills=1, seed=2023, size=400, rows=1_000, brisk=True)
    assert not found["violations"]
    assert Counter(kill["target"] for kill in found["kills"]) == dict.fromkeys(storm.TARGETS, 1)
    assert found["accepted"].keys() >= {"delivery", "score", "export"}
    shutil.rmtree(home)
