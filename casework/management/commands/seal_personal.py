from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from casework import personal

ROWS = 500


class Command(BaseCommand):
    help = (
        "更换 SECRET_KEY 之后执行一次：把加密存放的个人信息改用现行密钥加密。"
        "旧密钥须仍在 SECRET_KEY_FALLBACKS 中；执行完毕后，个人信息不再需要旧密钥。"
    )

    def handle(self, **options):
        changed = sum(self._sealed_anew(model, names) for model, names in _sealed())
        self.stdout.write(f"已改用现行密钥加密 {changed} 条记录。")

    def _sealed_anew(self, model, names):
        changed = 0
        keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), ROWS):
            with transaction.atomic():
                rows = model._base_manager.select_for_update().filter(pk__in=keys[start : start + ROWS])
                try:
                    changed += personal.seal_anew(rows.order_by("pk"), names)
                except personal.Unreadable as error:
                    raise CommandError(
                        f"{model._meta.verbose_name}中有记录不能用现有的密钥读取，这一批没有改动。"
                        "请把加密时的 SECRET_KEY 填入 SECRET_KEY_FALLBACKS 后重新执行。"
                    ) from error
        return changed


def _sealed():
    """[(model, [its sealed fields])]."""
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, personal.Sealed)]
        if names:
            yield model, names
