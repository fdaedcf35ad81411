"""Tokens by which machine clients ask the API: for one person's account, narrowed to what the client needs.

A client has an account of its own, opened and granted by two hands as anybody's; its role and organisation say how far
it sees. A token narrows that further and never widens it. Only a digest is kept: the token itself is shown once.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.dispatch import receiver

from accounts.models import Deed, Organisation
from accounts.roles import Can
from accounts.signals import deed_done

from .audit import audited

PREFIX = "wlr"  # so that a token that lies about is known for what it is
_NOTE_USE_EVERY = timedelta(minutes=1)


class TokenQuerySet(models.QuerySet):
    def in_force(self, now):
        """Not withdrawn, not expired, and its account is as it was when the token was made."""
        return self.filter(
            ended_at=None, expires_at__gt=now, holder__is_active=True, holder__role=F("role"),
            holder__organisation=F("organisation"),
        )  # fmt: skip

    def of(self, text, now):
        """The token that a client shows, or None."""
        prefix, _, rest = text.partition("_")
        name, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret:
            return None
        found = self.in_force(now).filter(key_name=name[:12]).select_related("holder__organisation__district").first()
        return found if found and secrets.compare_digest(found.digest, _digest(secret)) else None

    @transaction.atomic
    def issue(self, *, holder, by, at, **fields):
        """A new token and its text, which is kept nowhere."""
        if holder == by:
            raise ValidationError("不能为自己的账号签发令牌，请由另一名安全管理员办理。")
        name, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        token = self.create(
            holder=holder, role=holder.role, organisation=holder.organisation, key_name=name, digest=_digest(secret),
            made_by=by, made_at=at, **fields,
        )  # fmt: skip
        holder.note(Deed.What.TOKEN_ISSUED, by=by, at=at, note=str(token)[:200])
        return token, f"{PREFIX}_{name}_{secret}"


@audited(hidden=("digest",), left_out=("last_used_at", "last_address"), district="organisation__district")
class Token(models.Model):
    """A client's token. What it may is what its account may, and of that only what is ticked here."""

    name = models.CharField("用途", max_length=60, help_text="如“市大数据局数据共享交换”。")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens", verbose_name="账号")
    role = models.CharField(max_length=24, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    key_name = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    capabilities = ArrayField(models.CharField(max_length=40), verbose_name="可用权限")
    writes = models.BooleanField("可办理", default=False, help_text="不选只能读取。")
    weighty = models.BooleanField(
        "可办理须确认身份的事项",
        default=False,
        help_text="接口不能再次确认身份。选中后可导出大批量清单、撤销入库等，请只给确有需要的客户端。",
    )
    rate = models.PositiveSmallIntegerField("每分钟请求数", default=60)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签发人")
    made_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("有效期至")
    ended_at = models.DateTimeField("收回时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_why = models.CharField("收回原因", max_length=60, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True)
    last_address = models.GenericIPAddressField("最近地址", null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = "接口令牌"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="a_token_expires_after_it_is_made"),
            models.CheckConstraint(condition=~Q(made_by=F("holder")), name="nobody_issues_a_token_to_themselves"),
            models.CheckConstraint(condition=Q(rate__gte=1), name="a_token_has_a_rate"),
        ]

    def __str__(self):
        return f"{self.name}（{self.key_name}）"

    @property
    def person(self):
        """The account, narrowed to what this token may: every question of rights is answered so."""
        self.holder.narrowed_to = frozenset(self.capabilities)
        return self.holder

    @property
    def labels(self):
        return [Can(capability).label for capability in self.capabilities]

    def state(self, now):
        """In words: (what, whether in force)."""
        if self.ended_at:
            return f"已收回：{self.ended_why}", False
        if self.expires_at <= now:
            return "已过期", False
        as_it_was = (self.holder.role, self.holder.organisation_id) == (self.role, self.organisation_id)
        if not (self.holder.is_active and as_it_was):
            return "账号已变动，不再有效", False
        return "有效", True

    def note_use(self, at, address):
        """Once a minute at most; two requests at once do not wait for each other."""
        if self.last_used_at and at - self.last_used_at < _NOTE_USE_EVERY:
            return
        with transaction.atomic():
            mine = Token.objects.filter(pk=self.pk).select_for_update(skip_locked=True)
            Token.objects.filter(pk__in=mine.values("pk")).update(last_used_at=at, last_address=address)

    @transaction.atomic
    def withdraw(self, *, by, at, why="安全管理员收回"):
        """From the next request on it is refused."""
        if Token.objects.filter(pk=self.pk, ended_at=None).update(ended_at=at, ended_by=by, ended_why=why):
            self.holder.note(Deed.What.TOKEN_ENDED, by=by, at=at, note=f"{self}：{why}"[:200])


@receiver(deed_done)
def _account_changed(sender, deed, **_signal):
    """Tokens end with what they stand on: an account disabled and enabled again needs new ones."""
    why = {Deed.What.DISABLED: "账号停用", Deed.What.RIGHTS_GRANTED: "岗位、单位变动"}.get(deed.what)
    if why:
        for token in Token.objects.filter(holder=deed.person_id, ended_at=None):
            token.withdraw(by=deed.by, at=deed.at, why=why)


def _digest(secret):
    """One pass suffices: the secret is 256 bits of chance, not a word that somebody chose."""
    return hashlib.sha256(secret.encode()).hexdigest()
