from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class Casework(AppConfig):
    name = "casework"
    verbose_name = "办理"

    def ready(self):
        """Every app's lists, reminders, announcements, work and field records are known in every process."""
        from . import access, audit, audit_listings, comment_reminders, exports  # noqa: F401 - hear of log-ins; register

        autodiscover_modules("listings", "reminders", "announcements", "tasks", "field", "chronicle")
        post_migrate.connect(audit.install, sender=self)
