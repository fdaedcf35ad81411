"""用工处方 and items of the ledger for tests: at any stage, without walking the whole way there."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign
from casework.attachments import attach
from risks.models import Prescription, Rectification
from risks.models.prescriptions import PrescriptionState
from risks.models.rectifications import RectificationState
from tests import make

LINE = {
    "subject": "未订立书面劳动合同",
    "facts": "抽查职工名册 20 人，其中 3 人用工满一个月未订立书面劳动合同。",
    "legal_basis": "《中华人民共和国劳动合同法》第十条、第八十二条",
    "consequence": "自用工之日起超过一个月不满一年未订立的，须向职工每月支付二倍的工资。",
    "advice": "建议与上述 3 名职工补订书面劳动合同，并将合同文本交职工本人。",
    "matter": "与 3 名职工补订书面劳动合同",
    "due_on": make.ON + timedelta(days=10),
    "person": "人力资源部 王某",
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def prescription(by, state=PrescriptionState.DRAFT, *, enterprise=None, **fields):
    """In the name of `by`'s organisation, with one line."""
    enterprise = enterprise or make.enterprise(district=by.organisation.district_id)
    fields = {
        "enterprise": enterprise, "district_id": enterprise.district_id, "organisation": by.organisation, "drafter": by,
        "written_on": make.ON, "state": state, "campaign": Campaign.objects.running(make.ON),
    } | fields  # fmt: skip
    if state in (PrescriptionState.SIGNED, PrescriptionState.GIVEN):
        number = Prescription.objects.filter(organisation=by.organisation).count() + 1
        fields = {"signer": by, "signed_on": make.ON, "year": make.ON.year, "number": number} | fields
    if state == PrescriptionState.GIVEN:
        fields = {"given_on": make.ON, "means": "in_person", "receiver": "王某"} | fields
    made = Prescription.objects.create(**fields)
    made.lines.create(**LINE)
    return made


def rectification(state=RectificationState.OPEN, *, district="371002", enterprise=None, owner=None, **fields):
    """An item that stands at `state`; beyond OPEN it needs its owner, when it is closed a `closed_by`."""
    enterprise = enterprise or make.enterprise(district=district)
    fields = {
        "enterprise": enterprise, "district_id": enterprise.district_id, "state": state, "matter": LINE["matter"],
        "due_on": make.ON + timedelta(days=10), "person": "人力资源部 王某", "owner": owner, "opened_on": make.ON,
        "first_due_on": make.ON + timedelta(days=10), "campaign": Campaign.objects.running(make.ON),
    } | fields  # fmt: skip
    if state in (RectificationState.SUBMITTED, RectificationState.CLOSED):
        fields = {"outcome": "已补订并交付文本。", "submitted_on": make.ON} | fields
    if state == RectificationState.CLOSED:
        fields = {"closed_on": make.ON} | fields
    return Rectification.objects.create(**fields)


def with_evidence(item, by):
    """A photo on the item, as its owner uploads one."""
    attach(item, SimpleUploadedFile("补订的合同.png", PNG, "image/png"), by=by, on=make.ON)
    return item
