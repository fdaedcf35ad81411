"""Files on a record: taken, kept clean, served to those who may see the record, and to nobody else."""

import hashlib
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import District
from casework import wall
from casework.attachments import HOLDERS, Attachment, attach, forget_left_behind
from casework.cases import Case
from casework.confined import NotTaken
from casework.documents import Paper
from casework.models import AccessRecord
from tests import make, remedies
from tests.campaigns import undertakings
from tests.guidance import cases

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo(size=(64, 48), colour=(180, 40, 40), name="现场照片.jpg", format="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, format, **more)
    return SimpleUploadedFile(name, out.getvalue())


def exif(orientation=1):
    noted = Image.Exif()
    noted[0x0112] = orientation
    noted[0x010F] = "某品牌"
    noted.get_ifd(0x8769).update({36867: "2023:11:20 09:12:30", 37500: b"maker"})
    noted.get_ifd(0x8825).update({1: "N", 2: (37.0, 30.0, 36.0), 3: "E", 4: (122.0, 7.0, 12.0)})
    return noted


def hung_on(enterprise, upload=None, **fields):
    return attach(enterprise, upload or photo(), **({"by": None, "on": make.ON} | fields))


def content_of(kept):
    with kept.file.open() as file:
        return file.read()


def files(tmp_path):
    """What lies there of photos and papers, without the small pictures."""
    return [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]


def pictures(tmp_path):
    return [path for path in (tmp_path / "small").rglob("*") if path.is_file()]


# ── What is kept ─────────────────────────────────────────────────────────────────────────────


def test_a_photo_is_kept_without_what_the_camera_wrote_and_place_and_time_are_told(tmp_path):
    sent = photo(exif=exif(), comment=b"http://evil.example")
    kept = hung_on(make.enterprise(), sent)
    content = content_of(kept)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (64, 48), {})
        assert not {"exif", "comment", "icc_profile"} & picture.info.keys()
    assert b"evil" not in content
    assert f"{kept.taken_at.astimezone(make.AT.tzinfo):%Y-%m-%d %H:%M:%S}" == "2023-11-20 09:12:30"
    assert (float(kept.latitude), float(kept.longitude)) == (37.51, 122.12)
    assert kept.sha256 == hashlib.sha256(content).hexdigest() != kept.came_sha256
    assert kept.came_sha256 == hashlib.sha256(sent.seek(0) or sent.read()).hexdigest()
    assert (kept.name, kept.bytes, kept.came_bytes) == ("现场照片.jpg", len(content), sent.size)


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_a_photo_stands_upright(orientation, size):
    kept = hung_on(make.enterprise(), photo((60, 40), exif=exif(orientation)))
    with Image.open(io.BytesIO(content_of(kept))) as picture:
        assert picture.size == size


def test_a_large_photo_is_made_smaller():
    kept = hung_on(make.enterprise(), photo((9000, 3000)))
    with Image.open(io.BytesIO(content_of(kept))) as picture:
        assert picture.size == (4000, 1333)


def test_a_transparent_picture_stays_one():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (10, 20, 30, 128)).save(out, "PNG")
    kept = hung_on(make.enterprise(), SimpleUploadedFile("签名.png", out.getvalue()))
    with Image.open(io.BytesIO(content_of(kept))) as picture:
        assert picture.convert("RGBA").getpixel((3, 3)) == (10, 20, 30, 128)


def test_the_file_lies_under_a_name_that_says_nothing(tmp_path):
    kept = hung_on(make.enterprise(), photo(name="张三工资条.jpg"))
    assert re.fullmatch(r"attachments/\d{6}/[0-9a-f]{32}", kept.file.name)
    assert len(files(tmp_path)) == 1


def test_the_timeline_tells_who_added_what(huancui_officer):
    enterprise = make.enterprise()
    hung_on(enterprise, by=huancui_officer, note="整改后")
    entry = enterprise.timeline.get()
    assert (entry.deed, entry.note, entry.by, entry.on) == (
        "添加附件",
        "现场照片.jpg。整改后",
        huancui_officer,
        make.ON,
    )


def test_a_file_sent_twice_under_one_id_is_stored_once(tmp_path):
    enterprise, id = make.enterprise(), uuid4()
    first, second = hung_on(enterprise, id=id), hung_on(enterprise, id=id)
    assert first.pk == second.pk == id
    assert (Attachment.objects.count(), enterprise.timeline.count(), len(files(tmp_path))) == (1, 1, 1)


def test_another_file_under_the_same_id_is_refused(tmp_path):
    enterprise, id = make.enterprise(), uuid4()
    hung_on(enterprise, id=id)
    for record, upload in ((enterprise, photo(colour=(0, 0, 0))), (make.enterprise(), photo())):
        with pytest.raises(NotTaken, match="这个编号下已有另一个文件"):
            hung_on(record, upload, id=id)
    assert len(files(tmp_path)) == 1


def test_an_id_used_in_another_district_tells_nothing_of_it(tmp_path):
    id = uuid4()
    hung_on(make.enterprise(district="371082"), id=id)
    own = make.enterprise()
    with wall.within("371002"), pytest.raises(NotTaken, match="这个编号下已有另一个文件"):
        hung_on(own, id=id)
    assert len(files(tmp_path)) == 1


def test_a_record_takes_so_many_files_and_no_more(settings):
    settings.ATTACHMENTS_OF_A_RECORD = 1
    enterprise = make.enterprise()
    hung_on(enterprise)
    with pytest.raises(NotTaken, match="每条记录最多 1 个附件"):
        hung_on(enterprise)


def test_a_file_whose_row_was_never_committed_is_cleared_away_after_a_day(tmp_path):
    kept = hung_on(make.enterprise())
    left = tmp_path / kept.file.name
    left.with_name("0" * 32).write_bytes(b"x")
    (picture,) = pictures(tmp_path)
    picture.with_name("0" * 32).write_bytes(b"x")
    now = timezone.now()
    assert forget_left_behind(now) == 0
    with wall.within("371082"):
        assert forget_left_behind(now + timedelta(days=2)) == 2
    assert (files(tmp_path), pictures(tmp_path)) == ([left], [picture])


# ── The pages ────────────────────────────────────────────────────────────────────────────────


def page(enterprise):
    return reverse("casework:attachments", args=["enterprise", enterprise.pk])


def small(kept):
    return reverse("casework:attachment_small", args=[kept.pk])


def test_files_are_added_without_script_and_listed(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    answer = client.post(page(enterprise), {"files": [photo(), photo(name="营业执照.jpg")]})
    assert answer.headers["Location"] == page(enterprise)
    shown = client.get(page(enterprise)).content.decode()
    assert "现场照片.jpg" in shown
    assert "营业执照.jpg" in shown
    assert Attachment.objects.get(name="营业执照.jpg").by == huancui_officer


def test_a_form_sent_twice_stores_its_files_once(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    form = re.search(r'name="form" value="([^"]+)"', client.get(page(enterprise)).content.decode())[1]
    for _ in range(2):
        client.post(page(enterprise), {"files": [photo(), photo(colour=(0, 0, 0))], "form": form})
    assert Attachment.objects.count() == 2


def test_a_good_file_beside_a_bad_one_is_taken_and_each_refusal_is_said(client, huancui_officer, tmp_path):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    bad = SimpleUploadedFile("说明.exe", b"MZ")
    answer = client.post(page(enterprise), {"files": [photo(), bad]}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.lstrip().startswith("<section")
    assert 'role="alert"' in text
    assert "不能上传“.exe”文件" in text
    assert len(files(tmp_path)) == Attachment.objects.count() == 1


def test_without_a_file_the_form_says_so(client, huancui_officer):
    client.force_login(huancui_officer)
    answer = client.post(page(make.enterprise()), {})
    assert answer.status_code == 422
    assert "请选择要上传的文件" in answer.content.decode()


def test_a_request_that_is_too_large_is_refused_before_it_is_read(client, huancui_officer):
    client.force_login(huancui_officer)
    answer = client.generic(
        "POST", page(make.enterprise()), b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**30)
    )
    assert answer.status_code == 413


def test_a_file_leaves_as_an_attachment_that_nothing_interprets(client, huancui_officer):
    kept = hung_on(make.enterprise())
    client.force_login(huancui_officer)
    answer = client.get(reverse("casework:attachment", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == content_of(kept)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E7%8E%B0%E5%9C%BA%E7%85%A7%E7%89%87.jpg"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "image/jpeg"


def test_the_list_shows_a_small_picture_of_a_photo_and_a_sign_for_a_paper(client, huancui_officer, tmp_path):
    enterprise = make.enterprise()
    kept = hung_on(enterprise, photo((2400, 1200), exif=exif(orientation=6)))
    paper = hung_on(enterprise, SimpleUploadedFile("工资表.docx", Paper("工资表").content))
    client.force_login(huancui_officer)
    assert client.get(page(enterprise)).content.decode().count("<img") == 1
    answer = client.get(small(kept))
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (160, 320), {})
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get(small(paper)).status_code == 404
    assert len(pictures(tmp_path)) == 1


# ── Who may ──────────────────────────────────────────────────────────────────────────────────


def test_another_district_finds_neither_the_list_nor_the_file(client, rongcheng_officer):
    enterprise = make.enterprise()
    kept = hung_on(enterprise)
    client.force_login(rongcheng_officer)
    assert client.get(page(enterprise)).status_code == 404
    assert client.post(page(enterprise), {"files": [photo()]}).status_code == 404
    assert client.get(reverse("casework:attachment", args=[kept.pk])).status_code == 404
    assert client.get(small(kept)).status_code == 404


def test_whoever_may_only_read_the_record_adds_nothing(client, huancui_union):
    enterprise = make.enterprise()
    kept = hung_on(enterprise)
    client.force_login(huancui_union)
    assert "添加照片或文件" not in client.get(page(enterprise)).content.decode()
    assert client.post(page(enterprise), {"files": [photo()]}).status_code == 403
    answer = client.get(reverse("casework:attachment", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == content_of(kept)


def test_whoever_may_not_read_the_record_gets_no_file_of_it(client, auditor):
    kept = hung_on(make.enterprise())
    client.force_login(auditor)
    assert client.get(reverse("casework:attachment", args=[kept.pk])).status_code == 403
    assert client.get(small(kept)).status_code == 403


def test_who_takes_a_file_along_stands_in_the_log(client, huancui_officer):
    kept = hung_on(make.enterprise())
    client.force_login(huancui_officer)
    for address in (reverse("casework:attachment", args=[kept.pk]), f"/api/attachments/{kept.pk}/file/"):
        assert b"".join(client.get(address).streaming_content)
    lines = AccessRecord.objects.filter(kind="download", model="casework.attachment")
    assert [(line.by, line.record) for line in lines] == [(huancui_officer, str(kept.pk))] * 2


def test_files_and_timelines_of_its_cases_go_with_an_enterprise_that_goes_to_another_district(
    city_office, huancui_officer, rongcheng_officer
):
    item = remedies.rectification(owner=huancui_officer)
    item.note_deed("登记整改事项", by=huancui_officer, on=make.ON, district_id="371002")
    remedies.with_evidence(item, huancui_officer)
    stays = remedies.with_evidence(remedies.rectification(owner=huancui_officer), huancui_officer)
    there = District.objects.get(pk="371082")
    item.enterprise.move(there, version=1, by=city_office, on=make.ON, note="住所迁移")
    with wall.within("371082"):
        item.refresh_from_db()
        assert item.has_evidence
        assert [entry.deed for entry in item.timeline] == ["添加附件", "登记整改事项"]
        assert not Attachment.objects.on(stays).exists()
    assert Attachment.objects.visible_to(rongcheng_officer).on(item).count() == 1
    assert Attachment.objects.visible_to(huancui_officer).get().subject == stays


def test_files_go_with_a_record_that_goes_to_another_district(city_office, huancui_officer, rongcheng_officer):
    enterprise = make.enterprise()
    hung_on(enterprise)
    there = District.objects.get(pk="371082")
    enterprise.move(there, version=enterprise.version, by=city_office, on=make.ON, note="")
    assert not Attachment.objects.visible_to(huancui_officer).exists()
    assert Attachment.objects.visible_to(rongcheng_officer).count() == 1


# Records that take none, and why.
WITHOUT_FILES = {
    "campaigns.Practice": "what is published is a copy of the text alone",
    "risks.Sweep": "drawn by the portal from the list",
    "risks.LevelDecision": "shown on the enterprise's page, with the enterprise's files",
    "risks.Disclosure": "a look at another district's record, of which nothing is kept",
    "guidance.Leaflet": "its versions are files",
    "guidance.Attendance": "a line of a lecture, which takes them",
    "reports.Revision": "is a file",
    "reports.Template": "is a file",
    "reports.Summary": "what is issued with it is in its bundle",
}


def test_every_record_takes_files_but_those_that_are_named_with_a_reason():
    records = {model._meta.label for model in apps.get_models() if issubclass(model, Case)}
    assert records - {holder.model._meta.label for holder in HOLDERS.values()} == WITHOUT_FILES.keys()


def test_a_file_of_the_city_is_read_by_every_district_and_added_by_the_city_alone(
    client, city_office, huancui_officer, rongcheng_officer
):
    sent, draft = undertakings.dispatch(), undertakings.dispatch(sent=False)
    of_the_draft = attach(draft, photo(), by=city_office, on=make.ON)
    address = reverse("casework:attachments", args=["dispatch", sent.pk])
    client.force_login(city_office)
    assert client.post(address, {"files": [photo()]}).status_code == 302
    kept = Attachment.objects.get(subject_id=sent.pk)
    for person, reach in ((huancui_officer, "371002"), (rongcheng_officer, "371082")):
        client.force_login(person)
        assert kept.name in client.get(address).content.decode()
        assert client.post(address, {"files": [photo()]}).status_code == 403
        assert client.get(reverse("casework:attachment", args=[kept.pk])).getvalue() == content_of(kept)
        assert client.get(reverse("casework:attachment", args=[of_the_draft.pk])).status_code == 404
        with wall.within(reach):
            assert Attachment.objects.on(sent).exists()


def test_a_file_of_a_lecture_is_added_by_its_host_and_read_by_all(client, huancui_officer, rongcheng_officer):
    address = reverse("casework:attachments", args=["lecture", cases.lecture(huancui_officer).pk])
    client.force_login(rongcheng_officer)
    assert client.post(address, {"files": [photo()]}).status_code == 403
    client.force_login(huancui_officer)
    assert client.post(address, {"files": [photo()]}).status_code == 302
    client.force_login(rongcheng_officer)
    assert "现场照片.jpg" in client.get(address).content.decode()


def test_a_key_that_stands_for_nothing_is_not_found(client, huancui_officer):
    client.force_login(huancui_officer)
    assert client.get(reverse("casework:attachments", args=["secrets", 1])).status_code == 404
