"""One form a deed on a Word template."""

from django import forms

from casework import intake
from casework.confined import NotTaken
from casework.fields import words_field
from casework.forms import DeedForm

from . import papers, templating

MOST_BYTES = 5 * 2**20


class UploadForm(DeedForm):
    move = "upload"
    hint = "上传后逐个核对字段，有不认识的字段就不收；收下后先作备用，预览满意再启用。"
    file = forms.FileField(
        label="模板文件", help_text="DOCX，不超过 5 MB。", error_messages={"required": "请选择模板文件。"}
    )
    note = words_field("修改说明", rows=2, required=False)

    def clean_file(self):
        """Taken when it is a harmless Word file and fills in, both with all that a report may have and with nothing."""
        upload = self.cleaned_data["file"]
        try:
            intake.check_size(upload.size, MOST_BYTES)
            taken = intake.take(upload)
            if taken.sort.ending != "docx":
                raise NotTaken("模板须是 DOCX 文件，没有收下；请另存为 DOCX 后重新上传。")
            self.used = templating.fill(taken.content, papers.example()).used
            templating.fill(taken.content, papers.example(full=False))
        except NotTaken as refused:
            raise forms.ValidationError(str(refused)) from None
        return taken

    @property
    def arguments(self):
        taken = self.cleaned_data["file"]
        unused = [label for label in templating.EXPECTED if label not in self.used]
        return {"name": taken.name, "content": taken.content, "unused": unused, "note": self.cleaned_data["note"]}


class EnactForm(DeedForm):
    move = "enact"
    hint = "启用后各区市总结的 Word 文件都按这一版生成，已报送的文字和数字不变；原来使用的一版转为备用。"


class RetireForm(DeedForm):
    move = "retire"
    hint = "停用后改回平台内置的公文版式（GB/T 9704-2012）。"
    note = words_field("原因", rows=2, required=False)


OF_A_TEMPLATE = (UploadForm, EnactForm, RetireForm)
