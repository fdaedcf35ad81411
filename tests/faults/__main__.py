"""python -m tests.faults [--kills 20] [--seed 2023] [--enterprises 70000] [--home var/faults]"""

import argparse
import shutil
import sys
import time

from config.embedded import ROOT
from tests.faults import report, storm


def main():
    asked = argparse.ArgumentParser(prog="python -m tests.faults")
    asked.add_argument("--kills", type=int, default=20, help="of each part")
    asked.add_argument("--seed", type=int, default=2023)
    asked.add_argument("--enterprises", type=int, default=70_000)
    asked.add_argument("--home", default=ROOT / "var" / "faults", help="a folder that is emptied")
    asked = asked.parse_args()
    found = storm.run(
        asked.home, kills=asked.kills, seed=asked.seed, size=asked.enterprises, rows=asked.enterprises // 4, tell=_tell
    )
    report.write(found)
    print("\n".join(report.lines(found)))
    if not found["violations"]:  # else its logs are wanted
        shutil.rmtree(asked.home, ignore_errors=True)
    sys.exit(bool(found["violations"]))


def _tell(sentence):
    print(time.strftime("%H:%M:%S"), sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
