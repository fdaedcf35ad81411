"""One form a deed on a consultation."""

from django import forms

from accounts.models import Organisation
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from . import classes, hints, law, topics
from .firms import firm_of
from .law import Kind
from .models import Consultation, Contract, Ground, Seat, Side, Vote
from .topics import FirmClass


def number_field(label, **fields):
    messages = {"required": f"请填写{label}。", "invalid": f"{label}请填写整数。", "min_value": f"{label}不能为负数。"}
    return forms.IntegerField(label=label, min_value=0, max_value=10_000_000, error_messages=messages, **fields)


class _Letter(DeedForm, forms.ModelForm):
    """What an offer holds; the topics are chosen from those of the notice and the law, and one's own are added."""

    template = "negotiations/_letter.html"
    chosen = forms.MultipleChoiceField(
        label="协商议题", choices=(), required=False, widget=forms.CheckboxSelectMultiple
    )
    own_topics = words_field("其他议题", rows=2, required=False, help_text="一行一项，每项不超过60字。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = topics.grouped()
        offered = [topic for _, names in self.groups for topic in names]
        self.fields["chosen"].choices = [(topic, topic) for topic in offered]
        self.initial["chosen"] = [topic for topic in self.record.topics if topic in offered]
        self.initial["own_topics"] = "\n".join(topic for topic in self.record.topics if topic not in offered)

    def topic_groups(self):
        """(label, its choices, whether it is shown open): what fits the class and the kind, and what is chosen."""
        choices = {choice.data["value"]: choice for choice in self["chosen"]}
        chosen = set(self["chosen"].value() or ())
        fitting = {
            self.class_shown(),
            topics.law_of(self["kind"].value() if "kind" in self.fields else self.record.kind),
        }
        for key, names in self.groups:
            yield topics.label_of(key), [choices[name] for name in names], key in fitting or bool(chosen & set(names))

    def class_shown(self):
        return self.record.firm_class

    def clean_own_topics(self):
        own = [line.strip() for line in self.cleaned_data["own_topics"].splitlines() if line.strip()]
        if any(len(line) > 60 for line in own):
            raise forms.ValidationError("每项议题不超过60字，请精简。")
        return own

    def clean(self):
        cleaned = super().clean()
        cleaned["topics"] = [*cleaned.pop("chosen", []), *cleaned.pop("own_topics", [])]
        return cleaned


class _Draft(_Letter):
    """An offer that is not there yet: to conclude, to renew or to change."""

    def offer_contracts(self, contracts):
        """What may be renewed or changed; without any of them an offer concludes."""
        record = self.record
        self.fields["contract"].queryset = contracts
        self.fields["contract"].empty_label = "续订、变更时选择所涉合同"
        grounds = law.rule("grounds", record.kind or Kind.WAGE, self.on)
        self.fields["ground"].choices = [
            ("", "变更时选择"),
            *((name, Ground(name).label) for name in grounds.dissolving),
        ]
        self.fields["ground"].help_text = law.says("change", record.kind or Kind.WAGE, self.on)
        if not contracts.exists():
            del self.fields["purpose"], self.fields["contract"], self.fields["ground"]

    def clean(self):
        cleaned = super().clean()
        changes = cleaned.get("purpose") == Consultation.Purpose.CHANGE
        if "ground" in self.fields and changes and not cleaned.get("ground"):
            self.add_error("ground", "请选择变更的理由。")
        if "ground" in self.fields and not changes:
            cleaned["ground"] = ""
        return cleaned


class DraftForm(_Draft):
    move = "draft"
    field_order = [
        "version",
        "kind",
        "purpose",
        "contract",
        "ground",
        "firm_class",
        "offered_by",
        "chosen",
        "own_topics",
    ]

    class Meta:
        model = Consultation
        fields = ["kind", "purpose", "contract", "ground", "firm_class", "offered_by", "sender", "addressee", "reasons"]
        widgets = {"reasons": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        record = kwargs["record"]
        self.proposal, self.because = classes.proposed(record.enterprise)
        super().__init__(*args, **kwargs)
        self.initial["kind"] = record.kind or Kind.WAGE
        self.fields["kind"].choices = Kind.choices
        # Nothing is chosen beforehand: the class is confirmed by whoever writes the offer.
        self.fields["firm_class"].choices = [("", "请核实后选择"), *FirmClass.choices]
        self.fields["firm_class"].help_text = f"建议：{self.proposal.label}（{self.because}）。请核实后确认。"
        self.fields["chosen"].help_text = "展开各类可以选用其他议题；没有的，填写在“其他议题”中。"
        self.offer_contracts(Contract.objects.filter(enterprise=record.enterprise))
        for name, told in (("sender", "要约方"), ("addressee", "受约方")):
            self.fields[name].help_text = f"不填的，按{told}填写企业名称或企业工会。"

    def class_shown(self):
        return self.proposal

    def clean(self):
        cleaned = super().clean()
        firm, union = self.record.enterprise.name, f"{self.record.enterprise.name}工会委员会"
        own, other = (firm, union) if cleaned.get("offered_by") == Side.EMPLOYERS else (union, firm)
        cleaned["sender"], cleaned["addressee"] = cleaned.get("sender") or own, cleaned.get("addressee") or other
        return cleaned

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.class_reasons = (
            self.because
            if self.record.firm_class == self.proposal
            else f"平台建议“{self.proposal.label}”（{self.because}），经办人核实后确定"
        )
        self.record.draft(by=by, on=on)
        return self.record

    @property
    def hint(self):
        return (
            "职工方、企业方都可以提出要约。"
            + hints.limits("reply", self.on, "对方应自签收的次日起{length}内书面答复")
            + "拟定后可以修改，发出后以发出的为准。"
        )


class DraftForManyForm(_Draft):
    """An offer in an industry or area: between its union and the employers' organisation, for many enterprises."""

    move = "draft"
    field_order = ["version", "reach", "trade", "kind", "purpose", "contract", "ground", "firm_class", "offered_by"]

    class Meta:
        model = Consultation
        fields = [
            "reach", "trade", "kind", "purpose", "contract", "ground", "firm_class", "offered_by", "sender",
            "addressee", "reasons",
        ]  # fmt: skip
        widgets = {"reasons": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["kind"] = self.record.kind or Kind.WAGE
        self.fields["kind"].choices = Kind.choices
        ours = Contract.objects.filter(district_id=self.record.district_id).exclude(reach=Contract.Reach.ENTERPRISE)
        self.offer_contracts(ours)
        self.fields["reach"].choices = Consultation.Reach.choices[1:]
        self.fields["trade"].required = True
        self.fields["trade"].help_text = "如“水产品加工”“餐饮服务”；区域性的填写街道、园区名称。"
        self.fields["firm_class"].choices = [("", "请核实后选择"), *FirmClass.choices]
        self.fields["firm_class"].help_text = "按参加企业的总体情况选择，议题据此提出。"
        self.fields["sender"].help_text = "不填的，职工方为行业（区域）工会联合会，企业方为本区市的企业代表组织。"
        self.fields["addressee"].help_text = self.fields["sender"].help_text

    @property
    def hint(self):
        return law.says("joint", Kind.WAGE, self.on) + hints.limits(
            "reply", self.on, "对方应自签收的次日起{length}内书面答复"
        )

    def class_shown(self):
        return None

    def clean(self):
        cleaned = super().clean()
        employers = Organisation.objects.filter(
            district_id=self.record.district_id, side=Organisation.Side.EMPLOYERS
        ).first()
        kind = "行业" if cleaned.get("reach") == Consultation.Reach.INDUSTRY else ""
        sides = {
            Side.WORKERS: f"{self.record.district.name}{cleaned.get('trade', '')}{kind}工会联合会",
            Side.EMPLOYERS: employers.name if employers else "企业代表组织",
        }
        own = cleaned.get("offered_by") or Side.WORKERS
        other = next(side for side in sides if side != own)
        cleaned["sender"] = cleaned.get("sender") or sides[own]
        cleaned["addressee"] = cleaned.get("addressee") or sides[other]
        return cleaned

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.draft(by=by, on=on)
        if self.record.contract:  # whoever sealed it takes part again, until it is registered as leaving
            for member in self.record.contract.members.select_related("enterprise"):
                self.record.enlist(by=by, on=on, enterprise=member.enterprise, joined_on=on)
        return self.record


class EditForm(_Letter):
    move = "edit"

    class Meta:
        model = Consultation
        fields = ["firm_class", "offered_by", "sender", "addressee", "reasons", "requested"]
        widgets = {"reasons": forms.Textarea({"rows": 3}), "requested": forms.Textarea({"rows": 3})}


class SendForm(DeedForm, forms.ModelForm):
    move = "send"

    class Meta:
        model = Consultation
        fields = ["number", "sent_on", "meet_on", "place", "reasons", "requested"]
        widgets = {
            "sent_on": Day(), "meet_on": Day(), "reasons": forms.Textarea({"rows": 3}),
            "requested": forms.Textarea({"rows": 3}),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["sent_on"] = self.record.sent_on or self.on
        self.initial["requested"] = self.record.requested or (
            "上年度营业收入、上缴税收、净利润、职工工资总额、职工平均工资、社会保险费用缴纳情况"
        )

    @property
    def hint(self):
        told = [("reply", "答复期限为签收后{length}"), ("exchange", "资料应在会议召开{length}前提供")]
        steps = "".join(hints.limit(step, self.record.kind, self.on, words) for step, words in told)
        return law.says("offer", self.record.kind, self.on) + "约定协商日期时请留出时间：" + steps


class ReceiveForm(DeedForm):
    move = "receive"
    received_on = day_field("签收日期", help_text="答复期限自签收的次日起计算。")
    received_by = forms.CharField(label="签收人", max_length=30)

    @property
    def hint(self):
        return hints.limit("reply", self.record.kind, self.on, "对方应自签收的次日起{length}内书面答复")


class AgreeForm(DeedForm):
    move = "agree"
    replied_on = day_field("答复日期")
    meet_on = day_field("协商日期")
    place = forms.CharField(label="协商地点", max_length=100)
    rescheduled = forms.BooleanField(label="同意协商，另约时间", required=False)
    reply_reason = words_field("答复内容", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"meet_on": self.record.meet_on, "place": self.record.place}

    @property
    def hint(self):
        return "答复应当是书面的。" + hints.limit(
            "conclude", self.record.kind, self.on, "同意协商后应在{length}内签订合同，不可抗力的日数不计"
        )


class RefuseForm(DeedForm):
    move = "refuse"
    replied_on = day_field("答复日期")
    reply_reason = words_field("拒绝的理由")

    @property
    def hint(self):
        return law.says("refusal", self.record.kind, self.on) + "登记后列入“应当督促”。"


class ConfirmForm(DeedForm):
    move = "confirm"
    hint = "企业方代表组织确认会员企业的这次答复属实。确认不改变答复内容和期限。"


class UrgeForm(DeedForm):
    move = "urge"
    way = forms.ChoiceField(label="方式", choices=[(way, way) for way in ("上门", "电话", "书面", "约谈")])
    text = words_field("督促内容")

    @property
    def hint(self):
        told = law.says("refusal", self.record.kind, self.on)
        return "对逾期不答复或者拒绝协商的企业先行督促；督促后仍不改正的，工会可以发出意见书。" + told


class OpineForm(DeedForm):
    move = "opine"
    hint = (
        "企业应自收到意见书之日起15个工作日内书面答复；有异议的5个工作日内提出（《山东省工会劳动法律监督条例》第十七条）。"
        "还没有签收的，签收后再登记，期限自签收起算。"
    )
    text = words_field("意见书内容", rows=6, max_length=3000)
    received_on = day_field("企业签收日期", required=False, help_text="签收后15个工作日内应当答复。")


class ProposeForm(DeedForm):
    move = "propose"
    hint = (
        "企业对意见书不答复、不改正的，向人力资源社会保障部门提出建议书，"
        "该部门应自收到之日起15个工作日内书面答复（《山东省工会劳动法律监督条例》第十八条）。"
    )
    text = words_field("建议书内容", rows=6, max_length=3000)
    received_on = day_field("人社部门签收日期", required=False, help_text="签收后15个工作日内应当答复。")


class _OfALetter(DeedForm):
    """About one of the letters that were written."""

    urging = forms.ModelChoiceField(label="文书", queryset=None, empty_label=None)
    waiting = {}  # of which letters

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["urging"].queryset = self.record.urgings.filter(**self.waiting)


class OrderForm(DeedForm):
    move = "order"
    text = words_field("责令改正的内容", rows=5, max_length=3000)
    correct_by = day_field("改正期限")

    @property
    def hint(self):
        return law.says("refusal", self.record.kind, self.on) + "期满仍不改正的，列入“可记入诚信档案”。"


class DiscreditForm(DeedForm):
    move = "discredit"
    text = words_field("记入的事由", rows=4, max_length=3000)

    @property
    def hint(self):
        return "责令改正的期限届满、仍不改正的方可记入。" + law.says("refusal", self.record.kind, self.on)


class DeliverForm(_OfALetter):
    move = "deliver"
    hint = "答复期限自签收的次日起计算，15个工作日。"
    waiting = {"what__in": ["opinion", "proposal"], "received_on": None}
    received_on = day_field("签收日期")


class NoteAnswerForm(_OfALetter):
    move = "note_answer"
    hint = "登记企业对意见书的书面答复。答复后仍然拒绝协商的，列入“可提建议书”。"
    waiting = {"what": "opinion", "answered_on": None}
    answered_on = day_field("答复日期")
    text = words_field("答复内容", rows=4, max_length=3000)


class AnswerForm(_OfALetter):
    move = "answer"
    hint = "对工会的建议书应当书面答复处理情况（《山东省工会劳动法律监督条例》第十八条）。"
    waiting = {"what": "proposal", "answered_on": None}
    text = words_field("答复", rows=4, max_length=3000)


class SeatForm(DeedForm, forms.ModelForm):
    move = "seat"

    class Meta:
        model = Seat
        fields = [
            "side", "name", "post", "since", "chief", "adviser", "legal_representative", "mandate", "union_officer",
            "front_line", "outsider", "manager", "kin", "replaces",
        ]  # fmt: skip
        widgets = {"since": Day()}

    def __init__(self, data=None, files=None, *, record, by, on, **kwargs):
        self.record, self.by, self.on = record, by, on
        forms.ModelForm.__init__(self, data, files, **kwargs)
        self.initial |= {"version": record.version, "since": on}
        self.fields["side"].choices = [("", "请选择"), *Side.choices]
        vacant = record.seats.exclude(left_on=None).filter(replaced_by=None)
        self.fields["replaces"].queryset = vacant
        self.fields["replaces"].help_text = hints.limit(
            "replace_representative", record.kind, on, "接替离任代表的，应在空缺之日起{length}内产生"
        )
        if not vacant.exists():
            del self.fields["replaces"]

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "consultation", "district"}

    @property
    def hint(self):
        kind = self.record.kind
        many = law.says("joint", kind, self.on) if self.record.covers_many else ""
        return hints.seating(kind, self.on) + many + law.says("protection", kind, self.on)


class UnseatForm(DeedForm):
    move = "unseat"
    seat = forms.ModelChoiceField(label="代表", queryset=None, empty_label="请选择")
    left_on = day_field("离任日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = self.record.seats.filter(left_on=None)

    @property
    def hint(self):
        return hints.limit(
            "replace_representative", self.record.kind, self.on, "代表空缺的，应在{length}内产生新的代表"
        )


class AnnounceForm(DeedForm):
    move = "announce"
    seats_published_on = day_field("公布日期")

    @property
    def hint(self):
        told = hints.limit("publish_representatives", self.record.kind, self.on, "协商代表产生后{length}内在本企业公布")
        return told or "双方代表名单应当让全体职工知道。"


class InformForm(DeedForm):
    move = "inform"
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    given_on = day_field("提供日期")

    MONEY = (
        ("revenue", "营业收入"), ("taxes", "上缴税收"), ("profit", "净利润"), ("wages", "职工工资总额"),
        ("average_wage", "职工平均工资"), ("insurance", "社会保险费用缴纳"),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"year": self.on.year - 1, "given_on": self.on}
        for name, label in self.MONEY:
            self.fields[name] = forms.DecimalField(
                label=f"{label}（元）", max_digits=16, decimal_places=2, required=False,
                error_messages={"invalid": f"{label}请填写数字，单位为元。"},
            )  # fmt: skip

    @property
    def arguments(self):
        arguments = super().arguments
        for name, _ in self.MONEY:
            amount = arguments[name]
            arguments[name] = None if amount is None else int(amount * 100)
        return arguments

    @property
    def hint(self):
        kind = self.record.kind
        when = hints.limit("exchange", kind, self.on, "应在协商会议召开{length}前提供")
        return law.says("information", kind, self.on) + when + "企业方代表看不到这些数据，每次查看都有记录。"


class TellUnionForm(DeedForm):
    move = "tell_union"
    told_union_on = day_field("报告日期")

    @property
    def hint(self):
        return hints.limit(
            "tell_upper_union", self.record.kind, self.on, "职工方应在协商会议召开{length}前向上级工会报告"
        )


class MeetForm(DeedForm):
    move = "meet"
    held_on = day_field("会议日期")
    place = forms.CharField(label="地点", max_length=100)
    chair = forms.ChoiceField(label="主持", choices=Side.choices)
    recorder = forms.CharField(label="记录员", max_length=30, help_text="由双方共同指定代表以外的人员担任。")
    workers_present = number_field("职工方到会代表")
    employers_present = number_field("企业方到会代表")
    minutes = words_field("会议记录", rows=6, max_length=5000)
    signed_by_all = forms.BooleanField(label="全体到会代表已在记录上签字", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        record = self.record
        self.initial |= {
            "held_on": record.meet_on,
            "place": record.place,
            "chair": record.chair_of(record.meetings.count() + 1),
        }

    @property
    def hint(self):
        return law.says("chair", self.record.kind, self.on) + law.says("minutes", self.record.kind, self.on)


class SignMinutesForm(DeedForm):
    move = "sign_minutes"
    meeting = forms.ModelChoiceField(label="会议", queryset=None, empty_label=None)
    signed_on = day_field("签字日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = self.record.meetings.filter(signed_by_all=False)

    @property
    def hint(self):
        return law.says("minutes", self.record.kind, self.on)


class SuspendForm(DeedForm):
    move = "suspend"
    begins_on = day_field("中止日期")
    force_majeure = forms.BooleanField(label="因不可抗力", required=False, help_text="不可抗力的日数不计入签订期限。")
    reason = words_field("原因", max_length=300)

    @property
    def hint(self):
        return "双方同意可以中止协商。" + law.says("suspension", self.record.kind, self.on)


class ResumeForm(DeedForm):
    move = "resume"
    ends_on = day_field("恢复日期")


class CoordinateForm(DeedForm):
    move = "coordinate"
    coordinated_on = day_field("提请日期")
    reason = words_field("争议情况")

    @property
    def hint(self):
        kind = self.record.kind
        return law.says("dispute", kind, self.on) + hints.coordination(kind, self.on)


class ProlongForm(DeedForm):
    move = "prolong"
    reason = words_field("延长的理由")

    @property
    def hint(self):
        rule = law.limit("coordination", self.record.kind, self.on)
        return f"由负责人批准并书面说明理由，只能延长一次，{rule.extension}日（{rule.source}）。"


class GoOnForm(DeedForm):
    move = "go_on"
    result = words_field("协调结果")

    @property
    def hint(self):
        more = hints.limit("conclude", self.record.kind, self.on, "{length}自次日起算")
        return "协调后双方恢复协商。原先拒绝、现在同意的，以协调结束之日为答复日期。" + more


class SettleForm(DeedForm):
    move = "settle"
    hint = "全部条款商定后形成合同草案，提交职工代表大会或者全体职工讨论。形成草案后条款不能再改。"


class Ballot(DeedForm):
    """What was counted."""

    NUMBERS = ("entitled", "present", "in_favour", "against", "abstained")
    held_on = day_field("表决日期")
    entitled = number_field("应到人数", help_text="全体职工代表或全体职工的人数，不是到会人数。")
    present = number_field("实到人数")
    in_favour = number_field("赞成")
    against = number_field("反对")
    abstained = number_field("弃权")


class _OfAVote(Ballot):
    """By one enterprise's staff, or where many sit at the table by the congress of their industry or area."""

    body = forms.ChoiceField(label="表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record.covers_many:
            self.fields["body"].choices = Vote.OF_MANY


class EndorseForm(Ballot):
    move = "endorse"
    body = forms.ChoiceField(label="表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "body"]

    @property
    def hint(self):
        rule = law.spoken("nomination", self.record.kind, self.on)
        return rule and f"职工方代表人选由工会提名。{hints.votes(rule)}"


class PassForm(_OfAVote):
    move = "pass_draft"

    @property
    def hint(self):
        return hints.votes(law.of_a_draft(self.record.kind, self.on, of_many=self.record.covers_many))


class TurnDownForm(_OfAVote):
    move = "turn_down"
    hint = "没有通过的，回到协商；修改后重新形成草案、重新表决。"


class EnlistForm(DeedForm):
    move = "enlist"
    uscc = forms.CharField(label="统一社会信用代码", max_length=18)
    joined_on = day_field("参加日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["joined_on"] = self.on

    @property
    def hint(self):
        return "逐户登记参加协商的企业。" + law.says("joint", self.record.kind, self.on)

    def clean_uscc(self):
        self.enterprise = firm_of(self.cleaned_data["uscc"], self.by)
        return self.enterprise.uscc

    @property
    def arguments(self):
        return {"enterprise": self.enterprise, "joined_on": super().arguments["joined_on"]}


class ReleaseForm(DeedForm):
    move = "release"
    hint = "不再参加协商，或者本企业职工没有通过草案的，登记退出；合同不约束退出的企业。"
    participant = forms.ModelChoiceField(label="企业", queryset=None, empty_label="请选择")
    left_on = day_field("退出日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["participant"].queryset = self.record.participants.staying().select_related("enterprise")


class VoteInFirmForm(Ballot):
    move = "vote_in_firm"
    participant = forms.ModelChoiceField(label="企业", queryset=None, empty_label="请选择")
    body = forms.ChoiceField(label="表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "participant", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["participant"].queryset = self.record.participants.not_passed().select_related("enterprise")

    @property
    def hint(self):
        return hints.votes(law.of_a_draft(self.record.kind, self.on, of_many=True))


class PassByFirmsForm(DeedForm):
    move = "pass_by_firms"
    hint = "各参加企业的职工（职工代表）都已表决通过的，草案通过，由双方首席代表签订。"


class SignForm(DeedForm):
    move = "sign"
    title = forms.CharField(
        label="合同名称", max_length=120, required=False, help_text="不填的，按企业（行业、区域）名称和合同类型命名。"
    )
    signed_on = day_field("签订日期")
    begins_on = day_field("起始日期")
    ends_on = day_field("届满日期")
    workers_covered = number_field("覆盖职工人数")
    both_signed = forms.BooleanField(
        label="双方首席代表已签字，双方已盖章",
        error_messages={"required": "双方首席代表签字、双方盖章以后，才能登记签订。"},
    )

    @property
    def hint(self):
        kind = self.record.kind
        filed = hints.limit("submit", kind, self.on, "签订不等于生效：应在{length}内报送审查")
        return law.says("signature", kind, self.on) + filed + "续订、变更的，新合同生效时原合同由新合同替代。"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record.covers_many:
            self.fields["both_signed"].label = "双方首席代表已签字；各参加企业的盖章在合同中逐户登记"
        term = law.rule("term", self.record.kind, self.on)
        usual = f"一般为{term.usual_months // 12}年，" if term.usual_months else ""
        most = f"最长{term.most_months // 12}年" if term.most_months else "由双方约定"
        least = f"不少于{term.least_months // 12}年，" if term.least_months else ""
        self.fields["ends_on"].help_text = f"期限{least}{usual}{most}（{term.source}）。"

    @property
    def arguments(self):
        return {name: value for name, value in super().arguments.items() if name != "both_signed"}


class WithdrawForm(DeedForm):
    move = "withdraw"
    hint = "对方答复以前可以撤回。撤回后这件要约办结，需要时重新拟定。"
    reason = words_field("撤回的理由")


class CloseForm(DeedForm):
    move = "close"
    hint = "没有签订合同而结束的，写明原因。"
    reason = words_field("终结的理由")


OF_A_CONSULTATION = (
    DraftForm, EditForm, EnlistForm, ReleaseForm, SeatForm, EndorseForm, UnseatForm, AnnounceForm, SendForm,
    ReceiveForm, AgreeForm, RefuseForm, ConfirmForm, UrgeForm, OpineForm, ProposeForm, OrderForm, DiscreditForm,
    DeliverForm, NoteAnswerForm, AnswerForm, InformForm, TellUnionForm, MeetForm, SignMinutesForm, SuspendForm,
    ResumeForm, CoordinateForm, ProlongForm, GoOnForm, SettleForm, PassForm, VoteInFirmForm, PassByFirmsForm,
    TurnDownForm, SignForm, WithdrawForm, CloseForm,
)  # fmt: skip
