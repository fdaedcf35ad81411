"""What a parser led astray might try: programs for a child (casework.confined)."""

import os
import tempfile
import time

from casework import confined


def attempt(what):
    if what == "eat memory":
        confined.say(eaten=len(bytearray(400 * 2**20)))
    if what == "never end":
        while True:
            pass
    if what == "look around":
        confined.say(seen=sorted(os.environ))
    if what == "write a file":
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 100_000)
        confined.say(written=True)
    if what == "fail":
        raise ZeroDivisionError
    if what == "send too much":
        print(f'{{"bytes": {2**40}}}', flush=True)
    if what == "wait":
        confined.say(here=os.getpid())
        time.sleep(600)


if __name__ == "__main__":
    confined.run(attempt)
