from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operation import backups


class Command(BaseCommand):
    help = "把数据库和文件备份到目录下的一个新文件夹。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="存放备份的目录，应在另一块磁盘或另一台机器上")

    def handle(self, *, folder, **options):
        at = timezone.localtime()
        try:
            backup = backups.make(
                folder,
                url=settings.DATABASE_BACKUP_URL,
                media=settings.MEDIA_ROOT,
                seals=settings.AUDIT_SEAL_DIR,
                at=at,
            )
        except (backups.BackupError, OSError, psycopg2.Error) as error:
            raise CommandError(f"备份没有完成。{error}") from error
        manifest = backups.read(backup)
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(f"已备份到 {backup}")
        self.stdout.write(f"数据表 {len(manifest['tables'])} 张，{rows} 行；文件 {len(manifest['files'])} 个。")
        self.stdout.write(f"清单 SHA-256：{backups.digest_of(backup / backups.MANIFEST)['sha256']}（请抄存在别处）")
