"""One form a deed on publicity."""

from django import forms

from casework.fields import Day, words_field
from casework.forms import DeedForm

from .models import Publicity


class _Told(DeedForm, forms.ModelForm):
    link = forms.URLField(
        label="链接", required=False, max_length=400, assume_scheme="https",
        help_text="网站、公众号、新媒体发布的必填；其他渠道可以上传照片、版面作为佐证。",
        error_messages={"invalid": "请填写完整的网址，例如 https://www.example.cn/news/1。"},
    )  # fmt: skip

    class Meta:
        model = Publicity
        fields = ["title", "channel", "theme", "medium", "published_on", "link", "reach", "text"]
        widgets = {"published_on": Day(), "text": forms.Textarea({"rows": 4})}
        help_texts = {
            "medium": "例如“威海日报”“环翠人社公众号”“市民广场”。",
            "reach": "阅读、播放、参加或者发放的人次；没有统计的留空。",
            "theme": "一条信息只选最主要的主题。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("channel", "theme"):
            self.fields[name].choices = [("", "请选择"), *self.Meta.model._meta.get_field(name).choices]

    def clean_published_on(self):
        published_on = self.cleaned_data["published_on"]
        if published_on > self.on:
            raise forms.ValidationError("发布日期不能晚于今天。")
        return published_on

    def clean_link(self):
        link = self.cleaned_data["link"]
        if link and not link.startswith(("https://", "http://")):
            raise forms.ValidationError("链接应当以 https:// 或者 http:// 开头。")
        return link


class RecordForm(_Told):
    move = "record"
    hint = "三方各自登记本单位的宣传；同一篇报道由一个单位登记一次，转载按各自的链接登记。"


class AmendPublicityForm(_Told):
    move = "amend"


class WithdrawPublicityForm(DeedForm):
    move = "withdraw"
    hint = "撤销后不再计入统计，记录和经过保留。"
    reason = words_field("撤销的理由")


OF_PUBLICITY = (RecordForm, AmendPublicityForm, WithdrawPublicityForm)
