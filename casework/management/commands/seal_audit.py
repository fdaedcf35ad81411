from django.core.management.base import BaseCommand, CommandError

from casework import seals


class Command(BaseCommand):
    help = "封存审计记录：把尚未封存的变更记录和访问记录写入封条文件。平时由后台每分钟执行。"

    def add_arguments(self, parser):
        parser.add_argument("--restored", action="store_true", help="数据库从备份恢复之后执行一次：核对后另起一段")

    def handle(self, *, restored, **options):
        if restored and (faults := seals.verify().faults):
            raise CommandError(f"恢复的数据库与封条不符，没有封存。{faults[0].sentence}")
        try:
            made = seals.seal(restored=restored)
        except seals.SealError as error:
            raise CommandError(str(error)) from error
        if made is None:
            self.stdout.write("没有新的审计记录需要封存。")
        else:
            rows = sum(part["rows"] for part in made["tables"].values())
            self.stdout.write(f"已封存 {rows} 行，封条 {made['seal']}:{made['mac']}")
