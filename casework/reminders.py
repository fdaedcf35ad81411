"""Reminders: what waits for a person, in one digest a day at most, read at the moment of sending.

An app declares in its module `reminders`, which is found at start, what may wait for whom:

    register(Kind("rectification_due", "整改到期", to_put_right, WHO_MAY[Can.PRESCRIBE]))

`matters(people, on)` yields a Matter for each thing that waits for one of `people`, from the records as they stand:
nothing is stored twice, so that nobody is written to about what is done. It is asked with the people of its `roles`
only, and not at all where there are none. Whoever previews, sends and shows the desk
calls `digests`, so that a preview cannot differ from what is sent.

Not every day is a day to write: a matter calls on the days of BEFORE and AFTER, and a digest goes out when at least one
of its matters calls. It then names all that waits, because it is the one letter of that day.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User

from . import deadlines
from .jobs import work
from .models import Digest, Job
from .today import today

BEFORE = (3, 1, 0)  # days before a date on which it is recalled
AFTER = (1, 3)  # days after it; then every EVERY days
EVERY = 7
LONGEST = 30  # lines of each part of a letter
KINDS = {}


@dataclass(frozen=True)
class Kind:
    """A kind of thing that may wait for a person."""

    key: str
    label: str
    matters: Callable  # (people, on) -> Matters
    roles: Collection[str]  # whom it may wait for


def kinds_of(person):
    """The kinds of things that may wait for a person of this role, by their labels."""
    return sorted((kind for kind in KINDS.values() if person.role in kind.roles), key=lambda kind: kind.label)


def register(kind):
    KINDS[kind.key] = kind
    return kind


@dataclass(frozen=True)
class Matter:
    """One thing that waits for `person`.

    `day`: the deadline, or where there is none (`awaited`) the day since which it waits.
    """

    person: User
    kind: str  # key of the Kind
    what: str
    where: str  # the enterprise, or whatever it is about
    href: str
    day: date
    awaited: bool = False

    @property
    def label(self):
        return KINDS[self.kind].label

    def calls(self, on, since):
        """Whether one of the days after `since` up to `on` is one on which it is recalled."""
        days = (since + timedelta(days=number) for number in range(1, (on - since).days + 1))
        return any(is_called(self.day, day, early=not self.awaited) for day in days)

    def is_near(self, on):
        """Whether it belongs into a digest of the day: it waits, is late, or falls due within the longest BEFORE."""
        return self.awaited or self.day <= on + timedelta(days=max(BEFORE))

    def is_wanted(self, on):
        """Whether `person` lets such matters be written about. What is late is written about in any case."""
        return self.is_late(on) or self.kind not in self.person.quiet_kinds

    def is_late(self, on):
        return not self.awaited and self.day < on

    def told(self, on):
        """How it stands on the day, in words."""
        apart = (self.day - on).days
        if self.awaited:
            return f"自{_said(self.day)}起待办" + (f"，已 {-apart} 天" if apart < 0 else "")
        if apart < 0:
            return f"{_said(self.day)}到期，已逾期 {-apart} 天"
        return "今天到期" if apart == 0 else f"{_said(self.day)}到期，还有 {apart} 天"


def is_called(day, on, *, early=True):
    """Whether a date is recalled on `on`: 3 days and 1 day before (`early`), on the day, 1 and 3 days after, weekly."""
    late = (on - day).days
    if late <= 0:
        return -late in BEFORE if early else False
    return late in AFTER or late % EVERY == 0


# ── The digest of a day ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Letter:
    """What one person is told on a day; deadlines first, the most overdue on top."""

    person: User
    on: date
    matters: tuple[Matter, ...]

    @property
    def late(self):
        return [matter for matter in self.matters if matter.is_late(self.on)]

    @property
    def due(self):
        return [matter for matter in self.matters if not matter.awaited and not matter.is_late(self.on)]

    @property
    def awaited(self):
        return [matter for matter in self.matters if matter.awaited]

    @property
    def sections(self):
        """(heading, [(matter, how it stands)], how many more) of what there is: a letter stays one that is read."""
        parts = (("已逾期", self.late), ("即将到期", self.due), ("等待您办理", self.awaited))
        return [
            (name, [(matter, matter.told(self.on)) for matter in found[:LONGEST]], max(0, len(found) - LONGEST))
            for name, found in parts
            if found
        ]

    @property
    def subject(self):
        counts = (("逾期", self.late), ("即将到期", self.due), ("待办", self.awaited))
        return f"【工作提醒】{_said(self.on)}：" + "、".join(
            f"{name} {len(found)} 件" for name, found in counts if found
        )

    @property
    def text(self):
        return render_to_string("casework/digest.txt", {"letter": self, "address": settings.PORTAL_ADDRESS})


def waiting(people, on):
    """All that waits for `people` on the day, near or not, by the records as they stand: what a desk shows."""
    found = []
    for kind in KINDS.values():
        if those := [person for person in people if person.role in kind.roles]:
            found += kind.matters(those, on)
    return found


def digests(people, on):
    """The letters that go out on the day, in the order of `people`; the day is one on which letters go out."""
    since, found = _last_sending_day(on), {}
    for matter in waiting(people, on):
        found.setdefault(matter.person.pk, []).append(matter)
    letters = []
    for person in people:
        near = [matter for matter in found.get(person.pk, ()) if matter.is_near(on) and matter.is_wanted(on)]
        if any(matter.calls(on, since) for matter in near):
            near.sort(key=lambda matter: (matter.awaited, matter.day, matter.kind, matter.what))
            letters.append(Letter(person, on, tuple(near)))
    return letters


def people_visible_to(user):
    """Whom `user` may know to be reminded: those of the own district, for the city everybody."""
    place = user.organisation.district_id
    return [person for person in everybody() if user.sees_whole_city or person.organisation.district_id == place]


def everybody():
    return list(User.objects.filter(is_active=True).select_related("organisation__district"))


def is_sending_day(on):
    """Letters go out on working days; what called over the weekend calls on the next of them."""
    return deadlines.is_working_day(on)


def next_sending_day(on):
    """The first sending day after `on`."""
    day = on + timedelta(days=1)
    while not is_sending_day(day):
        day += timedelta(days=1)
    return day


def _last_sending_day(on):
    day = on - timedelta(days=1)
    while not is_sending_day(day):
        day -= timedelta(days=1)
    return day


# ── Sending ──────────────────────────────────────────────────────────────────────────────────


def ask_to_send(letter):
    """Put a letter on the list of work. One that failed earlier in the day is tried again."""
    day = letter.on.isoformat()
    Job.objects.ask("digest", key=f"digest:{letter.person.pk}:{day}", by=None, person=letter.person.pk, day=day).retry()


@work("digest", "发送提醒", outward=True)
def send_asked(job, progress):
    """What waits for the person is read now; a ring of another day is none."""
    person = User.objects.select_related("organisation__district").filter(pk=job.arguments["person"]).first()
    if person and date.fromisoformat(job.arguments["day"]) == today():
        send(person, today())


def send(person, on):
    """Write to `person` what waits at this moment. Returns the Digest, or None when there is nothing or it was sent.

    The row is there before the letter is handed over: a worker that dies in between costs a letter, it never doubles
    one. A mail server that refuses leaves no row, and the next ring of the morning tries again.
    """
    letters = digests([person], on) if person.is_active and is_sending_day(on) else []
    if not letters:
        return None
    letter = letters[0]
    fields = {"district": person.district, "subject": letter.subject, "text": letter.text, "address": person.email}
    with transaction.atomic():
        digest, created = Digest.objects.get_or_create(
            person=person, on=on, defaults=fields | {"lines": len(letter.matters)}
        )
    if not created:
        return None
    if person.email:
        _hand_over(digest)
    return digest


def _hand_over(digest):
    try:
        send_mail(digest.subject, digest.text, None, [digest.address])
    except OSError:  # which SMTP's own exceptions are
        digest.delete()
        raise
    digest.mailed_at = timezone.now()
    digest.save(update_fields=["mailed_at"])


def _said(day):
    return f"{day.month}月{day.day}日"
