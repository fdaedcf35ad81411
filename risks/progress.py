"""How far a run is that is not finished, in a sentence and in per cent; its parts are background jobs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    state: str
    percent: int
    under_way: bool
    can_go_on: bool  # parts failed or were cancelled and can be asked again
    message: str
    problems: list


def of(run):
    jobs = list(run.jobs)
    under_way = any(not job.over for job in jobs)
    broken = [job for job in jobs if job.state in {"failed", "cancelled"}]
    shares = [100 if job.state == "done" else job.percent for job in jobs]
    return Progress(
        state=_state(jobs, under_way, broken),
        percent=round(sum(shares) / len(shares)) if shares else 0,
        under_way=under_way,
        can_go_on=bool(broken) and not under_way,
        message=next((job.message for job in jobs if job.state == "running"), ""),
        problems=sorted({job.message for job in broken if job.message}),
    )


def state_of(run):
    """One word for the list of runs."""
    return "已完成" if run.finished_at else of(run).state


def _state(jobs, under_way, broken):
    if not jobs:
        return "由命令行评分，尚未完成"
    if under_way:
        return "正在评分" if any(job.state != "waiting" for job in jobs) else "等待评分"
    if not broken:
        return "即将完成"
    return "评分未能完成" if any(job.state == "failed" for job in broken) else "评分已取消"
