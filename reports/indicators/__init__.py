"""The indicator catalogue: every figure of the reports declared once, with its counting rule and the rows behind it.

Dashboard, list, file, report and city summary all ask here, so that their figures cannot differ:

    table = tables.of(catalogue.readable_by(user), campaign, on=cut_off, user=user)
    table.value("risk.visits", "371002")          # 户次 of a district
    catalogue.CATALOGUE["risk.visits"].rows(campaign, on)   # the very rows that were counted
"""

from . import (  # noqa: F401 - each declares its figures
    bargaining,
    examples,
    guidance,
    layoffs,
    publicity,
    screening,
    services,
)
