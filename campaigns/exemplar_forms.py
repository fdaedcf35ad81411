"""One form a deed on exemplars, on the library of good practice, and on pilots of reform."""

from django import forms

from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm
from enterprises import uscc
from enterprises.models import Enterprise

from . import criteria
from .cooperation_forms import Begin
from .models import Exemplar, Pilot, PilotNote
from .tables import TableForm

_STORY = {"background": 4, "measures": 7, "result": 4, "lessons": 3}


def story_field(name, *, required=False):
    """A field of the story, as the model has it."""
    field = Exemplar._meta.get_field(name)
    return words_field(field.verbose_name, rows=_STORY[name], max_length=field.max_length, required=required)


def _choice(label, choices, asked):
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": asked}
    )  # fmt: skip


class _Reason(DeedForm):
    reason = words_field("理由")


# ── Nominations ──────────────────────────────────────────────────────────────────────────────


class NominateForm(Begin):
    move = "nominate"
    hint = "先写明推荐谁、推荐为哪一类、经验叫什么，材料在下一步填写。身份证号、电话不写入。"
    kind = _choice("推荐对象", Exemplar.Kind, "请选择推荐对象。")
    honour = _choice("推荐为", Exemplar.Honour, "请选择推荐为哪一类。")
    uscc = forms.CharField(
        label="企业统一社会信用代码", max_length=18, required=False,
        help_text="推荐企业的必填，须在本区市名录中；推荐个人的，填所在企业，可以不填。",
    )  # fmt: skip
    field_order = ["version", "kind", "honour", "uscc", "person", "unit", "title"]

    class Meta:
        model = Exemplar
        fields = ["kind", "honour", "person", "unit", "title"]
        labels = {"title": "经验名称"}
        help_texts = {"person": "推荐个人的必填；公示时公开。", "title": "用一句话概括做法，如“技能等级进工资表”。"}
        error_messages = {"title": {"required": "请填写经验名称。"}}

    def clean_uscc(self):
        """The enterprise of the person's own district with that code; None where none is given."""
        code = uscc.clean(self.cleaned_data["uscc"])
        if not code:
            return None
        found = Enterprise.objects.current().visible_to(self.by).filter(uscc=code).first()
        if found is None:
            raise forms.ValidationError("本区市名录中没有这个统一社会信用代码，请核对。")
        return found

    def clean(self):
        told = super().clean()
        kind = told.get("kind")
        if kind == Exemplar.Kind.FIRM:
            if not told.get("uscc") and "uscc" not in self.errors:
                self.add_error("uscc", "请填写企业的统一社会信用代码。")
            told["person"] = told["unit"] = ""
        elif kind == Exemplar.Kind.PERSON:
            if len(told.get("person", "").strip()) < 2 and "person" not in self.errors:
                self.add_error("person", "请填写姓名，至少两个字。")
            if not told.get("unit"):
                self.add_error("unit", "请填写单位和职务。")
        return told

    @property
    def arguments(self):
        told = super().arguments
        return told | {"enterprise": told.pop("uscc")}


class WriteForm(TableForm):
    move = "write"
    is_wide = False
    hint = "可以分次填写；提请评议前须写明做法、成效和每项条件的依据。证明材料作为附件上传，不写身份证号、电话、账号。"
    heading = "条件"
    headings = ("符合条件的依据",)
    title = forms.CharField(label="经验名称", max_length=80)
    background = story_field("background")
    measures = story_field("measures")
    result = story_field("result")
    lessons = story_field("lessons")

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        for name in self.common:
            self.initial[name] = getattr(record, name)

    def lines(self):
        given = {told["key"]: told["grounds"] for told in self.record.criteria}
        for criterion in criteria.criteria(self.record.kind, self.on):
            field = words_field("依据", rows=2, max_length=300, required=False, initial=given.get(criterion.key))
            yield criterion.key, f"{criterion.text}（{criterion.source}）", {"grounds": field}


class SubmitForm(DeedForm):
    move = "submit"
    hint = "提请后由区市人社部门、工会、企业方各提出一次意见，评议期间不能修改；重新提请的，三方重新提出意见。"


class OpineForm(DeedForm):
    move = "opine"
    hint = "代表本方提出，每方一次，提出后不能改。"
    agrees = forms.TypedChoiceField(
        label="是否同意推荐", choices=[("yes", "同意"), ("no", "不同意")], widget=forms.RadioSelect,
        coerce=lambda told: told == "yes", empty_value=None, error_messages={"required": "请选择是否同意。"},
    )  # fmt: skip
    text = words_field("意见", max_length=1000, required=False, help_text="不同意的写明理由。")


class RecommendForm(DeedForm):
    move = "recommend"
    hint = "三方都同意后推荐，由市三方办评定。"
    recommendation = words_field("区市推荐意见", rows=4, max_length=1000)


class ReworkForm(_Reason):
    move = "rework"
    hint = "修改后重新提请三方评议。"


class AnnounceForm(DeedForm):
    move = "announce"
    decision = words_field("市级评定意见", rows=4, max_length=1000)

    @property
    def hint(self):
        until = criteria.notice_until(self.on)
        return f"即日公示，截止{until.year}年{until.month}月{until.day}日，次日起可以公布。{_said('notice', self.on)}"


class SendBackForm(_Reason):
    move = "send_back"
    hint = "退回后区市修改材料，重新评议、推荐。"


class ObjectForm(DeedForm):
    move = "object"
    hint = "写明异议的内容和依据；异议人的姓名、联系方式不写入，由受理单位另行保存。"
    objection = words_field("异议", rows=4, max_length=1000)


class SettleForm(DeedForm):
    move = "settle"
    hint = "异议成立的，写明后“不予入选”；不成立的，期满后可以公布。"
    finding = words_field("处理结果", rows=4, max_length=1000)


class _StoryForm(DeedForm):
    """What all districts are going to read, offered as it may be published."""

    title = forms.CharField(label="名称", max_length=80)
    background = story_field("background")
    measures = story_field("measures", required=True)
    result = story_field("result", required=True)
    lessons = story_field("lessons")

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial |= self.offered()

    def offered(self):
        return self.record.told()


class PublishForm(_StoryForm):
    move = "publish"

    @property
    def hint(self):
        until = self.record.notice_until
        early = f"公示期到{until.month}月{until.day}日，期满后才能公布。" if until and self.on <= until else ""
        return (
            f"{early}以下文字编入全市典型经验库，各区市三方都能看到。姓名已改为“某”，号码已隐去；请通读，"
            "删去其他能认出个人的内容。附件、评议意见和推荐过程不入库。"
        )


class DeclineForm(_Reason):
    move = "decline"


class DropForm(_Reason):
    move = "drop"


# ── The library ──────────────────────────────────────────────────────────────────────────────


class CorrectForm(_StoryForm):
    move = "correct"
    reason = words_field("更正说明", rows=2, required=False)

    def offered(self):
        return {name: getattr(self.record, name) for name in ("title", *_STORY)}


class WithdrawPracticeForm(_Reason):
    move = "withdraw"
    hint = "撤下后只留名称和理由，正文不再显示，也不能恢复。"


# ── Pilots ───────────────────────────────────────────────────────────────────────────────────


class _StatedForm(forms.ModelForm):
    class Meta:
        model = Pilot
        fields = ["title", "content", "lead", "starts_on", "ends_on"]
        widgets = {"content": forms.Textarea({"rows": 6}), "starts_on": Day(), "ends_on": Day()}
        error_messages = {
            name: {"required": f"请填写{label}。"}
            for name, label in (
                ("title", "试点主题"), ("content", "试点内容和预期目标"), ("lead", "责任单位"),
                ("starts_on", "开始日期"), ("ends_on", "截止日期"),
            )
        }  # fmt: skip


class ProposeForm(Begin, _StatedForm):
    move = "propose"
    hint = "由区市人社部门申报，市三方办批准后开始；实施方案等文件在申报后作为附件上传。"


class ReviseForm(DeedForm, _StatedForm):
    move = "revise"


class _OpinionForm(DeedForm):
    opinion = words_field("意见", required=False)


class ApproveForm(_OpinionForm):
    move = "approve"

    @property
    def hint(self):
        return f"批准后区市按期记录进展。{_said('note', self.on)}"


class SendBackPilotForm(_Reason):
    move = "send_back"


class NoteForm(DeedForm):
    move = "note"
    hint = "“推出举措”计入总结的试点举措数，一项举措记一条。"
    kind = _choice("类别", PilotNote.Kind, "请选择类别。")
    text = words_field("内容", rows=4, max_length=1000)


class ConcludeForm(DeedForm):
    move = "conclude"
    result = words_field(
        "试点总结", rows=8, max_length=3000, help_text="做了什么、成效如何、还有什么问题、是否可以推广。"
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial["result"] = record.result


class ExtendForm(DeedForm):
    move = "extend"
    ends_on = day_field("新的截止日期", error_messages={"required": "请填写新的截止日期。"})
    reason = words_field("理由")


class AcceptPilotForm(_OpinionForm):
    move = "accept"


class ReopenForm(_Reason):
    move = "reopen"
    hint = "退回后区市继续试点，重新报送总结。"


class ShareForm(_StoryForm):
    move = "share"
    hint = "以下文字编入全市典型经验库，各区市三方都能看到。请通读，删去能认出个人的内容。附件不入库。"


class StopForm(_Reason):
    move = "stop"


def _said(term, on):
    return criteria.term(term, on).sentence


OF_AN_EXEMPLAR = (
    NominateForm, WriteForm, SubmitForm, OpineForm, RecommendForm, ReworkForm, AnnounceForm, SendBackForm, ObjectForm,
    SettleForm, PublishForm, DeclineForm, DropForm,
)  # fmt: skip
OF_A_PRACTICE = (CorrectForm, WithdrawPracticeForm)
OF_A_PILOT = (
    ProposeForm, ReviseForm, ApproveForm, SendBackPilotForm, NoteForm, ConcludeForm, ExtendForm, AcceptPilotForm,
    ReopenForm, ShareForm, StopForm,
)  # fmt: skip
