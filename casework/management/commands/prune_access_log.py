from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from casework import seals

TABLE = "casework_accessrecord"


class Command(BaseCommand):
    help = (
        "删除超过保存期限（ACCESS_LOG_DAYS，至少 184 天）的访问记录。须以数据表所有者的身份执行：PORTAL_LOGIN=owner。"
    )

    def handle(self, **options):
        if faults := seals.verify().faults:
            raise CommandError(f"审计记录与封条不符，没有删除。{faults[0].sentence}")
        oldest_kept = timezone.now() - timedelta(days=settings.ACCESS_LOG_DAYS)
        with transaction.atomic(), connection.cursor() as cursor:
            # Up to the last row before the first that is young enough: what is left has no gaps.
            cursor.execute(
                f"SELECT max(id) FROM {TABLE} WHERE id < coalesce((SELECT min(id) FROM {TABLE} WHERE at >= %s), 2^62)",  # noqa: S608
                [oldest_kept],
            )
            up_to = cursor.fetchone()[0]
            if up_to is None:
                self.stdout.write("没有超过保存期限的访问记录。")
                return
            # No policy lets anybody delete a row; the owner steps aside for this one statement.
            cursor.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"DELETE FROM {TABLE} WHERE id <= %s", [up_to])  # noqa: S608
            number = cursor.rowcount
            cursor.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
            made = seals.forget(up_to)
        self.stdout.write(f"已删除 {number} 条 {settings.ACCESS_LOG_DAYS} 天以前的访问记录，记入封条 {made['seal']}。")
