"""Write the files of departments for an invented population."""

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from enterprises.demonstration import files, generate


class Command(BaseCommand):
    help = "生成虚构企业的各部门数据文件"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--seed", type=int, default=2023)
        parser.add_argument("--enterprises", type=int, default=3000)
        parser.add_argument("--months", type=int, default=24)
        parser.add_argument("--until", type=month, default=date(2023, 10, 1), metavar="2023-10")
        parser.add_argument("--dirt", type=float, default=0.003, help="坏行所占比例")
        parser.add_argument("--whole", action="store_true", help="每个部门一个文件，不分批")
        parser.add_argument("--truth", type=Path, help="另存真实情况（是否困难、之后半年是否欠薪）")
        parser.add_argument("--expected", type=Path, help="另存正确导入应得的结果")

    def handle(self, *, folder, seed, enterprises, months, until, dirt, whole, truth, expected, **options):
        population = generate(seed, enterprises, months, until)
        plan = files.one_file_each(population) if whole else files.as_departments_deliver(population)
        written = []
        for file in files.write(population, plan, folder, seed=seed, dirt=dirt):
            self.stdout.write(f"{file.path}  {file.rows} 行")
            written.append(file)
        if truth:
            files.write_truth(population, truth)
        if expected:
            files.write_expected(written, expected)


def month(text):
    try:
        year, number = text.split("-")
        return date(int(year), int(number), 1)
    except ValueError:
        raise ArgumentTypeError("月份写作 2023-10") from None
