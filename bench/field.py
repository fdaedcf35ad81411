"""How soon a slow phone can write: the field app opened cold, without a network, on a throttled processor."""

import sys
import tempfile
import time
from datetime import date
from statistics import median

from bench import scratch, web

SLOWER = 6  # times: a desk's core as a phone of the lower middle
PHONE = {"width": 390, "height": 844}


def measure(rounds=5):
    """{"field": {"list_ms", "form_ms"}}: milliseconds from the address to the list, and to a form that takes letters.

    Each round starts the browser anew on what it kept, with no network; the taps are part of the time. Medians.
    """
    with scratch.database("bench_field") as url:
        print("外勤：造数……", file=sys.stderr)
        cookie = _someone_with_a_list()
        with web._server(url) as port, tempfile.TemporaryDirectory() as profile:
            address = f"http://127.0.0.1:{port}"
            with _phone(profile) as (context, page):
                context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": address}])
                page.goto(f"{address}/field/")
                page.locator("#places .row").first.wait_for()
                page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            found = [_opened(profile, address) for _ in range(rounds)]
    return {"field": {name: round(median(each[place] for each in found)) for place, name in enumerate(_NAMES)}}


_NAMES = ("list_ms", "form_ms")


def _opened(profile, address):
    with _phone(profile) as (context, page):
        context.set_offline(True)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        begun = time.monotonic()
        page.goto(f"{address}/field/", wait_until="commit")
        page.locator("#places .row").first.wait_for()
        listed = time.monotonic()
        page.locator("#places .row").first.click()
        page.locator("#begin-kinds .row", has_text="指导走访").click()
        page.locator('form[data-kind="visit"] [name="people_met"]').fill("厂长一名")
        return 1000 * (listed - begun), 1000 * (time.monotonic() - begun)


class _phone:
    """A browser with a profile of its own, started anew."""

    def __init__(self, profile):
        self.profile = profile

    def __enter__(self):
        from playwright.sync_api import sync_playwright

        from tests.services import chromium

        self.playwright = sync_playwright().start()
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=chromium(), args=["--no-sandbox"], viewport=PHONE, locale="zh-CN"
        )
        return self.context, self.context.new_page()

    def __exit__(self, *_error):
        self.context.close()
        self.playwright.stop()


def _someone_with_a_list():
    """(name, value) of the cookie of a coordinator with thirty return visits before them."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import Organisation, User
    from accounts.roles import Role
    from casework.today import today
    from enterprises.models import Enterprise
    from guidance.models import GuidanceVisit

    union = Organisation.objects.get(district="371002", side=Organisation.Side.WORKERS)
    person = User(username="bench-field", name="压测", role=Role.UNION_COORDINATOR, organisation=union)
    person.set_password("bench-field-2023-X")
    person.must_change_password = False
    person.save()
    on = today()
    for number in range(30):
        firm = Enterprise.objects.create(
            uscc=f"91371099MA{number:07d}X", name=f"威海虚构{number}号水产有限公司", district_id="371002",
            founded_on=date(2015, 1, 1), address="环翠区海埠路 18 号",
        )  # fmt: skip
        GuidanceVisit.begun(firm).record(
            by=person, on=on, purpose="wages", visited_on=on, people_met="厂长", supervisors="压测", follow_up_on=on
        )
    client = Client()
    client.force_login(person)
    return settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value
