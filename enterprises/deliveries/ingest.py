"""A delivery into the database: recognised, checked row by row and as a whole, stored in one transaction.

`take_in` does all of it for a file that was received; it needs an open transaction and leaves the delivery stored,
refused, or asking a question. What it says of the file is on the delivery (rows, accepted, rejected …).
"""

import csv
import io
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from django.conf import settings
from django.core.files import File
from django.db import connection, transaction

from accounts.models import District
from casework import wall
from casework.confined import NotTaken

from .. import signals, tables
from ..models import Delivery, DeliveryFault, DeliveryMonth, DeliverySample, Department, Feed, RememberedLayout
from . import checks, errorfiles, faults, layouts, months, opened, register
from .layouts import Question

SOURCE = {
    "register": Department.MARKET,
    "tax": Department.TAX,
    "social": Department.SOCIAL,
    "loan": Department.BANK,
    "logistics": Department.POST,
}
MOST_ROWS = 5_000_000  # of one delivery: what is kept of a row until the end takes about 60 bytes
REGISTER_LOCK = 0


def take_in(delivery, *, on, at, path=None, progress=lambda done, total, message: None):
    """Read, check and store one delivery.

    `on`: the day; months after it are in the future. `at`: the moment of storing. `path`: the file, when it is not in
    the store. `progress(done, total, message)` is called between batches and may raise to stop.
    """
    if earlier := _same_file_before(delivery):
        _repeat(delivery, earlier)
        return
    try:
        with closing(_open(path or delivery.file.path)) as table:
            delivery.encoding = table.encoding
            reading = _Reading(delivery, table, on, progress)
            reading.read()
            if reading.layout.question:
                _ask(delivery, reading.layout)
            elif reading.layout.missing:
                _refuse_for_columns(delivery, reading.layout)
            else:
                _keep(delivery, reading, at, progress)
    except NotTaken as refusal:
        _turn_away(delivery, str(refusal))


def recognise(path, *, name, answers=None):
    """What a file means, by its beginning. Returns Layout; raises NotTaken."""
    with closing(_open(path)) as table:
        return layouts.recognise(_heads(table), file_name=name, answers=answers)


def _open(path):
    return opened.open_table(path, unpacked_bytes=settings.DELIVERY_MAX_UNPACKED_BYTES)


def _heads(table):
    return [(sheet.name, sheet.hidden, sheet.head(tables.HEAD_ROWS)) for sheet in table.sheets]


def report(delivery):
    """What a machine is told of a delivery."""
    said = {
        "file": delivery.name,
        "kind": delivery.kind or None,
        "encoding": delivery.encoding or None,
        "unit": delivery.unit or None,
        "rows": delivery.rows,
        "accepted": delivery.accepted,
        "exact_duplicates": delivery.exact_duplicates,
        "rejected": delivery.rejected,
        "delivery": delivery.repeats_id or delivery.pk,
    }
    return said | ({"question": delivery.question} if delivery.question else {})


def lock(feed):
    """One delivery of a feed (or of the register) is stored or undone at a time, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(2, %s)", [int(feed)])


# ── Reading ────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Refusals:
    """All refused rows of a file, side by side."""

    sheets: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    places: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    values: list = field(default_factory=list)
    others: dict = field(default_factory=dict)  # (sheet, row) -> rows that contradict it

    def add(self, sheet, refused):
        self.rows.append(refused.rows)
        self.places.append(refused.places)
        self.faults.append(refused.faults)
        self.sheets.append(np.full(len(refused.rows), sheet, dtype=np.int16))
        self.values += refused.values

    def counted(self):
        """{reason: rows}"""
        counts = Counter()
        for some in self.faults:
            for fault, number in zip(*np.unique(some, return_counts=True), strict=True):
                counts[faults.reason(fault)] += int(number)
        return dict(sorted(counts.items()))

    def ordered(self):
        """(sheet, row, place, value, fault, other rows), in the order of the file."""
        if not self.rows:
            return
        sheets, rows, places, wrong = (
            np.concatenate(parts) for parts in (self.sheets, self.rows, self.places, self.faults)
        )
        for at in np.lexsort((rows, sheets)).tolist():
            sheet, row = int(sheets[at]), int(rows[at])
            yield sheet, row, int(places[at]), self.values[at], int(wrong[at]), self.others.get((sheet, row), "")


class _Reading:
    """One pass over a file: what it means, its good rows, its refused rows."""

    def __init__(self, delivery, table, on, progress):
        self.delivery, self.table, self.on, self._progress = delivery, table, on, progress
        self.answers = _answers_before(delivery)
        self.layout = self._recognise()
        self._first = None

    def _recognise(self):
        heads = _heads(self.table)
        layout = layouts.recognise(heads, file_name=self.delivery.name, answers=self.answers)
        remembered = _remembered(self.delivery, layout)
        if remembered:
            self.answers = merged(remembered, self.answers)
            layout = layouts.recognise(heads, file_name=self.delivery.name, answers=self.answers)
            layout.notes.append("按记住的格式读取。")
        layout.notes += self.table.warnings
        return layout

    def read(self):
        """Check all rows. Sets layout.question when the rows show that the unit is in doubt."""
        if self.layout.question or self.layout.missing:
            return
        self._check_all()
        said = set().union(*(layouts.units_stated(note) for note in self.checks.aside.notes))
        if not self.layout.unit or self.answers.get("unit"):
            return
        if not said:
            self.layout.question = self._unit_in_doubt()
            return
        if len(said) > 1 or (self.layout.unit_stated and said != {self.layout.unit}):
            choices = tuple(sorted(said | set(self.layout.unit.split("、")), key=list(layouts.PLACES).index))
            sentence = f"表头和表下的说明写有不同的金额单位（{'、'.join(choices)}），请指定。"
            self.layout.question = Question("unit", sentence, choices=choices)
        elif said != {self.layout.unit}:  # the unit stands only under the table: read again with it
            self.answers = merged(self.answers, {"unit": next(iter(said))})
            self.layout = self._recognise()
            self._check_all()

    def _check_all(self):
        self.refusals, self.parts = _Refusals(), []
        feed = signals.feed_of(self.layout.kind)
        districts = checks.Districts(District.objects.values_list("code", "name", "short_name", "aliases"))
        if feed is None:
            lock(REGISTER_LOCK)
            self.checks = checks.RegisterChecks(_codes(), districts, self.on)
            self.staging = register.Staging()
        else:
            self.checks = checks.SignalChecks(self.layout.kind, _codes(), self.on, districts.names)
        done, total = 0, max(self.table.rows_estimated, 1)
        for sheet in self.layout.sheets:
            for batch in self.table.sheets[sheet.sheet].batches(sheet.width):
                if int(batch["row"][0]) <= sheet.header_row:
                    batch = batch.filter(pl.col("row") > sheet.header_row)
                if batch.is_empty():
                    continue
                if done == 0:
                    self._first = batch, sheet
                self._check(sheet, batch, feed)
                done += batch.height
                if done > MOST_ROWS:
                    raise NotTaken(f"数据超过{MOST_ROWS // 10_000}万行，未予读取；请按月份拆分后报送。")
                self._progress(min(done, total), total, f"正在核对，已到第{done}行")

    def _check(self, sheet, batch, feed):
        checked = self.checks.check(batch, sheet)
        self.refusals.add(sheet.sheet, checked.refused)
        if feed is None:
            self.staging.add(sheet.sheet, checked.frame)
        else:
            self.parts.append((sheet.sheet, checked))

    def _unit_in_doubt(self):
        """Amounts without any unit that often have three decimals or more are hardly yuan: ask."""
        if self.layout.unit_stated or self._first is None:
            return None
        batch, sheet = self._first
        cells = pl.concat([batch[f"c{sheet.places[meaning]}"] for meaning in sheet.units]).drop_nulls()
        fine = cells.str.contains(r"^\s*\d[\d,]*\.\d{3,8}\s*$").sum()
        if fine * 5 <= len(cells):
            return None
        sentence = "表中没有写金额单位，而金额多有三位以上小数，不像以元为单位，请指定。"
        return Question("unit", sentence, choices=("万元", "元"))


def _codes():
    """All codes under which enterprises are found, those merged into another included."""
    text = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY (SELECT uscc, id FROM enterprises_enterprise WHERE merged_into_id IS NULL"
            " UNION ALL SELECT uscc, enterprise_id FROM enterprises_formercode) TO STDOUT (FORMAT csv)",
            text,
        )
    if not text.tell():
        return checks.Codes([], [])
    text.seek(0)
    frame = pl.read_csv(text, has_header=False, schema={"code": pl.String, "id": pl.Int32})
    return checks.Codes(frame["code"], frame["id"])


# ── Answers ────────────────────────────────────────────────────────────────────────────────────


def merged(first, second):
    """Answers of `first`, and over them those of `second`."""
    both = {**first, **second}
    if columns := {**first.get("columns", {}), **second.get("columns", {})}:
        both["columns"] = columns
    return both


def remember(delivery, answers, by):
    """Use these answers again when this department sends the same header."""
    fingerprint = delivery.layout.get("fingerprint")
    department = delivery.department or SOURCE.get(answers.get("kind") or delivery.kind, Department.OTHER)
    if fingerprint:
        RememberedLayout.objects.update_or_create(
            department=department, fingerprint=fingerprint, defaults={"answers": answers, "by": by}
        )


def _answers_before(delivery):
    """What a person said of this file, or of the delivery that it corrects."""
    before = delivery.corrects.answers if delivery.corrects else {}
    if delivery.corrects and not before.get("unit") and delivery.corrects.layout.get("unit_assumed") is False:
        before = before | (
            {"unit": delivery.corrects.unit} if "、" not in delivery.corrects.unit and delivery.corrects.unit else {}
        )
    return merged(before, delivery.answers)


def _remembered(delivery, layout):
    if not layout.fingerprint:
        return {}
    known = RememberedLayout.objects.filter(fingerprint=layout.fingerprint)
    if delivery.department:
        known = known.filter(department=delivery.department)
    known = list(known[:2])
    return known[0].answers if len(known) == 1 else {}


# ── Outcomes without storing ───────────────────────────────────────────────────────────────────


def _same_file_before(delivery):
    """The delivery in force that brought these very bytes under the same answers.

    A recheck of it is not a repetition.
    """
    earlier = Delivery.objects.same_file(delivery.sha256).exclude(pk=delivery.pk).order_by("-pk").first()
    if earlier is None or earlier.pk == delivery.corrects_id:
        return None
    return earlier if delivery.answers in ({}, earlier.answers) else None


def _repeat(delivery, earlier):
    _clear(delivery)
    for name in (
        "kind",
        "department",
        "encoding",
        "unit",
        "layout",
        "rows",
        "accepted",
        "exact_duplicates",
        "rejected",
    ):
        setattr(delivery, name, getattr(earlier, name))
    DeliverySample.objects.bulk_create(
        DeliverySample(delivery=delivery, sheet=sample.sheet, row=sample.row, cells=sample.cells)
        for sample in earlier.samples.all()
    )
    delivery.state, delivery.repeats = Delivery.State.REPEATED, earlier
    own = delivery.file.name
    if own and not Delivery.objects.filter(file=own).exclude(pk=delivery.pk).exists():  # the bytes are kept once
        transaction.on_commit(lambda: delivery.file.storage.delete(own))
        delivery.file = earlier.file.name
    delivery.message = (
        f"与{earlier.received_at.astimezone():%Y-%m-%d}收到的“{earlier.name}”内容完全相同，没有改动任何数据。"
    )
    delivery.save()


def _turn_away(delivery, why):
    """The file cannot be read: that it came, from whom and why it was refused is kept, the file itself is not."""
    _clear(delivery)
    delivery.state, delivery.message = Delivery.State.REFUSED, why[:500]
    own, delivery.file = delivery.file.name, ""
    delivery.save()
    if own and not Delivery.objects.filter(file=own).exists():
        transaction.on_commit(lambda: Delivery.file.field.storage.delete(own))


def _clear(delivery):
    """Forget what an earlier reading of the same delivery found."""
    delivery.question, delivery.rejected, delivery.message = {}, {}, ""
    delivery.rows = delivery.accepted = delivery.exact_duplicates = delivery.changed = 0
    for found in (delivery.samples, delivery.faults, delivery.months):
        found.all().delete()
    delivery.error_file = ""


def _ask(delivery, layout):
    _clear(delivery)
    _note_layout(delivery, layout, None)
    delivery.state, delivery.question = Delivery.State.ASKING, layout.question.written()
    delivery.message = layout.question.sentence
    delivery.save()


def _refuse_for_columns(delivery, layout):
    _clear(delivery)
    _note_layout(delivery, layout, None)
    header = layout.missing == ["header"]
    sheet = layout.sheets[0] if layout.sheets else None
    sentences = [
        faults.advice(faults.CODE["header_missing" if header else "column_missing"], column=label)
        for label in layout.missing
    ]
    delivery.state, delivery.rows = Delivery.State.REFUSED, 1
    delivery.rejected = {"missing_column": 1}
    delivery.message = "".join(sentences)[:500]
    delivery.save()
    DeliveryFault.objects.bulk_create(
        DeliveryFault(
            delivery=delivery, sheet=sheet.name if sheet else "", row=max(sheet.header_row if sheet else 1, 1),
            column="" if header else label, reason="missing_column", sentence=sentence,
        )
        for label, sentence in zip(layout.missing, sentences, strict=True)
    )  # fmt: skip


def _note_layout(delivery, layout, aside):
    delivery.kind = layout.kind
    delivery.unit = layout.unit
    if not delivery.department and layout.kind:
        delivery.department = SOURCE[layout.kind]
    delivery.layout = {
        "fingerprint": layout.fingerprint,
        "unit_assumed": bool(layout.unit) and not layout.unit_stated,
        "sheets": [
            {
                "name": sheet.name,
                "header_row": sheet.header_row,
                "headers": [layouts.heading(sheet.header, place) for place in range(sheet.width)],
                "columns": sheet.columns,
                "units": sheet.units,
                "extras": sheet.extras,
            }
            for sheet in layout.sheets
        ],
        "notes": list(dict.fromkeys(layout.notes)),
        "aside": dict(aside.counts) if aside else {},
    }
    DeliverySample.objects.bulk_create(
        DeliverySample(delivery=delivery, sheet=place, row=row, cells=cells)
        for place, sheet in enumerate(layout.sheets)
        for row, cells in sheet.sample
    )


# ── Storing ────────────────────────────────────────────────────────────────────────────────────


def _keep(delivery, reading, at, progress):
    layout, table = reading.layout, reading.table
    _clear(delivery)
    _note_layout(delivery, layout, reading.checks.aside)
    if layout.kind == "register":
        strange = reading.checks.strange
        delivery.layout["notes"] += [f"{word}没有读懂（{n}种写法），该项留空。" for word, n in strange.most_common(20)]
    total = max(table.rows_estimated, 1)
    progress(total, total, "正在入库")
    feed = signals.feed_of(layout.kind)
    if feed is None:
        _keep_entries(delivery, reading, progress, total)
    else:
        _keep_signals(delivery, reading, feed, at)
    delivery.rejected = reading.refusals.counted()
    delivery.rows = delivery.accepted + delivery.exact_duplicates + sum(delivery.rejected.values())
    delivery.state = Delivery.State.STORED if delivery.accepted else Delivery.State.REFUSED
    delivery.stored_at = at if delivery.accepted else None
    delivery.message = _summary(delivery)
    delivery.save()
    if delivery.rejected:
        progress(total, total, "正在生成退回文件")
        _write_faults(delivery, layout, reading.refusals)
        _write_error_file(delivery, layout, table, reading)


def _keep_entries(delivery, reading, progress, total):
    staging = reading.staging
    torn = staging.take_out_conflicts()
    if torn:
        places = {sheet.sheet: sheet.places["uscc"] for sheet in reading.layout.sheets}
        for sheet in places:
            mine = [(row, code, others) for s, row, code, others in torn if s == sheet]
            reading.refusals.add(sheet, _contradicting(mine, places[sheet], "conflict_register"))
            reading.refusals.others |= {(sheet, row): _listed(others) for row, _, others in mine}
    delivery.exact_duplicates = staging.take_out_repeats()
    delivery.accepted, delivery.changed = staging.store(
        delivery, lambda done: progress(total, total, f"正在入库，新增或更正{done}户")
    )


def _keep_signals(delivery, reading, feed, at):
    sheets, rows, ids, month, values = _together(reading)
    key = (month.astype(np.int64) << 32) | ids
    order = np.argsort(key, kind="stable")
    key = key[order]
    again = np.zeros(len(key), dtype=bool)
    again[1:] = key[1:] == key[:-1]
    torn = np.zeros(len(key), dtype=bool)
    if again.any():
        differs = np.zeros(len(key), dtype=bool)
        for column in values.values():
            column = column[order]
            differs[1:] |= again[1:] & (column[1:] != column[:-1])
        group = np.cumsum(~again)
        torn = np.isin(group, np.unique(group[differs]))
    if torn.any():
        _refuse_contradicting(reading, sheets[order][torn], rows[order][torn], group[torn])
    once = ~again & ~torn
    delivery.exact_duplicates = int((again & ~torn).sum())
    kept = order if once.all() else order[once]
    delivery.accepted = len(kept)
    if not len(kept):
        return
    month, ids = month[kept], ids[kept]
    lock(feed)
    later = Delivery.objects.in_force().filter(kind=delivery.kind, pk__gt=delivery.pk).exists()
    delivery.changed = signals.store(
        feed, delivery.pk, month, ids, {name: column[kept] for name, column in values.items()}, out_of_order=later
    )
    numbers, counts = np.unique(month, return_counts=True)
    DeliveryMonth.objects.bulk_create(
        DeliveryMonth(delivery=delivery, feed=Feed(feed), month=months.first_day(int(number)), enterprises=int(count))
        for number, count in zip(numbers, counts, strict=True)
    )


def _together(reading):
    """The good rows of all batches.

    sheets, rows, enterprise ids, months, {name: values}; rows whose month has two readings are refused.
    """
    names = [column.meaning for column in reading.checks.kind.columns if column.sort in {"amount", "count"}]
    parts = [part for _, part in reading.parts]
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, nothing, dict.fromkeys(names, nothing)
    sheets = np.concatenate([np.full(len(part.ids), sheet, dtype=np.int16) for sheet, part in reading.parts])
    rows, ids, periods = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "ids", "periods")
    )
    values = {name: np.concatenate([part.values[name] for part in parts]) for name in names}
    reading.parts = []
    reader = reading.checks.months
    texts = [text.split("\x1e")[1] for text in reader.texts]
    doubtful = months.with_two_readings(text for text, value in zip(texts, reader.values, strict=True) if value)
    if doubtful:
        unclear = np.array([months.plain(text) in doubtful for text in texts])[periods]
        for sheet in reading.layout.sheets:
            mine = np.flatnonzero(unclear & (sheets == sheet.sheet))
            refused = checks.Refused(
                rows[mine], np.full(len(mine), sheet.places["period"], dtype=np.int16),
                [texts[periods[at]] for at in mine],
                np.full(len(mine), faults.CODE["period_two_readings"], dtype=np.uint8),
            )  # fmt: skip
            reading.refusals.add(sheet.sheet, refused)
        clear = ~unclear
        sheets, rows, ids, periods = sheets[clear], rows[clear], ids[clear], periods[clear]
        values = {name: column[clear] for name, column in values.items()}
    numbers = np.array([value or 0 for value in reader.values], dtype=np.int32)
    return sheets, rows, ids, numbers[periods], values


def _refuse_contradicting(reading, sheets, rows, groups):
    """sheets, rows, groups: of the rows that contradict each other; one group for one enterprise and month."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    by_sheet = {sheet.sheet: [] for sheet in reading.layout.sheets}
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(groups)], strict=True):
        together = list(zip(sheets[start:end].tolist(), rows[start:end].tolist(), strict=True))
        for sheet, row in together:
            others = [r for s, r in together if (s, r) != (sheet, row)]
            by_sheet[sheet].append((row, "", others))
            reading.refusals.others[sheet, row] = _listed(others)
    for sheet, mine in by_sheet.items():
        reading.refusals.add(sheet, _contradicting(mine, -1, "conflict"))


def _contradicting(rows, place, fault):
    """rows: [(row, text, other rows)]"""
    return checks.Refused(
        np.array([row for row, *_ in rows], dtype=np.uint32),
        np.full(len(rows), place, dtype=np.int16),
        [text for _, text, _ in rows],
        np.full(len(rows), faults.CODE[fault], dtype=np.uint8),
    )


def _listed(rows):
    return "、".join(str(row) for row in rows[:5]) + ("等" if len(rows) > 5 else "")


def _summary(delivery):
    if not delivery.accepted:
        return "没有可以入库的行，原因见退回清单。" if delivery.rejected else "文件里没有数据行。"
    told = [f"接收{delivery.accepted}行，其中新增或更正{delivery.changed}行"]
    if delivery.exact_duplicates:
        told.append(f"完全重复的{delivery.exact_duplicates}行只计一次")
    if refused := sum(delivery.rejected.values()):
        told.append(f"退回{refused}行")
    return "；".join(told) + "。"


def _sentences(layout, refusals):
    """(sheet, row, column, value, reason, sentence) of all refused rows, in the order of the file."""
    sheets = {sheet.sheet: sheet for sheet in layout.sheets}
    for number, row, place, value, fault, others in refusals.ordered():
        sheet = sheets[number]
        column = layouts.heading(sheet.header, place) if place >= 0 else _several(sheet, fault)
        meaning = next((meaning for meaning, at in sheet.places.items() if at == place), "")
        sentence = faults.advice(fault, column=column, value=value, unit=sheet.units.get(meaning, ""), others=others)
        yield number, row, column, value, faults.reason(fault), sentence


def _several(sheet, fault):
    """The header of what several columns say together."""
    if faults.FAULTS[fault].reason in {"invalid_period", "future_period"}:
        return "、".join(
            sheet.columns[meaning]
            for meaning in ("period_from", "period_to", "year", "period")
            if meaning in sheet.places
        )
    return ""


def _write_faults(delivery, layout, refusals):
    names = {sheet.sheet: sheet.name for sheet in layout.sheets}
    text = io.StringIO()
    writer = csv.writer(text)
    with connection.cursor() as cursor:

        def flush():
            text.seek(0)
            wall.copy(
                cursor,
                'enterprises_deliveryfault (delivery_id, sheet, row, "column", value, reason, sentence)',
                text,
                'csv, FORCE_NOT_NULL (sheet, "column", value)',
            )
            text.seek(0)
            text.truncate()

        for number, (sheet, row, column, value, reason, sentence) in enumerate(_sentences(layout, refusals), start=1):
            shown = value.replace("\x00", "")
            writer.writerow([delivery.pk, names[sheet][:80], row, column[:80], shown[:200], reason, sentence[:300]])
            if number % 20_000 == 0:
                flush()
        flush()


def _write_error_file(delivery, layout, table, reading):
    remarks = ((sheet, row, sentence) for sheet, row, _, _, _, sentence in _sentences(layout, reading.refusals))
    with errorfiles.written(table, layout, remarks) as (file, ending):
        delivery.error_file.save(f"refused-{delivery.pk}{ending}", File(file), save=False)
    Delivery.objects.filter(pk=delivery.pk).update(error_file=delivery.error_file.name)
