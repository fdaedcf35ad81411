"""What of the sweep's work may wait for a person: items of the ledger, extensions, prescriptions to be signed."""

from accounts.roles import WHO_MAY, Can, Role
from casework.reminders import Kind, Matter, register

from . import major_reminders  # noqa: F401 - kinds of their own
from .models import Extension, Prescription, Rectification
from .models.rectifications import RectificationState

_HEAD = (Role.DISTRICT_SUPERVISOR,)
_SIGNERS = (Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR)


def _by_district(people, *roles):
    """{district code: the people of these roles who work there}."""
    found = {}
    for person in people:
        if person.role in roles and person.district:
            found.setdefault(person.district.pk, []).append(person)
    return found


def to_put_right(people, on):
    """The owner's items. Who no longer works in the district cannot open them and is not written to."""
    owners = {person.pk: person for person in people}
    rows = Rectification.objects.filter(state=RectificationState.ASSIGNED, owner__in=owners)
    for item in rows.select_related("enterprise"):
        owner = owners[item.owner_id]
        if owner.district and owner.district.pk == item.district_id:
            yield Matter(
                owner, "rectification_due", item.matter, item.enterprise.name, item.get_absolute_url(), item.due_on
            )


def to_give_out(people, on):
    supervisors = _by_district(people, Role.DISTRICT_SUPERVISOR)
    rows = Rectification.objects.unassigned().filter(district__in=supervisors).select_related("enterprise")
    for item in rows:
        for person in supervisors[item.district_id]:
            yield _awaits(person, "rectification_unassigned", item, item.opened_on)


def to_check(people, on):
    supervisors = _by_district(people, Role.DISTRICT_SUPERVISOR)
    rows = Rectification.objects.filter(state=RectificationState.SUBMITTED, district__in=supervisors)
    for item in rows.select_related("enterprise"):
        for person in supervisors[item.district_id]:
            if person.pk != item.owner_id:
                yield _awaits(person, "rectification_submitted", item, item.submitted_on)


def to_decide(people, on):
    supervisors = _by_district(people, Role.DISTRICT_SUPERVISOR)
    rows = Extension.objects.filter(decided_on=None, rectification__district__in=supervisors)
    for extension in rows.select_related("rectification__enterprise"):
        item = extension.rectification
        for person in supervisors[item.district_id]:
            if person.pk != extension.asked_by_id:
                yield _awaits(person, "extension", item, extension.asked_on)


def to_sign(people, on):
    """Those who sign for the organisation in whose name it goes out."""
    signers = [p for p in people if p.role in _SIGNERS]
    rows = Prescription.objects.waiting_for_signature().filter(
        organisation__in={person.organisation_id for person in signers}
    )
    for prescription in rows.select_related("enterprise"):
        for person in signers:
            if person.organisation_id == prescription.organisation_id:
                yield Matter(
                    person, "prescription_sign", "用工处方待签发", prescription.enterprise.name,
                    prescription.get_absolute_url(), prescription.written_on, awaited=True,
                )  # fmt: skip


def _awaits(person, kind, item, since):
    return Matter(person, kind, item.matter, item.enterprise.name, item.get_absolute_url(), since, awaited=True)


register(Kind("rectification_due", "整改到期", to_put_right, WHO_MAY[Can.PRESCRIBE]))
register(Kind("rectification_unassigned", "整改事项待分派", to_give_out, _HEAD))
register(Kind("rectification_submitted", "整改待复核", to_check, _HEAD))
register(Kind("extension", "延期待批", to_decide, _HEAD))
register(Kind("prescription_sign", "用工处方待签发", to_sign, _SIGNERS))
