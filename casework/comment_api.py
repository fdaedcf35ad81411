"""Comments on records for machine clients: those of a record, one written, who may be named, what was read."""

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from .api import Walled, checked, number_sent, record, sent, tells, twin
from .comment_views import CommentForm
from .comments import LONGEST, Comment, mark_read, place_of, readers, record_or_404
from .rights import LoggedIn
from .today import today

_OF = {
    "kind": {"type": "string", "description": "记录的种类，例如 risks.rectification"},
    "record": {"type": "integer", "minimum": 1, "description": "记录的 id"},
}
_SENT = {
    "type": "object",
    "required": ["kind", "record", "text"],
    "properties": _OF
    | {"text": {"type": "string", "maxLength": LONGEST, "description": "留言"}}
    | {"mentions": {"type": "array", "items": {"type": "integer"}, "description": "提醒的同事，由 people 查得"}},
}


class CommentRow(BaseSerializer):
    told = record(
        id="integer", text="string", by="string", at="string:date-time", on="string:date",
        mentions={"type": "array", "items": record(person="string", read_on="string?:date")},
    )  # fmt: skip

    def to_representation(self, comment):
        return {
            "id": comment.pk, "text": comment.text, "by": str(comment.by), "at": comment.at, "on": comment.on,
            "mentions": [{"person": str(each.person), "read_on": each.read_on} for each in comment.mentions.all()],
        }  # fmt: skip


class PersonRow(BaseSerializer):
    told = record(id="integer", name="string", organisation="string")

    def to_representation(self, person):
        return {"id": person.pk, "name": person.name, "organisation": person.organisation.name}


class Comments(Walled, GenericViewSet):
    """留言：看得到某条记录的同事之间的留言和提醒。"""

    permission_classes = (LoggedIn,)  # who may read and write says the page of the record
    serializer_class = CommentRow
    pagination_class = None
    filter_backends = ()

    @tells(CommentRow, many=True, conditions=_OF)
    def list(self, request):
        """一条记录的留言，最近的在前。"""
        return Response(CommentRow(Comment.objects.visible_to(request.user).on(self._asked()), many=True).data)

    @tells(PersonRow, many=True, conditions=_OF)
    @action(detail=False)
    def people(self, request):
        """可以提醒的同事：看得到这条记录的人。"""
        of = self._asked()
        found = [each for each in readers(of, place_of(of, request.user)) if each.pk != request.user.pk]
        return Response(PersonRow(found, many=True).data)

    @twin("casework:comments", body=_SENT, changes=False)
    def create(self, request):
        """在一条记录旁留言，提醒同事。"""
        form = CommentForm(sent(request), record=self._sent(), by=request.user)
        made = checked(form).save(on=today())
        return Response(CommentRow(made).data, status.HTTP_201_CREATED)

    @twin("casework:comments_read", body={"type": "object", "required": ["kind", "record"], "properties": _OF},
          changes=False)  # fmt: skip
    @action(detail=False, methods=["post"])
    def read(self, request):
        """已阅这条记录上提到本人的留言。"""
        return Response({"read": mark_read(self._sent(), by=request.user, on=today())})

    def _asked(self):
        number = self.request.query_params.get("record", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise ValidationError({"record": ["请写明记录的 id。"]})
        return record_or_404(self.request.user, self.request.query_params.get("kind", ""), int(number))

    def _sent(self):
        kind = str(sent(self.request).get("kind") or "")
        return record_or_404(self.request.user, kind, number_sent(self.request, "record"))


ROUTES = (("comments", Comments),)
