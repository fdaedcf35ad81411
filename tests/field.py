"""Phones that send visits over a bad line: `python -m tests.field` sends 2,000 visits of 20 phones to a live portal.

Each phone has its records in any order, each between one and five times, from several tabs at once; of every third
reply nothing arrives, although the portal has stored what it was sent. At the end every record is there once, as it
was sent last, and every phone holds a receipt with its SHA-256.
"""

import hashlib
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

CUT = 1 / 3  # of the replies
TIMES = (1, 5)
TABS = 2  # of each phone
WITH_A_CHANGE = 4  # every fourth record is written a second time before anything was received


@dataclass
class Phone:
    """One person's phone: a log-in, and what it still has to send."""

    address: str
    cookies: str
    token: str
    seed: int
    receipts: dict = field(default_factory=dict)  # id: {edition: SHA-256 as the portal told it}
    wrong: list = field(default_factory=list)

    def send(self, bodies):
        """Send each of `bodies` one to five times, dealt out to two tabs, and on until its receipt is here."""
        chance = random.Random(self.seed)
        dealt = [[] for _ in range(TABS)]
        for body in bodies:
            for _ in range(chance.randint(*TIMES)):
                chance.choice(dealt).append(body)
        tabs = [threading.Thread(target=self._tab, args=(own, self.seed * 10 + tab)) for tab, own in enumerate(dealt)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()

    def _tab(self, waiting, seed):
        chance = random.Random(seed)
        chance.shuffle(waiting)
        link = self._link()
        while waiting:
            body = waiting.pop()
            sent = json.loads(body)
            cut = chance.random() < CUT
            try:
                told = self._post(link, body, cut)
            except OSError:
                link, told = self._link(), None
            if told is None:
                if self.receipts.get(sent["id"], {}).get(sent["edition"]) is None:
                    waiting.insert(0, body)  # nothing came back: once more, later
                continue
            if told.get("sha256") != hashlib.sha256(body).hexdigest():
                self.wrong.append((sent["id"], told))
                continue
            self.receipts.setdefault(sent["id"], {})[sent["edition"]] = told["sha256"]
        link.close()

    def _link(self):
        return http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)

    def _post(self, link, body, cut):
        """The reply; None where it is lost on the way after the portal has stored what it was sent."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token, "Cookie": self.cookies}
        link.request("POST", "/field/records/", body, headers)
        answer = link.getresponse()
        content = answer.read()
        if answer.status >= 500:
            raise OSError(answer.status)
        return None if cut else json.loads(content)


def record(chance, enterprise, edition=1, id=None, base=None, **values):
    """One visit as a phone writes it, as bytes."""
    values = {
        "purpose": "wages", "visited_on": "2023-11-20", "visited_at": "09:30", "people_met": "厂长一名",
        "supervisors": "张三", "topics": "wages,hours", "notes": f"第{chance.randrange(10**9)}次记录。",
    } | values  # fmt: skip
    told = {
        "id": str(id or UUID(int=chance.getrandbits(128), version=4)), "kind": "visit", "edition": edition,
        "made_at": "2023-11-20T09:30:00+08:00", "enterprise": enterprise, "values": values, "base": base or {},
        "choices": {}, "pieces": [],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def written(chance, enterprises, number):
    """`number` records of one phone, some written twice: {id: its latest values}, and all that is to be sent."""
    latest, bodies = {}, []
    for index in range(number):
        first = record(chance, chance.choice(enterprises))
        told = json.loads(first)
        latest[told["id"]] = told["values"]
        bodies.append(first)
        if index % WITH_A_CHANGE == 0:
            more = record(
                chance,
                told["enterprise"],
                2,
                told["id"],
                told["values"],
                notes=told["values"]["notes"],
                findings="已更正",
            )
            latest[told["id"]] = json.loads(more)["values"]
            bodies.append(more)
    return latest, bodies


def storm(address, phones, enterprises, each, seed=39):
    """Let all phones send at once. `phones`: [(cookies, token)]. Returns ({id: values}, the phones, seconds)."""
    latest, senders = {}, []
    for number, (cookies, token) in enumerate(phones):
        mine, bodies = written(random.Random(seed * 1000 + number), enterprises, each)
        latest |= mine
        phone = Phone(address, cookies, token, seed * 1000 + number)
        senders.append((phone, threading.Thread(target=phone.send, args=(bodies,))))
    begun = time.monotonic()
    for _, sender in senders:
        sender.start()
    for _, sender in senders:
        sender.join()
    return latest, [phone for phone, _ in senders], time.monotonic() - begun


if __name__ == "__main__":
    import os
    import sys

    import pytest

    os.environ["FIELD_VISITS_EACH"] = "100"
    sys.exit(pytest.main(["-q", "-s", "tests/casework/test_field_storm.py"]))
