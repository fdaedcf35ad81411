"""Messages to clients: what they tell whom, how they are signed, tried again and given up, and where they never go."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from casework import outgoing, wall, webhooks
from casework.models import Job
from casework.webhooks import ATTEMPTS, PAUSES, Message, Subscription
from risks import announcements
from risks.models import Level
from tests import make

pytestmark = pytest.mark.django_db


class Receiver(http.server.BaseHTTPRequestHandler):
    """Another office's server: keeps what it gets, and answers as it is told."""

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), content))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()
        self.wfile.write("谢谢".encode())

    def log_message(self, *_):
        pass


@contextmanager
def a_receiver(*answers):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], list(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _this_machine_may_be_told(settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]


def subscribe(holder, by, server=None, events=("levels.changed", "levels.decided"), **fields):
    url = f"http://127.0.0.1:{server.server_port}/hook?from=portal" if server else "http://127.0.0.1:9/"
    made = Subscription(
        name="测试接收方", holder=holder, url=url, events=list(events), made_by=by, made_at=timezone.now(), **fields
    )
    made.secret = made.new_secret()
    made.save()
    return made


@pytest.fixture
def moved():
    """A run in which an enterprise of each district rose from yellow to red, and one stayed."""
    run = make.run(previous=make.run())
    for district in ("371002", "371082"):
        make.score(make.enterprise(district=district), run, previous_level=Level.YELLOW, previous_score=40.0)
        make.score(make.enterprise(district=district), run, previous_level=Level.RED, previous_score=78.0)
    return run


# ── What is told whom ────────────────────────────────────────────────────────────────────────


def test_a_finished_run_is_told_within_the_district_and_without_figures(moved, huancui_union, security_administrator):
    with a_receiver() as server:
        subscribe(huancui_union, security_administrator, server)
        announcements.run_finished(moved)
        make.work_off("announce")
        make.work_off("message")
        ((path, headers, content),) = server.got
    told = json.loads(content)
    assert (path, told["type"]) == ("/hook?from=portal", "levels.changed")
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert (told["data"]["risen"], told["data"]["fallen"], told["data"]["complete"]) == (1, 0, True)
    (change,) = told["data"]["changes"]
    assert (change["district"], change["level"], change["previous_level"]) == ("371002", "red", "yellow")
    assert not {"score", "points", "features", "reasons", "coverage"} & set(change)
    assert "78" not in json.dumps(told["data"]["changes"][0]["level"])
    assert Message.objects.get().state == "done"


def test_a_decided_level_is_told_to_those_who_see_the_enterprise(
    huancui_union, rongcheng_union, city_office, security_administrator
):
    for holder in (huancui_union, rongcheng_union, city_office):
        subscribe(holder, security_administrator)
    make.decision(level=Level.ORANGE)
    make.work_off("announce")
    holders = {message.subscription.holder for message in Message.objects.all()}
    assert holders == {huancui_union, city_office}
    assert json.loads(Message.objects.first().content)["data"]["level"] == "orange"


def test_whom_nothing_concerns_is_told_nothing(security_administrator, huancui_officer, auditor, administrator):
    quiet = make.run()
    make.score(make.enterprise(), quiet, level=Level.BLUE, previous_level=None)
    subscribe(huancui_officer, security_administrator)
    announcements.run_finished(quiet)
    make.work_off("announce")
    assert not Message.objects.exists()


def test_who_has_lost_the_right_or_the_account_is_told_nothing(
    moved, security_administrator, auditor, huancui_officer, administrator
):
    subscribe(auditor, security_administrator)
    subscribe(huancui_officer, security_administrator)
    huancui_officer.disable(by=administrator)
    webhooks.make_messages("levels.changed", "x", {"run": moved.pk}, timezone.now())
    assert not Message.objects.exists()


def test_without_a_subscriber_no_work_is_asked_for(moved):
    announcements.run_finished(moved)
    assert not Job.objects.exists()


def test_an_event_is_told_once(moved, huancui_officer, security_administrator):
    subscribe(huancui_officer, security_administrator)
    for _ in range(2):
        announcements.run_finished(moved)
        webhooks.make_messages("levels.changed", f"run-{moved.pk}", {"run": moved.pk}, timezone.now())
    make.work_off("announce")
    assert Message.objects.count() == 1


def test_a_message_is_fenced_by_the_reach_of_its_subscriber(
    moved, huancui_officer, city_office, security_administrator
):
    for holder in (huancui_officer, city_office):
        subscribe(holder, security_administrator)
    webhooks.make_messages("levels.changed", "x", {"run": moved.pk}, timezone.now())
    for reach, number in (("371002", 1), ("371082", 0), ("*", 2)):
        with wall.within(reach):
            assert Message.objects.count() == number


# ── Signed ───────────────────────────────────────────────────────────────────────────────────


def test_the_receiver_knows_by_the_signature_that_a_message_is_ours(moved, huancui_officer, security_administrator):
    with a_receiver() as server:
        subscription = subscribe(huancui_officer, security_administrator, server)
        webhooks.make_messages("levels.changed", "x", {"run": moved.pk}, timezone.now())
        make.work_off("message")
        ((_, headers, content),) = server.got
    named = {name.lower(): value for name, value in headers.items()}
    key = base64.b64decode(subscription.secret.removeprefix("whsec_"))
    signed = f"{named['webhook-id']}.{named['webhook-timestamp']}.".encode() + content
    mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert named["webhook-signature"] == f"v1,{mac}"
    assert abs(int(named["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert subscription.secret not in str(Subscription.objects.values())


# ── Tried again, and given up ────────────────────────────────────────────────────────────────


def test_what_is_not_taken_is_tried_five_times_with_growing_pauses_and_then_shown(
    client, moved, huancui_officer, security_administrator
):
    with a_receiver(500, 503, 404, 302, 500, 200) as server:
        subscribe(huancui_officer, security_administrator, server)
        webhooks.make_messages("levels.changed", "x", {"run": moved.pk}, timezone.now())
        make.work_off("message")
        for pause in PAUSES:
            message = Message.objects.get()
            assert message.state == "waiting"
            assert abs(message.next_at - message.tried_at - pause) < timedelta(seconds=1)
            webhooks.send_due(timezone.now())
            make.work_off("message")
            assert Message.objects.get().attempts == message.attempts  # it is not due yet
            Message.objects.update(next_at=timezone.now() - timedelta(seconds=1))
            webhooks.send_due(timezone.now())
            webhooks.send_due(timezone.now())
            make.work_off("message")
        message = Message.objects.get()
        assert (message.state, message.attempts, message.outcome) == ("failed", ATTEMPTS, "对方答复 500")
        assert {path for path, _, _ in server.got} == {"/hook?from=portal"}  # no redirect was followed
        ids = {headers["webhook-id"] for _, headers, _ in server.got}
        assert ids == {str(message.pk)}

        client.force_login(security_administrator)
        page = client.get("/clients/messages/").text
        assert "对方答复 500" in page
        assert "levels.changed" not in message.content or message.content not in page
        client.post(f"/clients/messages/{message.pk}/again/")
        make.work_off("message")
    assert Message.objects.get().state == "done"
    assert client.get("/clients/messages/?state=failed").text.count("<tr>") == 0


def test_nobody_there_is_an_attempt_that_failed(moved, huancui_officer, security_administrator):
    subscribe(huancui_officer, security_administrator)
    webhooks.make_messages("levels.changed", "x", {"run": moved.pk}, timezone.now())
    make.work_off("message")
    assert Message.objects.get().outcome.startswith("没有连通")
    assert Job.objects.get(kind="message").state == "done"


def test_what_is_ended_is_told_nothing_more(client, moved, huancui_officer, security_administrator):
    subscription = subscribe(huancui_officer, security_administrator)
    webhooks.make_messages("levels.changed", "x", {"run": moved.pk}, timezone.now())
    client.force_login(security_administrator)
    client.post(f"/clients/subscriptions/{subscription.pk}/end/")
    make.work_off("message")
    assert (Message.objects.get().state, Message.objects.get().attempts) == ("failed", 0)
    webhooks.make_messages("levels.changed", "y", {"run": moved.pk}, timezone.now())
    assert Message.objects.count() == 1


# ── Where it never goes ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://127.0.0.1/", "https://localhost/",
        "https://10.1.2.3/", "https://192.168.0.1:8443/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
        "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/", "https://2130706433/", "https://user:secret@example.com/",
        "https://", "https://a:b:c/", "https://224.0.0.1/", "https://127.1/", "https://[fd00::1]/",
    ],
)  # fmt: skip
def test_the_portal_posts_nowhere_inside_and_nowhere_unencrypted(settings, url):
    settings.WEBHOOK_HOSTS = []
    assert outgoing.why_not(url)
    with pytest.raises((outgoing.Forbidden, outgoing.NoAnswer)):
        outgoing.post(url, b"{}", {})


def test_the_address_that_was_judged_is_the_one_connected_to(settings, monkeypatch):
    """A name that means a public machine when it is judged, and the portal's own a moment later, leads nowhere."""
    settings.WEBHOOK_HOSTS = []
    answers, connected = ["93.184.216.34", "127.0.0.1"], []

    def look_up(host, port, **_):
        return [(2, 1, 6, "", (answers.pop(0), port))]

    def connect(address, *_args):
        connected.append(address)
        raise OSError

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(outgoing.socket, "create_connection", connect)
    with pytest.raises(outgoing.NoAnswer):
        outgoing.post("https://rebinding.example/", b"{}", {})
    assert connected == [("93.184.216.34", 443)]


def test_the_page_refuses_an_address_inside(client, settings, security_administrator, huancui_officer):
    client.force_login(security_administrator)
    asked = {"name": "甲", "holder": huancui_officer.pk, "events": ["levels.changed"]}
    settings.WEBHOOK_HOSTS = []
    page = client.post("/clients/subscriptions/new/", asked | {"url": "https://127.0.0.1/hook"})
    assert (page.status_code, "内部网络" in page.text) == (422, True)
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    page = client.post("/clients/subscriptions/new/", asked | {"url": "https://127.0.0.1/hook"})
    assert page.status_code == 200
    assert page.context["text"].startswith("whsec_")
    assert page.context["text"] not in client.get("/clients/").text


def test_who_may_not_read_levels_is_not_subscribed_to_them(client, security_administrator, auditor):
    client.force_login(security_administrator)
    asked = {"name": "甲", "holder": auditor.pk, "events": ["levels.changed"], "url": "https://127.0.0.1/"}
    page = client.post("/clients/subscriptions/new/", asked)
    assert page.status_code == 422
    assert "不能查看" in page.text
