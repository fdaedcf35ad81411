"""The figures of a storm: a table for people, var/faults.json for machines, docs/faults.md for the record."""

import json
import os
import statistics
from datetime import date

from config.embedded import ROOT

RESULTS, PAGE = ROOT / "var" / "faults.json", ROOT / "docs" / "faults.md"
TARGETS = {
    "worker": "后台进程（整组，或只是主进程）",
    "child": "后台进程池中的一个",
    "web": "网页服务（主进程，或其中一个）",
    "redis": "Redis（队列，一半连同缓存；离线至多 5 秒）",
    "postgresql": "PostgreSQL（整个离线至多 5 秒，或其中一个会话）",
}
KINDS = {
    "delivery": "部门数据",
    "register": "企业登记",
    "score": "评分",
    "export": "导出",
    "view": "视图",
    "notice": "提醒",
}


def write(found):
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    PAGE.write_text(_PAGE.format(day=date.today(), cores=os.cpu_count(), table="\n".join(lines(found)), **found))


def lines(found):
    """The table, and what else is to be said, line by line in Markdown."""
    yield "| 杀掉的部分 | 次数 | 正在办理任务时 | 打断的任务 | 恢复：中位 | 最长 |"
    yield "|---|---:|---:|---:|---:|---:|"
    for target, name in TARGETS.items():
        kills = [kill for kill in found["kills"] if kill["target"] == target]
        if kills:
            yield _line(name, kills)
    yield _line("合计", found["kills"])
    yield ""
    yield from (f"- {sentence}" for sentence in _told(found))
    for violation in found["violations"]:
        yield f"- **违背**：{violation}"


def _line(name, kills):
    back = [kill["back"] for kill in kills]
    busy = sum(kill["running"] > 0 for kill in kills)
    dead = sum(len(kill["interrupted"]) for kill in kills)
    return f"| {name} | {len(kills)} | {busy} | {dead} | {statistics.median(back):.1f} 秒 | {max(back):.1f} 秒 |"


def _told(found):
    accepted = "、".join(f"{KINDS[kind]} {number}" for kind, number in found["accepted"].items())
    again = sum(kind["again"] for kind in found["jobs"].values())
    jobs = sum(kind["jobs"] for kind in found["jobs"].values())
    most = max(kind["most attempts"] for kind in found["jobs"].values())
    away = [kill["log_in"] for kill in found["kills"] if kill["log_in"] and kill["target"] == "redis"]
    yield (
        f"平台答应的 {sum(found['accepted'].values())} 项（{accepted}）全部办完，各一次。"
        if not found["violations"]
        else f"平台答应了 {sum(found['accepted'].values())} 项（{accepted}）。"
    )
    by_hand = found["tried_again_by_hand"]
    yield f"后台任务 {jobs} 个，其中 {again} 个被打断后重做，最多第 {most} 次办成；由人点“重试”的 {by_hand} 个。"
    yield (
        f"提醒信发出 {found['letters']} 封，没有一人收到两封；后台进程死在交给邮件服务器的一刻、宁缺毋重而没有寄出的"
        f" {found['letters_lost']} 封（提醒本身仍在平台上）。"
    )
    yield f"没有等到答复、先查看再重新提交的 {found['asked_again']} 次。"
    yield (
        f"另有人不停翻页 {found['pages']:,} 次，其中 {found['pages_503']} 次得到“暂时不能办理”（503，带 Retry-After）；"
        f"登录 {found['log_ins']} 次成功，Redis 离线时登录 {len(away)} 次，成功 {away.count(302)} 次。"
    )


_PAGE = """# 故障试验

`make faults` 于 {day} 在 {cores} 核的机器上写成；种子 {seed}，{enterprises:,} 户，风暴持续 {storm_seconds} 秒。
做法见 `tests/faults`。

整套平台（内置 PostgreSQL、队列和缓存两个 Redis、两组后台进程、网页服务、定时）单独起在一个临时目录里。试验程序像
工作人员一样登录，不停地上传部门数据和企业登记、发起评分、导出清单、保存视图，同时在任务正办到一半的随机时刻用
SIGKILL 杀掉其中一部分。之后在同样的底数上把同一份清单不受打扰地再办一遍，两边逐项比较：每户每月的数据、评分用的
数据块、登记信息、每轮评分的每一户、每份导出文件的每一行，行数和散列值须完全相同；每个任务恰好办成一次；没有半截
入库的数据。

“恢复”从杀掉时算起，到网页重新应答、新的任务办成、被打断的任务都已重新办理为止，以最慢的为准，不得超过 60 秒。
有一条不符，命令的退出码就不是 0。

{table}
"""
