"""One form a deed of the services: new enterprises, leaflets, lectures, rule systems, policies, help."""

from decimal import Decimal

from django import forms

from accounts.models import User
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm
from enterprises import uscc
from enterprises.models import Enterprise

from . import conditions, terms
from .models import Attendance, Benefit, Handout, Inquiry, Leaflet, Lecture, Policy, RuleSystem
from .models.firms import PARTIES


class BeginForm(DeedForm, forms.ModelForm):
    """A deed that creates a record: what is filled in is set, then the verb is called with `more` of its fields."""

    more = ()  # fields that are arguments of the verb and no fields of the record

    def save(self, *, by, on):
        told = {name: value for name, value in self.arguments.items() if name not in self.more}
        for name, value in told.items():
            setattr(self.record, name, value)
        getattr(self.record, self.move)(by=by, on=on, **{name: self.cleaned_data[name] for name in self.more})
        return self.record


class ReasonForm(DeedForm):
    reason = words_field("理由")


class WordsForm(DeedForm):
    words = words_field("内容", max_length=1000)


def colleagues(user):
    """The people of the person's own district who may take a service or a question over."""
    people = User.objects.filter(is_active=True, role__in=PARTIES).order_by("organisation__side", "name")
    return people.filter(organisation__district=user.organisation.district_id).select_related("organisation")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person.name}（{person.organisation.short_name}）"


# ── New enterprises ──────────────────────────────────────────────────────────────────────────


class TakeOnForm(DeedForm):
    move = "take_on"
    hint = "认领后由您联系服务；名单中会标明服务人，避免重复上门。"
    planned_on = day_field("计划服务日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("planned_on", terms.serve_by(self.on))


class ServeForm(DeedForm):
    move = "serve"
    served_on = day_field("服务日期")
    result = words_field("服务内容", max_length=1000, help_text="送了哪些资料、讲解了哪些内容、帮助解决了什么问题。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("served_on", self.on)


class HandOnForm(DeedForm):
    move = "hand_on"
    server = PersonField(label="转交给", queryset=None, empty_label="请选择")
    reason = words_field("说明", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["server"].queryset = colleagues(self.by).exclude(pk=self.record.server_id)


class ReleaseForm(ReasonForm):
    move = "release"
    hint = "退出后这家企业回到未服务名单，其他人可以认领。"


class AddForm(DeedForm):
    move = "add"
    result = words_field("补充的服务内容", max_length=1000)


OF_A_NEWCOMER = (TakeOnForm, ServeForm, AddForm, HandOnForm, ReleaseForm)


# ── Leaflets ─────────────────────────────────────────────────────────────────────────────────


class PublishForm(BeginForm):
    move = "publish"
    more = ("issued_on", "file", "note")
    issued_on = day_field("印发日期")
    file = forms.FileField(label="文件", required=False, help_text="PDF、DOCX、XLSX 或图片；没有电子版的可不上传。")
    note = words_field("说明", required=False)

    class Meta:
        model = Leaflet
        fields = ["title", "kind", "audience"]


class ReviseForm(DeedForm):
    move = "revise"
    hint = "已经发放的仍记作原版本；此后发放的记作新版本。"
    issued_on = day_field("印发日期")
    file = forms.FileField(label="文件", required=False, help_text="PDF、DOCX、XLSX 或图片；没有电子版的可不上传。")
    note = words_field("修订说明")


class WithdrawLeafletForm(ReasonForm):
    move = "withdraw"


class RestoreForm(DeedForm):
    move = "restore"


OF_A_LEAFLET = (PublishForm, ReviseForm, WithdrawLeafletForm, RestoreForm)


class GiveForm(BeginForm):
    move = "give"

    class Meta:
        model = Handout
        fields = ["leaflet", "copies", "given_on", "way", "received_by"]
        widgets = {"given_on": Day()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leaflet"].queryset = Leaflet.objects.offered()
        self.fields["leaflet"].empty_label = "请选择"
        self.initial.setdefault("given_on", self.on)


class StrikeHandoutForm(ReasonForm):
    move = "strike"


OF_A_HANDOUT = (GiveForm, StrikeHandoutForm)


# ── Lectures ─────────────────────────────────────────────────────────────────────────────────

_LECTURE = ["title", "lecturer", "held_on", "begins_at", "way", "link", "summary"]


class _LectureForm(forms.ModelForm):
    link = forms.URLField(label="收看地址", max_length=300, required=False, assume_scheme="https")

    class Meta:
        model = Lecture
        fields = _LECTURE
        widgets = {
            "held_on": Day(), "begins_at": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "summary": forms.Textarea({"rows": 3}),
        }  # fmt: skip


class AnnounceForm(BeginForm, _LectureForm):
    move = "announce"
    hint = "预告后生成签到链接和签到码，参加企业的人员自讲座当日起签到。"

    class Meta(_LectureForm.Meta):
        pass


class AmendLectureForm(DeedForm, _LectureForm):
    move = "amend"

    class Meta(_LectureForm.Meta):
        pass


class HoldForm(DeedForm):
    move = "hold"
    hint = "登记后这场讲座计入场次；签到的人数计入人次。"
    note = words_field("举办情况", required=False)


class CallOffForm(ReasonForm):
    move = "call_off"


OF_A_LECTURE = (AnnounceForm, AmendLectureForm, HoldForm, CallOffForm)


def known_code(text):
    """A code as the register has it. Raises ValidationError with what to do."""
    code = uscc.clean(text)
    if not uscc.is_valid(code):
        raise forms.ValidationError("统一社会信用代码应为18位，请对照营业执照核对。")
    return code


class EnterForm(BeginForm):
    """How many people of an enterprise took part, as an officer enters it."""

    move = "enter"
    uscc = forms.CharField(label="企业统一社会信用代码", max_length=40)
    field_order = ["version", "uscc", "people"]

    class Meta:
        model = Attendance
        fields = ["people"]

    def clean_uscc(self):
        code = known_code(self.cleaned_data["uscc"])
        firm = Enterprise.objects.current().visible_to(self.by).filter(uscc=code).first()
        if firm is None:
            raise forms.ValidationError("您所在区市的企业名录中没有这个代码，请核对。")
        self.firm = firm
        return code

    def save(self, *, by, on):
        self.record.enterprise, self.record.district_id = self.firm, self.firm.district_id
        return super().save(by=by, on=on)


class StrikeAttendanceForm(ReasonForm):
    move = "strike"
    hint = "剔除后不再计入人次和户数。"


OF_AN_ATTENDANCE = (EnterForm, StrikeAttendanceForm)


class CodeForm(forms.Form):
    """The code on the screen of a lecture, as a person types it."""

    code = forms.CharField(label="签到码", max_length=12, error_messages={"required": "请填写签到码。"})

    def clean_code(self):
        return self.cleaned_data["code"].replace(" ", "").upper()


class SignForm(forms.Form):
    """Attendance without an account: which enterprise, who."""

    uscc = forms.CharField(
        label="企业统一社会信用代码", max_length=40, help_text="营业执照上的18位代码。",
        error_messages={"required": "请填写企业统一社会信用代码。"},
    )  # fmt: skip
    name = forms.CharField(label="您的姓名", max_length=30, error_messages={"required": "请填写您的姓名。"})

    def clean_uscc(self):
        return known_code(self.cleaned_data["uscc"])

    def clean_name(self):
        return "".join(self.cleaned_data["name"].split())


# ── Rule systems ─────────────────────────────────────────────────────────────────────────────


class DraftForm(BeginForm):
    move = "draft"

    class Meta:
        model = RuleSystem
        fields = ["kind", "title"]


def _of_system(name, label):
    return forms.ChoiceField(label=label, choices=[("", "请选择"), *RuleSystem._meta.get_field(name).choices])


class DiscussForm(DeedForm):
    move = "discuss"
    hint = "《劳动合同法》第四条：应当经职工代表大会或者全体职工讨论，提出方案和意见。"
    discussed_on = day_field("讨论日期")
    discussed_by = _of_system("discussed_by", "由谁讨论")


class AgreeForm(DeedForm):
    move = "agree"
    hint = "《劳动合同法》第四条：与工会或者职工代表平等协商确定。"
    agreed_on = day_field("协商确定日期")
    agreed_with = _of_system("agreed_with", "与谁协商")


class PublishSystemForm(DeedForm):
    move = "publish"
    hint = "《劳动合同法》第四条：应当公示，或者告知劳动者。"
    published_on = day_field("公示告知日期")
    way = _of_system("way", "公示告知方式")


class TakeOverForm(BeginForm):
    move = "take_over"
    hint = "登记企业已经走完程序、正在施行的制度。"

    class Meta:
        model = RuleSystem
        fields = [
            "kind", "title", "discussed_on", "discussed_by", "agreed_on", "agreed_with", "published_on", "way",
        ]  # fmt: skip
        widgets = {"discussed_on": Day(), "agreed_on": Day(), "published_on": Day()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = field is not self.fields["version"]


class RedraftForm(ReasonForm):
    move = "redraft"
    hint = "已登记的讨论、协商日期作废，须重新走程序；经过中保留原记录。"


class DropForm(ReasonForm):
    move = "drop"


class NoteSystemForm(WordsForm):
    move = "note"


OF_A_SYSTEM = (
    DraftForm, DiscussForm, AgreeForm, PublishSystemForm, RedraftForm, DropForm, TakeOverForm, NoteSystemForm,
)  # fmt: skip


# ── Policies ─────────────────────────────────────────────────────────────────────────────────

_POLICY = [
    "title", "kind", "number", "issuer", "benefit", "how_to", "from_on", "until_on", "trades", "sizes",
    "heads_least", "heads_most", "founded_months", "levels", "has_union", "platform",
]  # fmt: skip


def _several(label, choices):
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text="不选即不限。"
    )


class _PolicyForm(forms.ModelForm):
    trades = _several("行业门类", list(conditions.TRADES.items()))
    sizes = _several("企业规模", list(conditions.SIZES.items()))
    levels = _several("风险等级", [(word, word) for word in conditions.LEVELS])
    has_union = forms.TypedChoiceField(
        label="建会情况", choices=[("", "不限"), ("yes", "已建工会"), ("no", "未建工会")], required=False,
        coerce=lambda value: value == "yes", empty_value=None,
    )  # fmt: skip

    class Meta:
        model = Policy
        fields = _POLICY
        widgets = {
            "from_on": Day(), "until_on": Day(), "benefit": forms.Textarea({"rows": 3}),
            "how_to": forms.Textarea({"rows": 2}),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        told = self.initial.get("has_union")
        self.initial["has_union"] = {True: "yes", False: "no"}.get(told, "")


class PublishPolicyForm(BeginForm, _PolicyForm):
    move = "publish"
    hint = "没有填写的条件即不作要求；条件填写后以文字列出，供三方查阅。"

    class Meta(_PolicyForm.Meta):
        pass


class AmendPolicyForm(DeedForm, _PolicyForm):
    move = "amend"

    class Meta(_PolicyForm.Meta):
        pass


class EndForm(ReasonForm):
    move = "end"


class ResumeForm(DeedForm):
    move = "resume"


OF_A_POLICY = (PublishPolicyForm, AmendPolicyForm, EndForm, ResumeForm)


class OfferForm(BeginForm):
    move = "offer"

    class Meta:
        model = Benefit
        fields = ["policy"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = Policy.objects.in_force(self.on)
        self.fields["policy"].empty_label = "请选择"


class TakeUpForm(DeedForm):
    move = "take_up"
    taken_on = day_field("享受日期")
    amount = forms.DecimalField(
        label="享受金额（元）", max_digits=14, decimal_places=2, min_value=Decimal(0), required=False,
        help_text="没有金额的政策（如培训、用工对接）可不填。",
    )  # fmt: skip
    people = forms.IntegerField(label="惠及人数", min_value=1, max_value=1_000_000, required=False)

    def clean_amount(self):
        yuan = self.cleaned_data["amount"]
        return None if yuan is None else int(yuan * 100)


class DeclineForm(ReasonForm):
    move = "decline"


class ReopenBenefitForm(DeedForm):
    move = "reopen"


OF_A_BENEFIT = (OfferForm, TakeUpForm, DeclineForm, ReopenBenefitForm)


# ── Help ─────────────────────────────────────────────────────────────────────────────────────


class AskForm(BeginForm):
    move = "ask"

    class Meta:
        model = Inquiry
        fields = ["asked_on", "asker", "phone", "channel", "topic", "question"]
        widgets = {"asked_on": Day(), "question": forms.Textarea({"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("asked_on", self.on)


class TakeForm(DeedForm):
    move = "take"


class AssignForm(DeedForm):
    move = "assign"
    owner = PersonField(label="承办人", queryset=None, empty_label="请选择")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues(self.by)


class AnswerForm(DeedForm):
    move = "answer"
    answered_on = day_field("答复日期")
    answer_text = words_field("答复内容", rows=5, max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("answered_on", self.on)


class ReopenForm(ReasonForm):
    move = "reopen"


class WithdrawForm(ReasonForm):
    move = "withdraw"


class NoteForm(WordsForm):
    move = "note"


OF_AN_INQUIRY = (AskForm, TakeForm, AssignForm, AnswerForm, ReopenForm, WithdrawForm, NoteForm)
