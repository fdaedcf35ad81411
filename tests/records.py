"""The records that the matrix asks for (tests/matrix.csv): one maker a kind, named as in the file's column 记录.

A maker takes a Place and returns the record, or {argument of the address: value}. In its text fields, and in those of
its timeline, marks are sown afterwards by themselves: a mark that turns up in an answer tells what leaked, and whose it
is. What is a figure of tax or loan gets a mark from `place.figure`.

    KryD371082_address    of a record of the district 371082
    KryF371082_reasons    a figure of that district, or a text that holds one
    KryPhuancui_union_…   of that person alone
    KryC_…                rows of a department's file, for those who receive them
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import Organisation, RightsChange, User
from accounts.roles import Can
from campaigns.models import Campaign
from casework import access, comments
from casework.attachments import HOLDERS, Attachment, Holder
from casework.models import Entry, Export, Job, Message, SavedView, Subscription, WithTimeline
from casework.trail import AccessRecord, Change
from enterprises import signals
from enterprises.models import DeliveryFault, DeliverySample, Enterprise, Feed, FormerCode
from guidance.models import JointVisit
from reports import freezing, templating
from reports.models import Report, Summary, Template
from risks.models import Disclosure, ReasonCheck, ScoreRun, Sweep
from risks.models.disclosures import DisclosureState
from risks.models.prescriptions import PrescriptionState
from risks.models.rectifications import RectificationState
from tests import make, remedies
from tests.campaigns import undertakings
from tests.guidance import cases as services
from tests.guidance import layoff_cases
from tests.negotiations import cases

NOWHERE = 999_999_999  # the number of no record
MONTH = make.ON.replace(month=10, day=1)
# An amount in 分 that is written nowhere else, by district; whatever way it is rounded and grouped, its head shows.
AMOUNTS = {"371002": 58_213_477_11, "371082": 69_324_588_22}

THIRD = "371083"

DISTRICT, PERSON, CITY = "区市", "本人", "全市"
KINDS = {}


@dataclass(frozen=True)
class Place:
    """Where a record is made: a district and a person of it. The city's records have the steward."""

    scope: str
    person: User

    @property
    def district(self):
        return self.person.organisation.district_id

    def mark(self, label):
        if self.scope == DISTRICT:
            return f"KryD{self.district}_{label}"
        return f"KryP{self.person.username}_{label}" if self.scope == PERSON else f"KryZ_{label}"

    def figure(self, label):
        return f"KryF{self.district}_{label}"

    @property
    def amount(self):
        return AMOUNTS[self.district]


@dataclass(frozen=True)
class Kind:
    """`scope`: 区市 seen in its district, 本人 by one person, 全市 by whoever has the capability."""

    scope: str
    maker: Callable
    also: str | None = None  # the capability of those who see everybody's

    def make(self, place):
        made = self.maker(place)
        if isinstance(made, models.Model) and place.scope != CITY:
            sow(made, place)
        return made


def kind(name, scope, also=None):
    def register(maker):
        KINDS[name] = Kind(scope, maker, also)
        return maker

    return register


# ── Of a district ────────────────────────────────────────────────────────────────────────────


@kind("企业", DISTRICT)
def enterprise(place):
    """With a month of every feed, a score, a former code."""
    row = make.enterprise(district=place.district, revenue=place.amount // 100, assets=place.amount // 100)
    delivery = make.delivery()
    for feed in Feed:
        make.signal(
            row, feed, MONTH, delivery, due=place.amount, paid=place.amount,
            balance=place.amount if feed == Feed.LOAN else None, count=17,
        )  # fmt: skip
        signals.refresh_blocks(feed, [MONTH], [row.pk // signals.BLOCK])
        delivery.months.create(feed=feed, month=MONTH, enterprises=1)
    make.score(row, the_run(), reasons=[place.figure("reasons")])
    FormerCode.objects.create(uscc=make.uscc(), enterprise=row, since=make.ON)
    return row


@kind("两家企业", DISTRICT)
def pair(place):
    return {"pk": make.enterprise(district=place.district).pk, "double_pk": make.enterprise(district=place.district).pk}


@kind("附件", DISTRICT)
def attachment(place):
    held = make.enterprise(district=place.district)
    HOLDERS.setdefault("matrix", Holder("matrix", Enterprise, Can.READ_REGISTER, Can.EDIT_REGISTER))
    row = Attachment(subject=held, district_id=place.district, media_type="image/jpeg", came_bytes=1, bytes=1)
    row.file.save("1", ContentFile(place.mark("content").encode()), save=False)
    row.file.storage.save(row.small_name, ContentFile(place.mark("small").encode()))
    row.save()
    return row


@kind("带附件的记录", DISTRICT)
def holder(place):
    return {"key": "matrix", "pk": attachment(place).subject_id}


@kind("有留言的记录", DISTRICT)
def commented(place):
    held = make.enterprise(district=place.district)
    comments.comment(held, place.mark("comment"), by=place.person, on=make.ON)
    return {"kind": "enterprises.enterprise", "pk": held.pk}


@kind("体检", DISTRICT)
def inspection(place):
    row = make.inspection(make.enterprise(district=place.district), by=place.person, answers={"4.1": ("no", "已说明")})
    ReasonCheck.objects.create(
        inspection=row,
        key="social_pay_rate",
        title="社保实缴率",
        sentence=place.figure("sentence"),
        question="是否属实",
    )
    return row


@kind("用工处方", DISTRICT)
def prescription(place):
    return remedies.prescription(place.person, PrescriptionState.GIVEN)


@kind("处方草稿", DISTRICT)
def draft(place):
    return remedies.prescription(place.person)


@kind("整改事项", DISTRICT)
def rectification(place):
    return remedies.rectification(RectificationState.ASSIGNED, district=place.district, owner=place.person)


@kind("检查发现", DISTRICT)
def finding(place):
    return inspection(place).findings.get()


@kind("依据核实", DISTRICT)
def reason_check(place):
    return inspection(place).reason_checks.get()


@kind("等级确认", DISTRICT)
def decision(place):
    return make.decision(make.enterprise(district=place.district), by=place.person)


@kind("欠薪线索", DISTRICT)
def arrears(place):
    return make.arrears(make.enterprise(district=place.district), by=place.person)


@kind("走访计划", DISTRICT)
def sweep(place):
    row = Sweep.objects.create(
        title="走访", district_id=place.district, campaign=Campaign.objects.running(make.ON), run=the_run(), size=1,
        organisation=place.person.organisation, starts_on=make.ON, ends_on=make.ON, seed="1", pool_sha256="0" * 64,
        pool=zlib.compress(b"[]"),
    )  # fmt: skip
    row.visits.create(
        enterprise=make.enterprise(district=place.district), district_id=place.district, place=1, how="risk"
    )
    return row


@kind("重大风险", DISTRICT)
def major(place):
    return make.major(make.enterprise(district=place.district), by=place.person)


@kind("移交", DISTRICT)
def handover(place):
    return make.handover(make.enterprise(district=place.district), by=place.person)


@kind("协查申请", DISTRICT)
def disclosure(place):
    """Asked of a third district, which may see it, too."""
    return Disclosure.objects.create(
        district_id=place.district, risk=major(place), enterprise=make.enterprise(district=THIRD), holder_id=THIRD,
        masked_name="乳山某企业", shared="法定代表人", reason="核实", state=DisclosureState.ASKED, asked_on=make.ON,
        asked_by=place.person,
    )  # fmt: skip


@kind("可协查企业", DISTRICT)
def relative(place):
    return {"pk": major(place).pk, "enterprise": make.enterprise(district=THIRD).pk}


@kind("协商要约", DISTRICT)
def consultation(place):
    return cases.consultation(make.enterprise(district=place.district), seated=True)


@kind("协商条款", DISTRICT)
def clause(place):
    return {"pk": consultation(place).pk, "number": 1}


@kind("督促文书", DISTRICT)
def urging(place):
    row = consultation(place)
    return row.urgings.create(
        district_id=row.district_id, what="opinion", text="意见", by=place.person, sent_on=make.ON
    )


@kind("集体合同", DISTRICT)
def contract(place):
    return cases.contract(make.enterprise(district=place.district))


@kind("合同审查", DISTRICT)
def review(place):
    """Objected to, so that there is a letter."""
    row = contract(place)
    row.reviews.create(
        district_id=place.district, number=1, filed_on=make.ON, reviewed_on=make.ON, passed=False, by=place.person,
        objected=["content"], opinion=place.mark("opinion"),
    )  # fmt: skip
    return {"pk": row.pk, "number": 1}


@kind("协商机制", DISTRICT)
def mechanism(place):
    return cases.mechanism(make.enterprise(district=place.district))


@kind("裁员报告", DISTRICT)
def layoff(place):
    """With a receipt, an opinion and a list of one, so that both files are written."""
    return layoff_cases.layoff(
        make.enterprise(district=place.district), people=1, receipt_number=f"裁收〔2023〕{place.district}号",
        receipted_on=layoff_cases.REPORTED, verdict="objected", opinion="意见", advised_on=layoff_cases.REPORTED,
    )  # fmt: skip


@kind("被裁减人员", DISTRICT)
def laid_off(place):
    return layoff(place).people.get()


@kind("指导走访", DISTRICT)
def guidance_visit(place):
    return make.visit(make.enterprise(district=place.district), by=place.person)


@kind("联合走访", DISTRICT)
def joint_visit(place):
    row = JointVisit.of(guidance_visit(place))
    row.separate(by=place.person, on=make.ON)
    return row


# ── Of a person ──────────────────────────────────────────────────────────────────────────────


@kind("后台任务", PERSON, also=Can.SEE_JOBS)
def job(place):
    return Job.objects.create(kind="score", key=f"of {place.person}", asked_by=place.person, state="done")


@kind("导出文件", PERSON)
def export(place):
    row = Export(owner=place.person, page="risks:list", title="企业风险清单", format="csv", rows=1,
                 job=Job.objects.create(kind="export", key=f"export of {place.person}", asked_by=place.person,
                                        state="done"),
                 expires_at=timezone.now() + timedelta(days=1))  # fmt: skip
    row.file.save("1.csv", ContentFile(place.mark("content").encode()), save=False)
    row.save()
    return row


@kind("我的视图", PERSON)
def saved_view(place):
    return SavedView.objects.create(owner=place.person, page="risks:list", name="红色", query="level=red")


@kind("安全密钥", PERSON)
def security_key(place):
    data = {"name": place.mark("key"), "credential": _credential()}
    return Authenticator.objects.create(user=place.person, type=Authenticator.Type.WEBAUTHN, data=data)


def _credential():
    """What a browser tells of a new key, whose private half is thrown away."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    number = uuid4().bytes
    known = AuthenticatorData.create(bytes(32), 0x45, 0, AttestedCredentialData.create(bytes(16), number, public))
    told = {
        "clientDataJSON": CollectedClientData.create("webauthn.create", bytes(32), "https://portal.invalid"),
        "attestationObject": AttestationObject.create("none", known, {}),
    }
    response = {name: websafe_encode(value) for name, value in told.items()}
    return {"id": websafe_encode(number), "rawId": websafe_encode(number), "type": "public-key", "response": response}


@kind("总结", DISTRICT)
def report(place):
    return a_report(place)


@kind("总结部分", DISTRICT)
def section(place):
    return {"pk": a_report(place).pk, "key": "plans"}


@kind("部分版本", DISTRICT)
def section_text(place):
    return {"pk": a_report(place).pk, "key": "plans", "version": 1}


@kind("报送", DISTRICT)
def submission(place):
    return {"pk": a_report(place).pk, "number": 1}


@kind("报送指标", DISTRICT)
def submitted_figure(place):
    return {"pk": a_report(place).pk, "number": 1, "code": "risk.visits"}


@kind("总结改稿", DISTRICT)
def revision(place):
    return a_report(place).revisions.create(
        district_id=place.district, name=place.mark("name"), sha256="0" * 64, received_on=make.ON,
        texts={"plans": place.mark("texts")},
        figures=[{"code": "risk.visits", "name": "入户走访", "was": "0", "now": place.mark("now")}],
    )  # fmt: skip


def a_report(place):
    """A draft that was submitted before, with a section, a case and a figure."""
    report, is_new = Report.objects.get_or_create(
        campaign=Campaign.objects.running(make.ON), district_id=place.district, defaults={"begun_on": make.ON}
    )
    if is_new:
        here = {"district_id": place.district}
        section = report.sections.create(
            key="plans", place=1, text="下一步", kept_by=place.person, kept_at=make.AT, **here
        )
        section.texts.create(version=1, text=place.mark("text"), by=place.person, begun_at=make.AT, at=make.AT, **here)
        report.cases.create(
            place=1, title="案例", background="背景", action="做法", result="成效", source_id=1,
            source_type=ContentType.objects.get_for_model(Enterprise), **here,
        )  # fmt: skip
        made = report.submissions.create(
            number=1, at=make.AT, by=place.person, due_at=make.AT, cut_off_on=make.ON,
            texts={"plans": place.mark("text")}, cases=[], bodies=[], **here,
        )  # fmt: skip
        made.figures.create(
            place=1, code="risk.visits", name=place.mark("name"), unit="visits", heading="screening",
            rule="每次计一户次",
            value=0, behind=freezing.pack([], [], []), **here,
        )  # fmt: skip
    return report


# ── Of the city ──────────────────────────────────────────────────────────────────────────────


@kind("全市总结", CITY)
def summary(place):
    return a_summary(place)


@kind("全市总结部分", CITY)
def summary_section(place):
    return {"pk": a_summary(place).pk, "key": "plans"}


@kind("全市部分版本", CITY)
def summary_text(place):
    return {"pk": a_summary(place).pk, "key": "plans", "version": 1}


@kind("全市总结印发", CITY)
def issue(place):
    return {"pk": a_summary(place).pk, "number": 1}


@kind("汇总文件包", CITY)
def bundle(place):
    return a_summary(place).issues.get().bundles.get()


def a_summary(place):
    """A draft that was issued before, with a section and a bundle."""
    found, is_new = Summary.objects.get_or_create(
        campaign=Campaign.objects.running(make.ON), defaults={"begun_on": make.ON}
    )
    if is_new:
        section = found.sections.create(key="plans", place=1, text="下一步", kept_by=place.person, kept_at=make.AT)
        section.texts.create(version=1, text="下一步", by=place.person, begun_at=make.AT, at=make.AT)
        issue = found.issues.create(number=1, at=make.AT, by=place.person, texts={}, cases=[], bodies=[], lacking=[])
        job = Job.objects.create(kind="bundle", key="bundle:made", asked_by=place.person, state="done")
        made = issue.bundles.create(by=place.person, asked_at=make.AT, job=job, made_at=make.AT, name="1.zip")
        made.file.save("1.zip", ContentFile(b"zip"))
    return found


@kind("部门数据", CITY)
def delivery(place):
    row = make.delivery(rejected={"invalid_uscc": 1}, rows=2, by=place.person)
    row.layout = {
        "sheets": [{"name": "一", "header_row": 1, "headers": ["信用代码"], "columns": {}, "units": {}, "extras": []}]
    }
    row.file.save("1.csv", ContentFile(b"KryC_file"), save=False)
    row.error_file.save("2.csv", ContentFile(b"KryC_refused"), save=False)
    row.save()
    DeliverySample.objects.create(delivery=row, sheet=0, row=2, cells=["KryC_sample"])
    DeliveryFault.objects.create(delivery=row, row=3, value="KryC_fault", reason="invalid_uscc", sentence="KryC_todo")
    return row


@kind("评分轮次", CITY)
def run(place):
    return the_run()


@kind("人员", CITY)
def person(place):
    side = Organisation.Side.GOVERNMENT
    return make.person("looked_after", "district_officer", district="371003", side=side)


@kind("权限变动", CITY)
def rights_change(place):
    who = make.person("to_be_granted", "district_officer", district="371003")
    by = User.objects.get(username="administrator")
    return RightsChange.objects.create(
        person=who, role="district_supervisor", organisation=who.organisation, asked_by=by, asked_at=make.AT
    )


@kind("身份认证平台", CITY)
def provider(place):
    return {"provider_id": "oidc"}


@kind("客户端令牌", CITY)
def token(place):
    return make.token(User.objects.get(username="huancui_officer"), [Can.READ_REGISTER], by=guardian())


@kind("消息推送", CITY)
def subscription(place):
    row = Subscription(
        name="推送", holder=User.objects.get(username="huancui_officer"), url="https://portal.invalid/",
        events=[], made_by=guardian(), made_at=make.AT,
    )  # fmt: skip
    row.new_secret()
    row.save()
    return row


@kind("推送消息", CITY)
def message(place):
    return Message.objects.create(
        subscription=subscription(place), event="x", key="x", reach="*", content="{}", made_at=make.AT, state="failed"
    )


@kind("实施方案", DISTRICT)
def plan(place):
    return undertakings.plan(place.person)


@kind("调度答复", DISTRICT)
def dispatch_answer(place):
    return undertakings.answer(place.district)


@kind("督促", DISTRICT)
def supervision(place):
    return undertakings.supervision(place.district)


@kind("联合办案", DISTRICT)
def joint_case(place):
    return undertakings.joint_case(place.district, THIRD)


@kind("事项移送", DISTRICT)
def transfer(place):
    return undertakings.transfer(place.district, THIRD)


@kind("风险提示", DISTRICT)
def warning(place):
    return undertakings.warning(place.district, THIRD)


@kind("宣传信息", DISTRICT)
def publicity(place):
    return undertakings.publicity(undertakings.officer(place.district))


@kind("典型推荐", DISTRICT)
def exemplar(place):
    return undertakings.judged(undertakings.exemplar(place.district, person=place.mark("person"), unit="工会主席"))


@kind("改革试点", DISTRICT)
def pilot(place):
    return undertakings.pilot(place.district)


@kind("典型经验", CITY)
def practice(place):
    return undertakings.practice()


@kind("调度", CITY)
def dispatch(place):
    return undertakings.dispatch()


@kind("新办企业", DISTRICT)
def new_enterprise(place):
    return make.enterprise(district=place.district, founded_on=services.FOUNDED)


@kind("新办企业服务", DISTRICT)
def newcomer(place):
    return services.newcomer(place.person)


@kind("资料发放", DISTRICT)
def handout(place):
    return services.handout(place.person, services.leaflet(services.city()))


@kind("讲座参加", DISTRICT)
def attendance(place):
    return services.attendance(place.person, services.lecture(place.person))


@kind("规章制度", DISTRICT)
def rule_system(place):
    return services.system(place.person)


@kind("政策享受", DISTRICT)
def benefit(place):
    return services.benefit(place.person, services.policy(services.city()))


@kind("企业求助", DISTRICT)
def inquiry(place):
    return services.inquiry(place.person)


@kind("宣传资料", CITY)
def leaflet(place):
    return services.leaflet(services.city())


@kind("总结模板", CITY)
def template(place):
    return Template.objects.filter(number=1).first() or Template.objects.create(
        number=1, name="模板.docx", uploaded_on=make.ON, sha256="0" * 64, content=templating.starter()
    )


@kind("资料版本", CITY)
def leaflet_version(place):
    return {"pk": services.leaflet(services.city()).pk, "number": 1}


@kind("惠企政策", CITY)
def policy(place):
    return services.policy(services.city())


@kind("讲座", CITY)
def lecture(place):
    return services.lecture(services.city())


@kind("待参加的讲座", CITY)
def lecture_to_enter(place):
    return {"lecture": services.lecture(services.city()).pk}


@kind("签到链接", CITY)
def lecture_link(place):
    return {"token": services.lecture(services.city()).token}


@kind("行动", CITY)
def campaign(place):
    return Campaign.objects.running(make.ON)


@kind("检查清单", CITY)
def checklist(place):
    return make.checklist()


@kind("检查项", CITY)
def item(place):
    return {"version": make.checklist().pk, "pk": make.checklist().items.first().pk}


@kind("变更记录", CITY)
def change(place):
    return Change.objects.order_by("-pk").first()


@kind("访问记录", CITY)
def access_record(place):
    access.record("view", by=place.person, subject=place.person)
    return AccessRecord.objects.order_by("-pk").first()


@kind("任意路径", CITY)
def path(place):
    return {"rest": "nothing"}


@kind("接口说明", CITY)
def chapter(place):
    return {"name": "enterprises"}


def guardian():
    return User.objects.get(username="security_administrator")


# ── Marks ────────────────────────────────────────────────────────────────────────────────────

# Texts that mean something to the portal itself, so that no mark can stand in their place.
MEANT = {
    "accounts.User": {"username"},
    "casework.Attachment": {"media_type", "sha256", "came_sha256"},
    "casework.Export": {"page", "query"},
    "casework.Job": {"kind", "key"},
    "casework.SavedView": {"page", "query"},
    "enterprises.Enterprise": {"uscc", "industry", "search_text"},
    "guidance.GuidanceVisit": {"place"},
    "reports.Confirmation": {"digest"},
    "reports.FrozenFigure": {"code"},
    "reports.Revision": {"sha256"},
    "risks.ReasonCheck": {"key", "sentence"},
    "risks.Sweep": {"seed", "pool_sha256"},
}


def sow(record, place):
    """Put a mark into every text of a record, of the rows that belong to it, and of its timeline."""
    _sow_rows(type(record)._base_manager.filter(pk=record.pk), place)
    for relation in record._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.auto_created and relation.related_model._meta.app_label in OWN_APPS:
            _sow_rows(relation.related_model._base_manager.filter(**{relation.field.name: record}), place)
    record.refresh_from_db()
    if isinstance(record, Enterprise):
        record.save(update_fields=["search_text"])
    if isinstance(record, WithTimeline):
        Entry.objects.create(
            subject_type=ContentType.objects.get_for_model(record),
            subject_id=record.pk,
            district_id=place.district,
            deed=place.mark("deed"),
            note=place.mark("note"),
            on=make.ON,
        )


def _sow_rows(rows, place):
    model = rows.model
    if model._meta.label in NOT_SOWN or not rows.exists():
        return
    for field in model._meta.concrete_fields:
        if is_text(field) and field.name not in MEANT.get(model._meta.label, ()):
            try:
                with transaction.atomic():
                    rows.update(**{field.name: place.mark(field.name)[: field.max_length]})
            except DatabaseError as refused:
                raise AssertionError(
                    f"{model._meta.label}.{field.name} takes no mark: name it in MEANT of tests/records.py ({refused})"
                ) from refused


OWN_APPS = {"enterprises", "risks", "negotiations", "guidance", "reports"}
# Written by COPY, with marks of their own.
NOT_SOWN = {"enterprises.Signal", "risks.Score"}


def is_text(field):
    """A text that people type: no list of choices, no key, no file."""
    plain = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.FileField)
    return plain and not (field.choices or field.unique or field.primary_key or field.is_relation)


def the_run():
    return ScoreRun.objects.first() or make.run(as_of=MONTH)
