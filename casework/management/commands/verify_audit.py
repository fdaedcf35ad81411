import json
import sys
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand

from casework import seals

SHOWN = 20


class Command(BaseCommand):
    help = "核对审计记录：与封条逐行比较，指出被改动、删除、事后加入的行和被停用的触发器。有一处不符，退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--seals", type=Path, dest="folder", help="封条所在目录，不填为 AUDIT_SEAL_DIR")
        parser.add_argument(
            "--against", default="", help="另一台机器日志中的一条封条（编号:校验值），它应仍在封条文件中"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="以 JSON 输出")

    def handle(self, *, folder, against, as_json, **options):
        verdict = seals.verify(folder=folder, against=against)
        self.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False) if as_json else in_words(verdict))
        if verdict.faults:
            sys.exit(1)


def in_words(verdict):
    lines = [fault.sentence for fault in verdict.faults[:SHOWN]]
    if len(verdict.faults) > SHOWN:
        lines.append(f"……共 {len(verdict.faults)} 处。")
    told = f"审计记录 {verdict.rows} 行，封条 {verdict.seals} 条，尚未封存 {verdict.unsealed} 行"
    lines.append(f"{told}：{'与封条不符' if verdict.faults else '与封条一致'}。")
    if verdict.last:
        lines.append(f"最后一条封条 {verdict.last}")
    return "\n".join(lines)
