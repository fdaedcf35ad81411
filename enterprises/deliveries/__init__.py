"""Deliveries: from the file that a department sends to rows of the register and monthly signals.

opened (bytes to cells, in a child process) -> layouts (what the columns mean) -> checks (cells to numbers, or a fault)
-> ingest (the database) -> errorfiles (what goes back to the department).
"""

import hashlib
from pathlib import PurePath
from uuid import uuid4

from django.core.files import File

from casework.intake import clean_name
from casework.jobs import Refused
from casework.models import Job


def receive(upload, *, by, at, department="", answers=None, corrects=None):
    """Keep a file (a Django File) as a delivery and put it on the list of work. Raises Refused for what is no table."""
    delivery = keep(upload, by=by, at=at, department=department, answers=answers, corrects=corrects)
    put_to_work(delivery, by=by)
    return delivery


def keep(upload, *, by, at, department="", answers=None, corrects=None):
    """Keep a file as a delivery that nobody works on yet. Raises Refused for what is no table at first sight."""
    from ..models import Delivery
    from . import door

    door.check(upload)
    name = clean_name(upload.name)
    seen = _Hashed(upload)
    delivery = Delivery(
        name=name,
        bytes=upload.size,
        department=department or (corrects.department if corrects else ""),
        answers=answers or {},
        corrects=corrects,
        by=by,
        received_at=at,
    )
    # A name of our own: what departments call their files is for people, not for the file system.
    delivery.file.save(f"{uuid4().hex}{PurePath(name).suffix.lower()[:8]}", seen, save=False)
    delivery.sha256 = seen.digest.hexdigest()
    delivery.save()
    return delivery


class _Hashed(File):
    """A file whose SHA-256 is known once it has been stored: its bytes are read only once."""

    def __init__(self, upload):
        super().__init__(upload, upload.name)
        self.digest = hashlib.sha256()

    def chunks(self, chunk_size=None):
        for block in self.file.chunks(2**20):
            self.digest.update(block)
            yield block


def put_to_work(delivery, *, by):
    """Ask for a delivery to be read, checked and stored in the background; once for each time it was left."""
    key = f"delivery-{delivery.pk}-after-{delivery.job_id or 0}"
    delivery.job = Job.objects.ask("delivery", key=key, by=by, delivery=delivery.pk)
    delivery.save(update_fields=["job"])


def answer(delivery, answers, *, by, at, remember):
    """A person's word on what a file means: the file is read again under it. Returns the delivery that now holds it."""
    from . import ingest

    _leave_to_the_worker(delivery)
    if remember:
        ingest.remember(delivery, answers, by)
    if delivery.is_stored:
        undo(delivery, by=by, at=at)
    return _again(delivery, by=by, at=at, answers=ingest.merged(delivery.answers, answers))


def recheck(delivery, *, by, at):
    """Read the same file again.

    after a failure, or because the register has grown. Returns the delivery that now holds it.
    """
    _leave_to_the_worker(delivery)
    return _again(delivery, by=by, at=at, answers=delivery.answers)


def undo(delivery, *, by, at):
    """Take back what a delivery stored.

    Signals leave force; register values go back to what they were, unless changed since.
    """
    from django.db import transaction

    from .. import signals
    from ..models import Delivery
    from . import ingest, register

    with transaction.atomic():
        feed = signals.feed_of(delivery.kind)
        ingest.lock(feed or ingest.REGISTER_LOCK)
        undone = Delivery.objects.in_force().filter(pk=delivery.pk)
        if not undone.update(state=Delivery.State.UNDONE, undone_at=at, undone_by=by):
            raise Refused("这份数据不在已入库状态，不能撤销。")
        delivery.refresh_from_db()
        if feed is None:
            kept = register.restore(delivery)
            delivery.message = "已撤销，登记信息恢复原值"
            if kept:
                delivery.message += f"；其中{kept}户之后又有变动或已有其他数据，保持现状"
            delivery.message += "。"
        else:
            signals.let_go(delivery)
            delivery.message = "已撤销，相应月份的数据恢复为此前的内容。"
        delivery.save(update_fields=["message"])


def _again(delivery, *, by, at, answers):
    """Put the same file to work.

    under the same delivery while it has stored nothing, else under a new one that corrects it.
    """
    from ..models import Delivery

    if not delivery.file:
        raise Refused("文件未能读取，没有保留；请改正后重新交来。")
    if delivery.stored_at:
        delivery = Delivery.objects.create(
            name=delivery.name, file=delivery.file.name, sha256=delivery.sha256, bytes=delivery.bytes,
            department=delivery.department, answers=answers, corrects=delivery, by=by, received_at=at,
        )  # fmt: skip
    else:
        delivery.state, delivery.answers, delivery.question = Delivery.State.RECEIVED, answers, {}
        delivery.save(update_fields=["state", "answers", "question"])
    put_to_work(delivery, by=by)
    return delivery


def _leave_to_the_worker(delivery):
    if delivery.at_work:
        raise Refused("这份文件正在处理，请等处理结束，或先取消。")
