"""One form a deed on a district's plan."""

from django import forms

from casework.fields import day_field, words_field
from casework.forms import DeedForm

from .models import Plan
from .tables import TableForm


class DraftPlanForm(DeedForm):
    move = "draft"
    hint = "三方共同制定：写明时间进度、具体举措、责任单位，提交后由工会、企业方确认，报市三方办审核。"


class WritePlanForm(TableForm):
    """A line for each duty of the notice; a duty left empty is not part of the plan."""

    move = "write"
    hint = "通知的每项任务一行，写明具体举措、责任单位和起止日期；本区市不涉及的任务留空。"
    heading = "通知任务"
    headings = ("具体举措", "责任单位", "开始日期", "完成日期")
    goals = words_field("总体要求和目标", rows=4, max_length=2000, required=False)
    lead = forms.CharField(label="牵头单位", max_length=60, required=False)
    contact = forms.CharField(label="联系人和电话", max_length=60, required=False)

    def __init__(self, *args, record, **kwargs):
        self.written = {measure.duty_id: measure for measure in record.measures.all()}
        super().__init__(*args, record=record, **kwargs)
        for name in self.common:
            self.initial[name] = getattr(record, name)

    def lines(self):
        campaign = self.record.campaign
        for duty in campaign.duties.select_related("phase"):
            measure, phase = self.written.get(duty.pk), duty.phase or campaign
            begins_on = duty.phase.begins_on if duty.phase else campaign.starts_on
            yield str(duty.pk), f"{duty.number}. {duty}", {
                "text": forms.CharField(
                    label="具体举措", max_length=1000, required=False, initial=measure and measure.text,
                    widget=forms.Textarea({"rows": 2}),
                ),
                "unit": forms.CharField(
                    label="责任单位", max_length=60, required=False, initial=measure and measure.unit
                ),
                "begins_on": day_field(
                    "开始日期", required=False, initial=measure.begins_on if measure else begins_on
                ),
                "ends_on": day_field(
                    "完成日期", required=False, initial=measure.ends_on if measure else phase.ends_on
                ),
            }  # fmt: skip

    def clean(self):
        told = super().clean()
        for key, row in self.values().items():
            if row["text"]:
                for column in ("unit", "begins_on", "ends_on"):
                    if not row[column] and f"{column}_{key}" not in self.errors:
                        self.add_error(f"{column}_{key}", "请填写。")
                if row["begins_on"] and row["ends_on"] and row["ends_on"] < row["begins_on"]:
                    self.add_error(f"ends_on_{key}", "完成日期不能早于开始日期。")
            elif row["unit"]:
                self.add_error(f"text_{key}", "请写明具体举措，或清空责任单位。")
        return told

    def rows(self):
        return {int(key): row for key, row in self.values().items()}


class SubmitPlanForm(DeedForm):
    move = "submit"
    hint = "提交后由区市工会、企业方分别确认，再由市三方办审核；审核期间不能修改。"


class _Opinion(DeedForm):
    opinion = words_field("意见", required=False)


class UnionConfirmForm(_Opinion):
    move = "union_confirm"


class EmployersConfirmForm(_Opinion):
    move = "employers_confirm"


class AcceptPlanForm(_Opinion):
    move = "accept"


class SendBackPlanForm(DeedForm):
    move = "send_back"
    reason = words_field("退回的理由", help_text="写明哪一项需要怎样修改。")


class RemarkForm(DeedForm):
    move = "remark"
    opinion = words_field("意见", rows=4, max_length=1000)


OF_A_PLAN = (
    DraftPlanForm, WritePlanForm, SubmitPlanForm, UnionConfirmForm, EmployersConfirmForm, AcceptPlanForm,
    SendBackPlanForm, RemarkForm,
)  # fmt: skip


def begun(user, campaign):
    return Plan(district_id=user.organisation.district_id, campaign=campaign)
