"""用工处方 and the ledger of a demonstration: what came of the visits, week by week, by the same verbs as in earnest.

Everybody and everything is invented. What becomes of an item follows from its number, so that each load is the same.
"""

import io
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from accounts.models import User
from accounts.roles import Role
from casework.attachments import attach

from . import prescribing
from .models import Inspection, Prescription, Rectification
from .models.prescriptions import PrescriptionState
from .models.rectifications import OWNER_ROLES, RectificationState

# Days of the week's work; what was not taken up on one of them is on the next.
WEEKS = tuple(date(2023, 7, 17) + timedelta(days=7 * week) for week in range(18))
AT_ONCE = 1  # prescriptions of a district in a week
_PEOPLE = ("人力资源部 王某", "办公室 李某", "生产部 张某", "财务部 刘某", "总经理 于某")
_OUTCOMES = ("已整改，职工已签字确认。", "已补办手续并建立台账。", "已补发并向职工提供清单。", "已修订制度并公示。")


def week_of_work(on):
    """What the districts do on a day of WEEKS."""
    close(on)
    see_to(on)
    catch_up(on)
    prescribe(on)


def fate(record, of):
    """One of `of` things that may become of a record."""
    return record.pk % of


def prescribe(on):
    """Draft what the visits of late call for; most are signed and given out the same day, some wait for a week."""
    waiting = Inspection.objects.submitted().filter(
        visited_on__lte=on, findings__isnull=False, prescriptions__isnull=True
    )
    taken = {}
    for inspection in waiting.distinct().select_related("enterprise", "organisation", "opened_by").order_by("pk"):
        taken[inspection.district_id] = taken.get(inspection.district_id, 0) + 1
        if taken[inspection.district_id] <= AT_ONCE:
            made = _draft(inspection, on)
            if fate(made, 9):
                made.propose(by=made.drafter, on=on)
                if fate(made, 11):
                    _give_out(made, on)


def catch_up(on):
    """What was left a week ago is done."""
    for made in Prescription.objects.filter(state__in=[PrescriptionState.DRAFT, PrescriptionState.PROPOSED]):
        if made.state == PrescriptionState.DRAFT:
            made.propose(by=made.drafter, on=on)
        _give_out(made, on)
    for item in Rectification.objects.filter(state=RectificationState.OPEN):
        _assign(item, on)


def _draft(inspection, on):
    made = Prescription(
        inspection=inspection, enterprise=inspection.enterprise, district_id=inspection.district_id,
        organisation=inspection.opened_by.organisation,
    )  # fmt: skip
    findings = inspection.findings.select_related("item")
    lines = prescribing.lines_from(findings, person=_PEOPLE[inspection.pk % len(_PEOPLE)], on=on)
    for line in lines:
        line["facts"] = line["facts"] or f"查阅资料、询问职工，发现{line['subject']}方面有不符合规定的情况。"
    preface = prescribing.preface(made, inspection.visited_on)
    made.draft(by=inspection.opened_by, on=on, lines=lines, preface=preface)
    return made


def _give_out(made, on):
    writer = made.drafter
    made.sign(by=writer if writer.role == Role.UNION_COORDINATOR else _supervisor(made.district_id), on=on)
    receiver = made.lines.first().person
    made.give(by=writer, on=on, given_on=on, means=Prescription.Means.IN_PERSON, receiver=receiver)
    for item in made.rectifications.all():
        if fate(item, 13):
            _assign(item, on)


def _assign(item, on):
    writer = item.prescription.drafter
    owner = writer if writer.role in OWNER_ROLES else _officer(item.district_id)
    item.assign(by=_supervisor(item.district_id), on=on, owner=owner, due_on=max(item.due_on, on + timedelta(days=7)))


def see_to(on):
    """Owners hand in about seven of ten within the week, ask for more time for one, leave some until they are late."""
    for item in Rectification.objects.filter(state=RectificationState.ASSIGNED).select_related("owner"):
        turn = fate(item, 10)
        if turn < 7 or item.due_on < on - timedelta(days=21):
            attach(item, _photo(item), by=item.owner, on=on)
            item.submit(by=item.owner, on=on, outcome=_OUTCOMES[item.pk % len(_OUTCOMES)])
        elif turn == 7 and not item.extensions.exists():
            until = max(item.due_on, on) + timedelta(days=15)
            item.ask_extension(by=item.owner, on=on, until=until, reason="涉及的职工在外地作业，返岗后方可办理。")
            if fate(item, 20) == 7:
                item.grant_extension(by=_supervisor(item.district_id), on=on, remark="情况属实，同意。")


def close(on):
    """Supervisors close what was handed in the week before; now and then one goes back."""
    for item in Rectification.objects.filter(state=RectificationState.SUBMITTED, submitted_on__lt=on):
        supervisor = _supervisor(item.district_id)
        if fate(item, 12) == 5 and item.version < 5:
            due_on = on + timedelta(days=10)
            item.send_back(by=supervisor, on=on, reason="凭证不全，请补充职工签收页。", due_on=due_on)
        else:
            item.close(by=supervisor, on=on, remark="已核对凭证。")


def _supervisor(district):
    return _first(district, Role.DISTRICT_SUPERVISOR)


def _officer(district):
    return _first(district, Role.DISTRICT_OFFICER)


def _first(district, role):
    return User.objects.filter(organisation__district=district, role=role, is_active=True).order_by("pk").first()


def _photo(item):
    """A photo that shows nothing but that it is invented."""
    picture = Image.new("RGB", (640, 420), (226, 232, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 50, 580, 370), outline=(90, 102, 115), width=3)
    for line in range(6):
        draw.line((100, 110 + 40 * line, 540 - 30 * (line % 3), 110 + 40 * line), fill=(148, 163, 184), width=6)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=60)
    return SimpleUploadedFile(f"整改凭证_{item.pk}（演示）.jpg", file.getvalue(), "image/jpeg")
