"""Background work of the register: taking a delivery in, and taking a large one back."""

import contextlib
import time

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.roles import Can
from casework.confined import NotTaken
from casework.jobs import work
from casework.today import today

from .deliveries import ingest, put_to_work
from .models import Delivery

WAIT_SECONDS = 1
REMEMBERED_SECONDS = 600


@work("delivery", "接收部门数据", needs=Can.DELIVER)
def store_delivery(job, progress):
    """Read, check and store the delivery that a job names."""
    delivery = Delivery.objects.select_related("corrects").get(pk=job.arguments["delivery"])
    if delivery.state != Delivery.State.RECEIVED:
        return {}
    if _register_is_on_its_way(delivery):
        # Files handed in together: enterprises must be known before what is said of them. The bell rings again.
        progress(0, 1, "等待企业登记信息先入库")
        time.sleep(WAIT_SECONDS)
        put_to_work(delivery, by=job.asked_by)
        return {"postponed": True}
    ingest.take_in(delivery, on=today(), at=timezone.now(), progress=progress)
    return ingest.report(delivery)


@work("undo-delivery", "撤销入库", needs=Can.DELIVER)
def undo_delivery(job, progress):
    """Take back what a large delivery stored."""
    delivery = Delivery.objects.get(pk=job.arguments["delivery"])
    progress(0, 1, "正在撤销入库")
    delivery.undo(by=job.asked_by, at=timezone.now())


def _register_is_on_its_way(delivery):
    waiting = Delivery.objects.filter(state=Delivery.State.RECEIVED, job__state__in=["waiting", "running"])
    expected = any(_kind(other) == "register" for other in waiting.exclude(pk=delivery.pk))
    return expected and _kind(delivery) != "register"


def _kind(delivery):
    """What a file looks like, as far as it shows at once. Each of many files handed in together asks it of the others,
    and to open one is a process: it is remembered while they wait.
    """
    if delivery.answers.get("kind"):
        return delivery.answers["kind"]
    with contextlib.suppress(RedisError):
        return cache.get_or_set(f"kind-of-delivery-{delivery.pk}", lambda: _recognised(delivery), REMEMBERED_SECONDS)
    return _recognised(delivery)


def _recognised(delivery):
    try:
        layout = ingest.recognise(delivery.file.path, name=delivery.name, answers=delivery.answers)
    except (NotTaken, OSError):
        return ""
    return layout.kind
