"""Make and list the accounts of a demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import demonstration


class Command(BaseCommand):
    help = "创建并列出演示账号（仅限演示系统）"

    def handle(self, **options):
        if not settings.DEMONSTRATION:
            raise CommandError(
                "本系统不是演示系统，不创建演示账号。先运行 manage.py load_demo，或设置 DEMONSTRATION=1。"
            )
        made = demonstration.create()
        self.stdout.write("\n".join(demonstration.card()))
        self.stdout.write(f"新建 {made} 个。")
