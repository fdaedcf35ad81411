from django.apps import AppConfig


class Operation(AppConfig):
    name = "operation"
    verbose_name = "运行"

    def ready(self):
        """Celery carries the request's mark to the worker, writes our log lines, and says that the worker lives."""
        from . import worker  # noqa: F401
