"""What guidance tells of an enterprise's history, found at start."""

from accounts.roles import Can
from enterprises.chronicle import Event, rows, tell

from . import service_chronicle  # noqa: F401
from .models import GuidanceVisit, Layoff


@tell("guidance_visits", "指导走访", Can.READ_GUIDANCE)
def visits(enterprise, user):
    """A joint visit counts once and is told once, by the first of those who wrote it down."""
    told = set()
    for row in rows(GuidanceVisit, enterprise, user, "organisation", "joint").standing():
        together = None if row.stands_alone else row.joint_id
        if together is None or together not in told:
            told.add(together)
            how = "联合走访" if together else "指导走访"
            note = f"{row.organisation.short_name}，{row.get_purpose_display()}"
            if row.leaflets:
                note += f"，发放资料 {len(row.leaflets)} 种"
            yield Event(row.visited_on, how, row.get_absolute_url(), note)
        yield Event(row.returned_on, "回访", row.get_absolute_url(), row.returned)


@tell("layoffs", "裁员", Can.READ_GUIDANCE)
def layoffs(enterprise, user):
    for row in rows(Layoff, enterprise, user):
        here = row.get_absolute_url()
        yield Event(row.reported_on, "报告裁员方案", here, row.get_state_display())
        yield Event(row.advised_on, "出具裁员意见", here, row.get_verdict_display())
        yield Event(row.carried_out_on, "实施裁减", here)
