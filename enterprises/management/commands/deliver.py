"""manage.py deliver FILE …: take in departments' files as a person would in the browser, in the foreground."""

import hashlib
import json
import sys
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casework.confined import NotTaken
from casework.jobs import Refused
from casework.today import today
from enterprises.deliveries import amounts, door, ingest, keep, layouts
from enterprises.models import Delivery, Department

ASKED, NOT_READ = 2, 1


class Command(BaseCommand):
    help = "接收部门数据文件：企业登记、缴税、缴费、还贷、物流。有疑问的文件不入库，退出码为2。"

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--by", metavar="USER", help="经办人的用户名")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不入库")
        parser.add_argument("--json", action="store_true", help="每个文件输出一行 JSON")
        parser.add_argument("--kind", choices=[kind.name for kind in layouts.KINDS], help="数据种类")
        parser.add_argument("--unit", choices=list(amounts.PLACES), help="金额单位")
        parser.add_argument(
            "--column", action="append", default=[], metavar="含义=列名", help="指定哪一列是什么，可多次使用"
        )
        parser.add_argument("--department", choices=Department.values, default="", help="来源部门")
        parser.add_argument("--corrects", type=int, metavar="DELIVERY", help="更正哪一次报送退回的行")

    def handle(self, *, files, json, dry_run, **options):
        self.json, self.dry_run, self.options = json, dry_run, options
        self.by = _person(options["by"])
        self.corrects = _corrected(options["corrects"])
        self.answers = _answers(options)
        for path in files:
            if not path.is_file():
                raise CommandError(f"没有这个文件：{path}")
        outcome = 0
        if dry_run:
            with transaction.atomic():
                outcome = self._deliver_all(files)
                transaction.set_rollback(True)
        else:
            outcome = self._deliver_all(files)
        if outcome:
            sys.exit(outcome)

    def _deliver_all(self, files):
        outcome = 0
        for path in sorted(files, key=_register_first) if len(files) > 1 else files:
            try:
                delivery = self._deliver(path)
            except Refused as refusal:
                self._tell_refused(path.name, str(refusal))
                outcome = outcome or NOT_READ
                continue
            self._tell(delivery)
            if delivery.state == Delivery.State.ASKING:
                outcome = ASKED
            elif delivery.state == Delivery.State.REFUSED and not delivery.rejected:
                outcome = outcome or NOT_READ
        return outcome

    def _deliver(self, path):
        at, on = timezone.now(), today()
        with path.open("rb") as file:
            fields = {
                "by": self.by, "at": at, "department": self.options["department"],
                "answers": self.answers, "corrects": self.corrects,
            }  # fmt: skip
            if not self.dry_run:
                delivery = keep(File(file, name=path.name), **fields)
                with transaction.atomic():
                    ingest.take_in(delivery, on=on, at=timezone.now())
                return delivery
            door.check(File(file, name=path.name))
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            delivery = Delivery.objects.create(
                name=path.name, sha256=digest, bytes=path.stat().st_size, received_at=fields.pop("at"),
                **(fields | {"department": fields["department"] or ""}),
            )  # fmt: skip
            ingest.take_in(delivery, on=on, at=at, path=path)
            if delivery.error_file:
                delivery.error_file.storage.delete(delivery.error_file.name)
            return delivery

    def _tell_refused(self, name, why):
        """Of a file that was turned away at the door."""
        if self.json:
            self.stdout.write(json.dumps({"file": name, "refused": why}, ensure_ascii=False))
        self.stderr.write(f"{name}：{why}")

    def _tell(self, delivery):
        if self.json:
            said = ingest.report(delivery)
            if self.dry_run:
                said["delivery"] = delivery.repeats_id
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            self._tell_in_words(delivery)
        if delivery.state == Delivery.State.ASKING:
            question = delivery.question
            self.stderr.write(
                f"{delivery.name}：{question['sentence']}可选：{'、'.join(question['choices'])}。{_how(question)}"
            )
        elif delivery.state == Delivery.State.REFUSED:
            self.stderr.write(f"{delivery.name}：{delivery.message}")

    def _tell_in_words(self, delivery):
        kind = delivery.get_kind_display() or "种类未定"
        parts = [f"{delivery.name}：{kind}，编码 {delivery.encoding or '未定'}"]
        if delivery.unit:
            parts.append(f"单位 {delivery.unit}{'（表中未写，按元）' if delivery.layout.get('unit_assumed') else ''}")
        self.stdout.write("，".join(parts))
        for sheet in delivery.layout.get("sheets", []):
            where = f"工作表“{sheet['name']}”" if sheet["name"] else "表"
            labels = {column.meaning: column.label for column in layouts.BY_NAME[delivery.kind].columns}
            read = "、".join(f"{labels[meaning]}={header}" for meaning, header in sheet["columns"].items())
            self.stdout.write(f"  {where}第{sheet['header_row']}行是表头；{read}")
            if sheet["extras"]:
                self.stdout.write(f"  没有使用的列：{'、'.join(sheet['extras'])}")
        for note in delivery.layout.get("notes", []):
            self.stdout.write(f"  {note}")
        number = "试运行，没有保存" if self.dry_run else f"编号 {delivery.repeats_id or delivery.pk}"
        self.stdout.write(f"  {delivery.message}（{number}）")
        for reason, count in delivery.rejected.items():
            self.stdout.write(f"  退回 {reason}：{count} 行")
        if delivery.error_file and not self.dry_run:
            self.stdout.write(f"  退回文件：{settings.MEDIA_ROOT / delivery.error_file.name}")


def _person(username):
    if not username:
        return None
    person = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"没有这个用户：{username}")
    return person


def _corrected(number):
    if number is None:
        return None
    delivery = Delivery.objects.filter(pk=number).first()
    if delivery is None:
        raise CommandError(f"没有编号为 {number} 的报送")
    return delivery


def _answers(options):
    answers = {name: options[name] for name in ("kind", "unit") if options[name]}
    columns = {}
    for word in options["column"]:
        meaning, equals, header = word.partition("=")
        if not equals or not header:
            raise CommandError(f"--column 应写成 含义=列名，如 应缴金额=本期应缴合计；现为 {word}")
        columns[meaning.strip()] = header.strip()
    return answers | ({"columns": columns} if columns else {})


def _register_first(path):
    """Signals of an enterprise can only be stored when the register knows it."""
    try:
        layout = ingest.recognise(path, name=path.name)
    except NotTaken:
        return 1
    return 0 if layout.kind == "register" else 1


def _how(question):
    option = {"kind": "--kind", "unit": "--unit"}.get(question["about"])
    return f"请用 {option} 指定。" if option else f"请用 --column {question.get('meaning', '含义')}=列名 指定。"
