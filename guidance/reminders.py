"""What of guidance may wait for a person, found at start."""

from . import (
    layoff_reminders,  # noqa: F401
    service_reminders,  # noqa: F401
    visits_reminders,  # noqa: F401
)
