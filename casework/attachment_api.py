"""Files of records for machine clients: those of a record, one added, one fetched."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from .api import Unprocessable, Walled, number_sent, record, sent, tells, twin
from .attachment_views import attachment_file, may_add, record_or_404
from .attachments import HOLDERS, Attachment, attach
from .confined import NotTaken
from .rights import LoggedIn
from .today import today

_OF = {
    "key": {"type": "string", "description": f"记录的种类：{'、'.join(sorted(HOLDERS))}"},
    "record": {"type": "integer", "minimum": 1, "description": "记录的 id"},
}
_SENT = {
    "type": "object",
    "required": ["key", "record", "file"],
    "properties": _OF
    | {"file": {"type": "string", "format": "binary", "description": "照片或文件"}}
    | {"id": {"type": "string", "format": "uuid", "description": "由客户端生成；同一编号的同一文件重复发送只存一份"}},
}


class AttachmentRow(BaseSerializer):
    told = record(
        id="string:uuid", name="string", media_type="string", bytes="integer", sha256="string", by="string?",
        at="string:date-time", came_sha256="string", taken_at="string?:date-time",
    )  # fmt: skip

    def to_representation(self, attachment):
        told = {name: getattr(attachment, name) for name in ("id", "name", "media_type", "bytes", "sha256", "at")}
        told |= {"came_sha256": attachment.came_sha256, "taken_at": attachment.taken_at}
        return told | {"by": attachment.by and str(attachment.by)}


class Attachments(Walled, GenericViewSet):
    """附件：某条记录的照片和文件。"""

    permission_classes = (LoggedIn,)  # what may be read and added says the kind of record
    serializer_class = AttachmentRow
    pagination_class = None
    filter_backends = ()
    parser_classes = (MultiPartParser,)
    lookup_value_regex = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

    @tells(AttachmentRow, many=True, conditions=_OF)
    def list(self, request):
        """一条记录的附件。"""
        number = request.query_params.get("record", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise ValidationError({"record": ["请写明记录的 id。"]})
        _, of = record_or_404(request.user, request.query_params.get("key", ""), int(number))
        return Response(AttachmentRow(Attachment.objects.visible_to(request.user).on(of), many=True).data)

    @twin("casework:attachments", body=_SENT, changes=False)
    def create(self, request):
        """给一条记录添加一份附件。"""
        holder, of = record_or_404(request.user, sent(request).get("key", ""), number_sent(request, "record"))
        if not may_add(request.user, holder, of):
            raise PermissionDenied("不能在这条记录上添加附件：岗位没有这项权限，或记录已办结。")
        uploads = request.FILES.getlist("file")
        if len(uploads) != 1:
            raise Unprocessable({"file": ["请交来一份文件。"]})
        try:
            kept = attach(of, uploads[0], by=request.user, on=today(), id=_id(sent(request).get("id")))
        except NotTaken as refusal:
            raise Unprocessable({"file": [str(refusal)]}) from refusal
        return Response(AttachmentRow(kept).data, status.HTTP_201_CREATED)

    @tells(None)
    @action(detail=True)
    def file(self, request, pk=None):
        """附件的内容。"""
        return attachment_file(request._request, pk=pk)


def _id(text):
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        raise Unprocessable({"id": ["编号须为 UUID。"]}) from None


ROUTES = (("attachments", Attachments),)
