from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User


class Command(BaseCommand):
    help = "Take a person's second factors away, such as those of the only security administrator, who then enrols anew"

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"没有用户名为 {username} 的人员。")
        number = person.reset_second_factor(by=None, at=timezone.now())
        self.stdout.write(f"已重置 {person} 的第二重验证（{number} 种），其下次登录时须重新设置。")
