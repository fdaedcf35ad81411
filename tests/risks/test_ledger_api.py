"""The ledger for machine clients: the same deeds, versions and refusals as on the pages."""

import pytest

from risks.models import Prescription, Rectification
from risks.models.rectifications import RectificationState
from tests import make
from tests.remedies import LINE, prescription, rectification

pytestmark = pytest.mark.django_db


def post(client, address, content, version=None, key=None):
    headers = {"If-Match": version and f'"{version}"', "Idempotency-Key": key}
    sent = {name: value for name, value in headers.items() if value}
    return client.post(address, content, "application/json", headers=sent)


def test_an_item_is_assigned_once_however_often_the_client_sends(client, huancui_supervisor, huancui_officer):
    item = rectification()
    client.force_login(huancui_supervisor)
    address, content = f"/api/rectifications/{item.pk}/assign/", {"owner": huancui_officer.pk, "due_on": "2023-12-01"}
    first = post(client, address, content, version=1, key="once")
    again = post(client, address, content, version=1, key="once")
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json()["state"], first.headers["ETag"]) == ("assigned", '"2"')
    assert post(client, address, content, version=1).status_code in (409, 412)
    assert Rectification.objects.get().version == 2


def test_a_deed_of_another_role_or_district_is_refused(client, huancui_officer, rongcheng_officer):
    item = rectification()
    content = {"owner": huancui_officer.pk, "due_on": "2023-12-01"}
    for user, status in ((huancui_officer, 403), (rongcheng_officer, 404)):
        client.force_login(user)
        assert post(client, f"/api/rectifications/{item.pk}/assign/", content, version=1).status_code == status
    item.refresh_from_db()
    assert item.state == RectificationState.OPEN


def test_a_prescription_is_drafted_from_a_visit_with_its_findings(client, huancui_officer):
    inspection = make.inspection(by=huancui_officer, answers={"2.1": ("no", LINE["facts"])})
    client.force_login(huancui_officer)
    answer = post(client, "/api/prescriptions/", {"inspection": inspection.pk, "preface": "现提出以下建议。"})
    assert answer.status_code == 201, answer.json()
    made = Prescription.objects.get()
    assert (made.inspection, made.lines.get().facts) == (inspection, LINE["facts"])
    refused = post(client, f"/api/prescriptions/{made.pk}/amend/", {"preface": "责令改正"}, version=1)
    assert refused.status_code == 422
    assert "可改为“建议”" in refused.json()["errors"]["preface"][0]


def test_a_prescription_is_drafted_for_an_enterprise_and_lines_are_sent_one_by_one(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    lines = {f"lines-0-{name}": str(value) for name, value in LINE.items()}
    content = {"enterprise": enterprise.pk, "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0} | lines
    assert post(client, "/api/prescriptions/", content).status_code == 201
    assert Prescription.objects.get().lines.get().matter == LINE["matter"]


def test_the_visit_of_another_district_is_not_there(client, huancui_officer, rongcheng_officer):
    inspection = make.inspection(by=huancui_officer)
    client.force_login(rongcheng_officer)
    assert post(client, "/api/prescriptions/", {"inspection": inspection.pk}).status_code == 404


def test_the_answer_names_the_moves_that_are_open(client, huancui_supervisor, huancui_officer):
    made = prescription(huancui_officer, "proposed")
    client.force_login(huancui_supervisor)
    told = client.get(f"/api/prescriptions/{made.pk}/").json()
    assert [move["move"] for move in told["moves"]] == ["sign", "send_back", "withdraw"]
