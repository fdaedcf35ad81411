"""What of lay-offs may wait for a person: receipt, opinions, planned days, transfers, the end of the priority."""

from accounts.roles import Role
from casework.reminders import Kind, Matter, register

from .models import Help, Layoff

_AUTHORITY = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)
_UNION = (Role.UNION_COORDINATOR,)


def _layoffs(key, label, roles, rows, day, *, awaited=False):
    """A kind of matter: `rows(on)` are those that wait, `day` the field that says since or until when."""

    def matters(people, on):
        places = {}
        for person in people:
            if person.role in roles and person.district:
                places.setdefault(person.district.pk, []).append(person)
        found = rows(on).filter(district__in=places).exclude(**{day: None}).select_related("enterprise")
        for layoff in found:
            for person in places[layoff.district_id]:
                yield Matter(
                    person, key, f"{label}（{layoff.planned_cut}人）", layoff.enterprise.name,
                    layoff.get_absolute_url(), getattr(layoff, day), awaited=awaited,
                )  # fmt: skip

    return register(Kind(key, label, matters, roles))


_all = Layoff.objects

_layoffs("layoff_receipt", "裁员报告待出具回执", _AUTHORITY,
         lambda on: _all.open().filter(statutory=True, receipt_number=""), "reported_on", awaited=True)  # fmt: skip
_layoffs("layoff_advise", "裁员方案待出具意见", _AUTHORITY, lambda on: _all.to_advise(), "reported_on", awaited=True)
_layoffs("layoff_union", "裁员方案待工会提出意见", _UNION,
         lambda on: _all.without_union_opinion(), "reported_on", awaited=True)  # fmt: skip
_layoffs("layoff_begin", "计划裁减日期", _AUTHORITY, lambda on: _all.open(), "starts_on")
_layoffs("layoff_transfer", "档案社保转移到期", _AUTHORITY,
         lambda on: _all.looked_after().filter(transferred_on=None), "transfer_due_on")  # fmt: skip
_layoffs("layoff_unhelped", "被裁减人员待帮扶", (*_AUTHORITY, *_UNION),
         lambda on: _all.looked_after().filter(people__isnull=False).exclude(
             pk__in=Help.objects.values("layoff")).distinct(), "carried_out_on", awaited=True)  # fmt: skip
_layoffs("layoff_close", "优先招用期届满，可以办结", _AUTHORITY, lambda on: _all.to_close(on), "rehire_until",
         awaited=True)  # fmt: skip
