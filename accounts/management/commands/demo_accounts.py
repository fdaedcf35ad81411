"""Make and list the accounts of a demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import demonstration


class Command(BaseCommand):
    help = "创建并列出演示账号（仅限演示系统）"

    def handle(self, **options):
        if not settings.DEMONSTRATION:
            self.stdout.write("本系统不是演示系统，没有演示账号。")
            return
        demonstration.create()
        self.stdout.write("\n".join(demonstration.card()))
