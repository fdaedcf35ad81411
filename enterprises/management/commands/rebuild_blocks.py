"""manage.py rebuild_blocks: make the blocks that scoring reads anew from the rows in force."""

from django.core.management.base import BaseCommand
from django.db import transaction

from enterprises import signals


class Command(BaseCommand):
    help = "按在用的月度数据重建评分用的数据块。"

    def handle(self, **options):
        with transaction.atomic():
            blocks = signals.rebuild()
        self.stdout.write(f"已重建 {blocks} 个数据块。")
