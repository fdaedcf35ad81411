"""manage.py undo_delivery ID --by USER: take back what a delivery stored."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from casework.jobs import Refused
from enterprises.deliveries import undo
from enterprises.models import Delivery


class Command(BaseCommand):
    help = "撤销一次报送：数据恢复为此前的内容，撤销后同一文件可以重新报送。"

    def add_arguments(self, parser):
        parser.add_argument("delivery", type=int, metavar="ID")
        parser.add_argument("--by", metavar="USER", help="经办人的用户名")

    def handle(self, *, delivery, by, **options):
        person = User.objects.filter(username=by).first() if by else None
        if by and person is None:
            raise CommandError(f"没有这个用户：{by}")
        found = Delivery.objects.filter(pk=delivery).first()
        if found is None:
            raise CommandError(f"没有编号为 {delivery} 的报送")
        try:
            undo(found, by=person, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{found.name}：{found.message}")
