"""Records that are written in the field, on a phone that may have no network, and arrive whenever there is one.

An app declares in its module `field`, which is found at start, what may be written there and where people go:

    register(Kind("visit", "指导走访", …))
    register_places(places_today)

A phone sends the photos and signatures of a record first, each under an id of its own, and the record last. Each answer
is a receipt that names the id and the SHA-256 of what arrived. Whatever the way does to it — sent twice, from two tabs,
out of order, the answer lost — it is stored once: by unique keys, and one record at a time.

A record that is here already is merged field by field (casework.drafts): the phone says what stood when the person
began. What two people gave differently is written over by neither; it waits as a Disagreement for a person's choice.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.roles import Can

from . import intake
from .arrivals import Arrival, Disagreement, Piece
from .attachments import Attachment
from .confined import NotTaken
from .lifecycle import MoveRefused, NotYours

KINDS = {}
PLACES = []  # (user, on) -> Places: where the person is to go
SEARCHES = []  # (user, text) -> Places
Chosen = Disagreement.Chosen
LONGEST = 200_000  # characters of a record
LOOKS_AHEAD = timedelta(hours=24)  # a phone's clock may be wrong; what is further off is not believed


@dataclass(frozen=True)
class Kind:
    """What may be written in the field.

    template  the sheet that is filled in, the same for everybody; sheet() is what it needs to be shown
    begin     (sent, by, on) -> the record
    model     a Case with `uid`, and as named texts values(), labels(), told(name, text), with_both(values, name, mine);
              its verbs merge(values, base, by=, on=) -> drafts.Merge and settle(values, by=, on=, version=, note=)
    """

    key: str
    label: str
    icon: str
    model: type
    capability: Can
    template: str
    sheet: Callable
    begin: Callable
    defaults: Callable = lambda user: {}  # what a new one has for this person, as named texts
    choices: Callable = dict  # {field: [(value, label)]} that change, and so are told with the log-in


@dataclass(frozen=True)
class Place:
    """An enterprise on a phone: no more than it takes to find it and to begin."""

    enterprise: int
    code: str
    name: str
    address: str = ""
    why: str = ""
    kind: str = ""  # of the record that is due there
    latitude: float | None = None
    longitude: float | None = None


def register(kind):
    KINDS[kind.key] = kind
    return kind


def register_places(places):
    PLACES.append(places)
    return places


def register_search(search):
    SEARCHES.append(search)
    return search


def open_to(user):
    """The kinds that `user` may write."""
    return [kind for kind in KINDS.values() if user.may(kind.capability)]


class Missing(NotTaken):
    """The record names photos or signatures that are not here yet: `ids`."""

    def __init__(self, ids):
        super().__init__(f"还有 {len(ids)} 张照片或签名没有收到，请先报送。")
        self.ids = ids


class Wrong(NotTaken):
    """What was filled in cannot be stored: {field: sentence}. Nothing is stored."""

    def __init__(self, errors):
        super().__init__("填写有误，没有收下，请更正后重新保存。")
        self.errors = errors


# ── A record ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Sent:
    """One edition of a record as a phone sends it, all values as text.

    base     what stood when the person began, as far as the phone knows; empty for what nobody else has seen
    after    the edition whose receipt told the phone that base; 0 where none has come, None where it does not say
    choices  {field: theirs, mine or both} for differences that the person was told of
    pieces   the ids of its photos and signatures
    """

    uid: UUID
    kind: Kind
    edition: int
    made_at: datetime
    enterprise: int | None = None
    code: str = ""
    device: UUID | None = None
    after: int | None = None
    values: dict = field(default_factory=dict)
    base: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)
    pieces: tuple = ()

    @classmethod
    def read(cls, body):
        """From JSON as bytes. Raises NotTaken."""
        try:
            told = json.loads(body.decode())
            return cls(
                uid=UUID(told["id"]), kind=KINDS[told["kind"]], edition=_whole(told["edition"]),
                made_at=_moment(told["made_at"]), enterprise=told.get("enterprise") and _whole(told["enterprise"]),
                code=str(told.get("code") or "")[:40], device=UUID(told["device"]) if told.get("device") else None,
                after=_whole(told["after"], least=0) if "after" in told else None,
                values=_texts(told["values"]), base=_texts(told.get("base")), choices=_texts(told.get("choices")),
                pieces=tuple(UUID(id) for id in told.get("pieces") or ()),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise NotTaken("收到的记录不完整或格式有误，没有收下；请更新页面后重新报送。") from error


def _whole(number, least=1):
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number < 2**31:
        raise ValueError
    return number


def _moment(text):
    moment = parse_datetime(text)
    if moment is None or timezone.is_naive(moment):
        raise ValueError
    return moment


def _texts(told):
    told = told or {}
    if not all(isinstance(name, str) and isinstance(text, str) and "\x00" not in text for name, text in told.items()):
        raise ValueError
    return {name: text.replace("\r\n", "\n").strip() for name, text in told.items()}


def receive(body, *, by, on, at):
    """Take in one edition of a record. Returns its receipt, a dict; sent again it is the same one.

    Raises NotTaken, Missing, Wrong or MoveRefused with a sentence; then nothing is stored.
    """
    if len(body) > LONGEST:
        raise NotTaken("记录太长，没有收下；请精简文字后重新保存。")
    sent, sha256 = Sent.read(body), hashlib.sha256(body).hexdigest()
    if not by.may(sent.kind.capability) or by.organisation.district_id is None:
        raise NotYours(f"您的岗位不能登记{sent.kind.label}，记录仍在本机。")
    with transaction.atomic():
        _one_at_a_time(sent.uid)
        known = Arrival.objects.filter(uid=sent.uid, sha256=sha256).first()
        record = sent.kind.model.objects.visible_to(by).filter(uid=sent.uid).first()
        if known is None:
            applied = not Arrival.objects.filter(uid=sent.uid, edition__gt=sent.edition).exists()
            if applied:
                record = _applied(sent, record, by=by, on=on, at=at)
            known = _kept(sent, sha256, body, applied, by=by, at=at)
        return receipt(known, record)


def receipt(arrival, record):
    """What the phone is told: that this very content is here, and how the record stands now."""
    told = {
        "id": str(arrival.uid), "sha256": arrival.sha256, "received_at": arrival.at.isoformat(),
        "applied": arrival.applied,
    }  # fmt: skip
    if record is not None:  # it may have gone to another district meanwhile
        waiting = Disagreement.objects.on(record).open()
        told |= {"href": record.get_absolute_url(), "title": str(record), "values": record.values()}
        told["conflicts"] = [
            {"name": row.name, "label": row.label, "theirs": row.theirs_told, "mine": row.mine_told} for row in waiting
        ]
    return told


def _one_at_a_time(uid):
    """Two senders of one record wait for each other; the unique keys hold whatever does not come this way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"field:{uid}"])


def _applied(sent, record, *, by, on, at):
    here = {piece.pk: piece for piece in Piece.objects.filter(pk__in=sent.pieces, record=sent.uid)}
    if missing := [id for id in sent.pieces if id not in here]:
        raise Missing(missing)
    if sent.made_at > at + LOOKS_AHEAD:
        raise NotTaken(
            f"手机时间为 {timezone.localtime(sent.made_at):%Y-%m-%d %H:%M}，与实际不符，请校准手机时间后重新保存。"
        )
    if record is None:
        try:
            with transaction.atomic():
                record = sent.kind.begin(sent, by=by, on=on)
        except IntegrityError as error:  # another district holds a record of this id
            raise MoveRefused("这条记录的编号已被占用，没有收下；请把内容另存为新记录。") from error
    else:
        settle(record, _understood(sent.choices), by=by, on=on, at=at)
        _note_differences(record, record.merge(sent.values, _base_of(sent), by=by, on=on), by=by, at=at)
    _attach(here.values(), record, by=by, on=on)
    return record


def _base_of(sent):
    """What stood when the person began; what the phone never saw may be anything. What it sent itself after the last
    receipt that reached it, and is here, it knows too: nobody disagrees with an earlier word of their own.
    """
    base = {name: sent.base.get(name, "") for name in sent.values}
    if sent.after is None:
        return base
    own = Arrival.objects.filter(uid=sent.uid, device=sent.device, applied=True, edition__lt=sent.edition)
    if own := own.filter(edition__gt=sent.after).order_by("-edition").first():
        base |= Sent.read(own.body.encode()).values
    return base


def _understood(choices):
    return {name: chosen for name, chosen in choices.items() if chosen in Chosen.values}


def _kept(sent, sha256, body, applied, *, by, at):
    return Arrival.objects.create(
        uid=sent.uid, sha256=sha256, edition=sent.edition, kind=sent.kind.key, device=sent.device, body=body.decode(),
        made_at=sent.made_at, applied=applied, district_id=by.organisation.district_id, by=by, at=at,
    )  # fmt: skip


def _note_differences(record, merged, *, by, at):
    """Both values of what two people gave differently stay on the record, until somebody chooses and after."""
    labels, waiting = record.labels(), {row.name: row for row in Disagreement.objects.on(record).open()}
    for name, (mine, theirs) in merged.conflicts.items():
        row = waiting.get(name) or Disagreement(subject=record, district_id=record.place_id, name=name)
        row.label, row.mine, row.theirs, row.by, row.at = labels[name], mine, theirs, by, at
        row.save()


def settle(record, choices, *, by, on, at, version=None):
    """Choose between what two people wrote, {field: theirs, mine or both}. What was not taken stays to be read."""
    waiting = {row.name: row for row in Disagreement.objects.on(record).open() if row.name in choices}
    changes, words = {}, []
    for name, row in waiting.items():
        chosen = Chosen(choices[name])
        values = record.values() | changes
        if chosen == Chosen.MINE:
            changes[name] = row.mine
        elif chosen == Chosen.BOTH:
            changes |= record.with_both(values, name, row.mine)
        words.append(f"{row.label}：{chosen.label}")
    if waiting:
        record.settle(changes, by=by, on=on, version=version, note="；".join(words))
    for name, row in waiting.items():
        row.settle(choices[name], by=by, at=at)


# ── Photos and signatures ────────────────────────────────────────────────────────────────────


def receive_piece(upload, *, id, record, what, sha256, by, at, noted=None):
    """Take in a photo or signature of a record. Returns its receipt, a dict; sent again it is the same one.

    sha256  as the phone worked it out: what was damaged on the way is not taken
    noted   what the phone read of the photo and took out of it: {"taken_at": ISO, "place": "latitude,longitude"}
    Raises NotTaken with a sentence; then nothing is stored.
    """
    if not open_to(by) or by.organisation.district_id is None:
        raise NotYours("您的岗位不能报送外勤照片，内容仍在本机。")
    if known := _piece_before(id, sha256):
        return known
    taken = intake.take(upload)
    if taken.came_sha256 != sha256:
        raise NotTaken("传输中有损坏，没有收下，将自动重新报送。")
    facts = _noted(taken.facts, noted or {})
    piece = Piece(
        id=id, record=record, what=what, name=taken.name, media_type=taken.sort.media_type, by=by, at=at,
        came_sha256=sha256, came_bytes=upload.size, sha256=hashlib.sha256(taken.content).hexdigest(),
        bytes=len(taken.content), district_id=by.organisation.district_id, **facts,
    )  # fmt: skip
    piece.file.save(uuid4().hex, ContentFile(taken.content), save=False)
    try:
        with transaction.atomic():
            piece.save(force_insert=True)
    except IntegrityError as error:  # the same one arrived a second time while the first was being looked at
        piece.file.storage.delete(piece.file.name)
        if known := _piece_before(id, sha256):
            return known
        raise NotTaken("这个编号下已有另一张照片，没有收下；请重新拍照。") from error
    except BaseException:
        piece.file.storage.delete(piece.file.name)
        raise
    return _piece_receipt(piece)


def _noted(facts, noted):
    """Time and place of a photo: as the phone read them, else as the file still tells. What is odd counts as untold."""
    facts = dict(facts)
    with contextlib.suppress(ValueError, KeyError, TypeError):
        facts["taken_at"] = _moment(noted["taken_at"] or facts["taken_at"])
    with contextlib.suppress(ValueError, KeyError):
        latitude, longitude = map(float, noted["place"].split(","))
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            facts |= {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}
    return facts


def _piece_before(id, sha256):
    known = Piece.objects.filter(pk=id).first()
    if known is None:
        return None
    if known.came_sha256 != sha256:
        raise NotTaken("这个编号下已有另一张照片，没有收下；请重新拍照。")
    return _piece_receipt(known)


def _piece_receipt(piece):
    return {
        "id": str(piece.pk), "sha256": piece.came_sha256, "kept_sha256": piece.sha256,
        "received_at": piece.at.isoformat(),
    }  # fmt: skip


def _attach(pieces, record, *, by, on):
    """Hang what arrived before on its record; the file stays where it lies."""
    there = set(Attachment.objects.on(record).values_list("pk", flat=True))
    new = [piece for piece in pieces if piece.pk not in there]
    for piece in new:
        Attachment(
            id=piece.pk, subject=record, district_id=record.place_id, by=by, name=piece.name, at=piece.at,
            media_type=piece.media_type, came_sha256=piece.came_sha256, came_bytes=piece.came_bytes,
            file=piece.file.name, sha256=piece.sha256, bytes=piece.bytes, taken_at=piece.taken_at,
            latitude=piece.latitude, longitude=piece.longitude,
        ).save(force_insert=True)  # fmt: skip
    if new:
        note = "、".join(piece.name for piece in new)
        record.note_deed("添加附件", by=by, on=on, note=note, district_id=record.place_id)
