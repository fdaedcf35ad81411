"""Bad files through the real doors: each verdict with its sentence, nothing kept of what is refused, within limits."""

import re
import resource
import threading
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from casework import confined
from casework.attachments import Attachment
from casework.models import Job
from enterprises import tasks  # noqa: F401 (says what a delivery's job does)
from enterprises.models import Delivery, Signal
from tests import bad_files, make

pytestmark = pytest.mark.django_db

MOST_BYTES = 300 * 2**20
CODE = make.uscc(8_000_000)
AT_THE_DOOR, UNREADABLE, USELESS = bad_files.deliveries(CODE)
ODD_DELIVERIES = bad_files.odd_deliveries(CODE)
named = {"ids": lambda file: file.name}


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ATTACHMENT_MAX_BYTES = 2 * 2**20


@pytest.fixture
def kept(tmp_path):
    """The files that stay."""
    return lambda: [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _within_limits(monkeypatch):
    """Each child stays under 300 MB (as the kernel counted) and under the seconds of a processor that it was given."""
    peaks, born = [], confined.Child.__init__

    def watched(self, *arguments, **limits):
        born(self, *arguments, **limits)
        threading.Thread(target=_watch, args=(self._process.pid, peaks), daemon=True).start()

    monkeypatch.setattr(confined.Child, "__init__", watched)
    before = _seconds_of_children()
    yield
    assert max(peaks, default=0) < MOST_BYTES
    assert _seconds_of_children() - before < confined.CPU_SECONDS + 2


def _watch(pid, peaks):
    """The greatest memory that a process ever had; asked until it has ended."""
    peak = 0
    try:
        while found := re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()):
            peak = int(found[1]) * 1024
            time.sleep(0.01)
    except OSError:
        pass
    peaks.append(peak)


def _seconds_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# ── Attachments ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def attach(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    address = reverse("casework:attachments", args=["enterprise", enterprise.pk])
    return lambda file: client.post(
        address, {"files": SimpleUploadedFile(file.name, file.bytes)}, headers={"HX-Request": "true"}
    )


@pytest.mark.parametrize("file", bad_files.ATTACHMENTS, **named)
def test_a_bad_attachment_is_refused_and_nothing_of_it_stays(attach, kept, file):
    answer = attach(file)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(file.why, text), text
    assert not Attachment.objects.exists()
    assert not kept()


@pytest.mark.parametrize("file", bad_files.ODD_ATTACHMENTS, **named)
def test_an_odd_attachment_is_taken(attach, kept, file):
    answer = attach(file)
    assert answer.status_code == 200, answer.content.decode()
    attachment, paths = Attachment.objects.get(), kept()
    assert len(paths) == 1 + attachment.is_photo  # a photo's small picture
    assert not file.without or not any(file.without in path.read_bytes() for path in paths)
    assert "\u202e" not in attachment.name
    assert len(attachment.name) <= 100


# ── Deliveries ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hand_in(client, steward):
    """What a steward sends, and what the worker makes of it."""
    make.enterprise(uscc=CODE)
    client.force_login(steward)

    def handed(file):
        upload = SimpleUploadedFile(file.name, file.bytes)
        answer = client.post(reverse("enterprises:receive"), {"files": upload}, headers={"HX-Request": "true"})
        for job in Job.objects.filter(state="waiting"):
            assert job.take(timezone.now())
            job.run()
            assert job.state == "done", job.message
        return answer

    return handed


@pytest.mark.parametrize("file", AT_THE_DOOR, **named)
def test_what_is_no_table_at_first_sight_is_turned_away_at_the_door(hand_in, kept, file):
    answer = hand_in(file)
    assert answer.status_code == 422
    assert re.search(file.why, answer.content.decode()), answer.content.decode()
    assert not Delivery.objects.exists()
    assert not kept()


@pytest.mark.parametrize("file", UNREADABLE, **named)
def test_of_a_file_that_cannot_be_read_only_the_fact_and_the_reason_stay(
    hand_in, kept, django_capture_on_commit_callbacks, file
):
    with django_capture_on_commit_callbacks(execute=True):
        hand_in(file)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.accepted) == ("refused", 0)
    assert re.search(file.why, delivery.message), delivery.message
    assert len(delivery.sha256) == 64
    assert not Signal.objects.exists()
    if not delivery.layout:  # else it was read, and a person may still say which column is which
        assert not delivery.file
        assert not kept()


@pytest.mark.parametrize("file", USELESS, **named)
def test_rows_without_worth_are_refused_with_the_reason_and_come_back(hand_in, file):
    hand_in(file)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.accepted, delivery.rejected) == ("refused", 0, file.rows), delivery.message
    assert file.why in delivery.message
    assert delivery.error_file
    assert not Signal.objects.exists()


@pytest.mark.parametrize("file", ODD_DELIVERIES, **named)
def test_an_odd_delivery_is_stored(hand_in, file):
    hand_in(file)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.accepted) == ("stored", 1), delivery.message
    assert "\u202e" not in delivery.name


# ── As many as promised ────────────────────────────────────────────────────────────────────────


def test_there_are_enough_of_them():
    assert len(bad_files.ATTACHMENTS) + len(AT_THE_DOOR) + len(UNREADABLE) + len(USELESS) >= 150
    assert len(bad_files.ODD_ATTACHMENTS) + len(ODD_DELIVERIES) >= 40
