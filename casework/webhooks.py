"""Messages to clients: what happened is posted to the address that a client gave, signed, and tried again for a while.

A kind of event is registered by the app in which it happens, which then announces it inside the verb:

    LEVELS = webhooks.register("levels.changed", "企业风险等级变化", needs=Can.READ_LEVELS, told=told)
    webhooks.announce("levels.changed", key=f"run-{run.pk}", run=run.pk)

`told(person, **arguments)` gives the message for a subscriber, who is asked for within their own district and rights;
None when it does not concern them. No message holds figures: who wants them asks the API with a token of their own.

Signed as Standard Webhooks lays down: webhook-id, webhook-timestamp and webhook-signature, HMAC-SHA-256 of the three.
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.roles import Can

from . import outgoing, wall
from .audit import audited
from .jobs import Refused, work

EVENTS = {}
# How long after a first, second, … attempt that failed the next one follows.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
ATTEMPTS = len(PAUSES) + 1


@dataclass(frozen=True)
class Event:
    name: str
    label: str
    needs: Can
    told: Callable


def register(name, label, *, needs, told):
    EVENTS[name] = Event(name, label, needs, told)
    return EVENTS[name]


def announce(name, *, key, **arguments):
    """Tell those who subscribed, once the verb's transaction is committed. The same key twice is the same event."""
    from .models import Job

    if name in EVENTS and Subscription.objects.in_force().filter(events__contains=[name]).exists():
        Job.objects.ask("announce", key=f"announce:{name}:{key}", by=None, event=name, about=arguments)


class SubscriptionQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(ended_at=None, holder__is_active=True)


@audited(hidden=("sealed_secret",), district="holder__organisation__district")
class Subscription(models.Model):
    """Which events are posted where, for whose eyes."""

    name = models.CharField("用途", max_length=60)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="subscriptions",
        verbose_name="账号",
        help_text="只推送这个账号按岗位、区市可以知道的内容。",
    )
    url = models.URLField("推送到", max_length=300)
    events = ArrayField(models.CharField(max_length=40), verbose_name="事件")
    sealed_secret = models.TextField(editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="设置人")
    made_at = models.DateTimeField("设置时间")
    ended_at = models.DateTimeField("停止时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = "消息推送"

    def __str__(self):
        return self.name

    @property
    def labels(self):
        return [EVENTS[name].label for name in self.events if name in EVENTS]

    def new_secret(self):
        """A secret by which the receiver knows our messages; it is shown now and sealed for good."""
        raw = secrets.token_bytes(32)
        self.sealed_secret = _cipher().encrypt(raw).decode()
        return f"whsec_{base64.b64encode(raw).decode()}"

    def sign(self, message_id, moment, content):
        """The header by which the receiver knows that the message is ours, whole and new."""
        signed = f"{message_id}.{moment}.".encode() + content
        secret = _cipher().decrypt(self.sealed_secret.encode())
        return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()

    def end(self, *, by, at):
        Subscription.objects.filter(pk=self.pk, ended_at=None).update(ended_at=at, ended_by=by)
        self.messages.filter(state=Message.State.WAITING).update(state=Message.State.FAILED, outcome="已停止推送。")


class Message(models.Model):
    """One event for one subscriber: what is posted, and how that went. Its fence is `reach`."""

    class State(models.TextChoices):
        WAITING = "waiting", "待推送"
        DONE = "done", "已送达"
        FAILED = "failed", "未送达"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="messages")
    event = models.CharField("事件", max_length=40)
    key = models.CharField(max_length=120)
    reach = models.CharField(max_length=6)
    content = models.TextField()
    made_at = models.DateTimeField("发生时间")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次推送", null=True)
    tried_at = models.DateTimeField("最近推送", null=True)
    outcome = models.CharField("结果", max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "推送消息"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event", "key"], name="an_event_is_told_once"),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="messages_that_wait")]

    @property
    def label(self):
        return EVENTS[self.event].label if self.event in EVENTS else self.event

    def attempt(self, at):
        """Post it, and note how that went: delivered, to be tried again, or given up after five attempts."""
        self.attempts, self.tried_at, self.next_at = self.attempts + 1, at, None
        delivered, self.outcome = self._posted(at)
        if delivered:
            self.state = self.State.DONE
        elif self.attempts >= ATTEMPTS:
            self.state = self.State.FAILED
        else:
            self.next_at = at + PAUSES[self.attempts - 1]
        self.save(update_fields=["attempts", "tried_at", "next_at", "outcome", "state"])

    def again(self, at):
        """After it was given up: five more attempts, the first at once."""
        waits = {"state": self.State.WAITING, "attempts": 0, "next_at": at}
        if Message.objects.filter(pk=self.pk, state=self.State.FAILED, subscription__ended_at=None).update(**waits):
            self.refresh_from_db()
            self.send()

    def send(self):
        """Put the next attempt on the list of background work."""
        from .models import Job

        key = f"message:{self.pk}:{self.next_at.timestamp():.6f}"  # an attempt that is due is asked for once
        Job.objects.ask("message", key=key, by=None, message=str(self.pk))

    def _posted(self, at):
        """(whether it was taken, how that went)."""
        content, moment = self.content.encode(), int(at.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "weihai-labour-portal",
            "webhook-id": str(self.pk),
            "webhook-timestamp": str(moment),
            "webhook-signature": self.subscription.sign(self.pk, moment, content),
        }
        try:
            status, _ = outgoing.post(self.subscription.url, content, headers)
        except (outgoing.Forbidden, outgoing.NoAnswer) as error:
            return False, str(error)
        return 200 <= status < 300, f"对方答复 {status}"


@work("announce", "登记推送消息")
def make_messages_of(job, progress):
    name, key = job.arguments["event"], job.key.split(":", 2)[2]
    if name not in EVENTS:
        raise Refused("平台已没有这种事件。")
    make_messages(name, key, job.arguments["about"], job.asked_at)


@work("message", "推送消息")
def attempt_message(job, progress):
    """An attempt that fails is no failure of the job: the message itself says when the next one is due."""
    waiting = Message.objects.select_for_update(of=("self",)).select_related("subscription")
    message = waiting.filter(pk=job.arguments["message"], state=Message.State.WAITING).first()
    if message and message.next_at:
        message.attempt(timezone.now())


@transaction.atomic
def make_messages(name, key, arguments, at):
    """One message for each subscriber whom the event concerns, put on the list of work."""
    event = EVENTS[name]
    subscribers = Subscription.objects.in_force().filter(events__contains=[name])
    for subscription in subscribers.select_related("holder__organisation__district"):
        holder = subscription.holder
        if not holder.may(event.needs):
            continue
        reach = wall.reach_of(holder)
        with wall.within(reach):
            told = event.told(holder, **arguments)
        if told is None:
            continue
        content = {"type": name, "timestamp": at, "data": told}
        message, new = Message.objects.get_or_create(
            subscription=subscription, event=name, key=key,
            defaults={
                "reach": reach, "made_at": at, "next_at": at,
                "content": json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False),
            },
        )  # fmt: skip
        if new:
            message.send()


def send_due(now):
    """Ask for the attempts that are due."""
    for message in Message.objects.filter(state=Message.State.WAITING, next_at__lte=now):
        message.send()


def _cipher():
    """A copy of the database alone signs nothing."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret):
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"portal webhook secrets").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
