from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casework import seals
from casework.management.commands.verify_audit import in_words
from operation import backups

WORDS = {"": "一致", "missing": "缺少", "altered": "有改动", "unlisted": "清单中没有"}


class Command(BaseCommand):
    help = "恢复演练：把备份恢复到一个临时数据库，逐表、逐文件核对。有一处不一致，退出码不为 0。"

    def add_arguments(self, parser):
        parser.add_argument("backup", type=Path, help="backup 命令建立的文件夹")
        parser.add_argument("--scratch", type=Path, default=settings.VAR / "drill", help="临时数据库的位置，演练后删除")

    def handle(self, *, backup, scratch, **options):
        try:
            backups.read(backup)
            self.stdout.write(f"清单 SHA-256：{backups.digest_of(backup / backups.MANIFEST)['sha256']}")
            wrong = self._files(backup)
            with backups.restored(backup, scratch) as url:
                wrong += self._tables(backup, url)
                wrong += self._audit(backup, url)
        except (backups.BackupError, OSError, psycopg2.Error) as error:
            raise CommandError(f"恢复没有完成。{error}") from error
        if wrong:
            raise CommandError(f"恢复演练不合格，共 {wrong} 处不一致。")
        self.stdout.write("恢复演练合格：数据表、文件和审计记录全部一致。")

    def _files(self, backup):
        found = list(backups.compare_files(backup))
        wrong = [(path, verdict) for path, verdict in found if verdict]
        self.stdout.write(f"文件（含数据库转储）{len(found)} 个，一致 {len(found) - len(wrong)} 个。")
        for path, verdict in wrong:
            self.stdout.write(f"  {WORDS[verdict]}  {path}")
        return len(wrong)

    def _tables(self, backup, url):
        self.stdout.write(f"{'备份行数':>8}{'恢复行数':>8}  核对    数据表")
        wrong = 0
        for name, before, after, agree in backups.compare_tables(backup, url):
            before, after = ("无" if rows is None else str(rows) for rows in (before, after))
            self.stdout.write(f"{before:>12}{after:>12}  {'一致  ' if agree else '不一致'}  {name}")
            wrong += not agree
        return wrong

    def _audit(self, backup, url):
        verdict = seals.verify(url=url, folder=backup / backups.SEALS)
        self.stdout.write(in_words(verdict))
        return len(verdict.faults)
