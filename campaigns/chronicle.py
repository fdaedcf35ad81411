"""What a campaign tells of an enterprise's history, found at start."""

from accounts.roles import Can
from enterprises.chronicle import Event, rows, tell

from .models import Exemplar


@tell("exemplars", "示范引领", Can.READ_CAMPAIGN)
def exemplars(enterprise, user):
    for row in rows(Exemplar, enterprise, user).filter(kind=Exemplar.Kind.FIRM):
        here, note = row.get_absolute_url(), row.title
        yield Event(row.recommended_on, f"推荐为{row.get_honour_display()}", here, note)
        yield Event(row.announced_on, "公示", here, note)
        yield Event(row.published_on, "公布为典型", here, note)
