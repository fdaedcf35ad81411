"""What a client has for itself: exports, saved views, and the background work that it asked for."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts import proof
from accounts.roles import Can

from . import access, exports
from .api import Pages, Tagged, Walled, checked, record, sent, tells, twin
from .desk import Desk
from .forms import ExportForm, RenameView, SaveView
from .models import Export, Job, SavedView
from .rights import LoggedIn
from .today import today
from .views import attachment


class JobRow(BaseSerializer):
    told = record(
        id="integer", kind="string", state="string", done="integer", total="integer", message="string",
        asked_at="string:date-time", finished_at="string?:date-time",
    )  # fmt: skip

    def to_representation(self, job):
        told = {"id": job.pk, "kind": job.kind, "state": job.state, "done": job.done, "total": job.total}
        return told | {"message": job.message, "asked_at": job.asked_at, "finished_at": job.finished_at}


class Jobs(Tagged, Walled, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """后台任务：本人（令牌为其账号）提出的；有“查看、重试全部后台任务”权限的，全部。"""

    permission_classes = (LoggedIn,)
    serializer_class = JobRow
    pagination_class = Pages
    filter_backends = ()
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user)

    def standing(self, job):
        return job.state, job.attempts, job.cancel_asked

    @twin("casework:cancel-job")
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        """要求停止。已完成的不受影响。"""
        job = self.as_seen()
        job.cancel()
        return self.shown(job)

    @twin("casework:retry-job")
    @action(detail=True, methods=["post"])
    def retry(self, request, pk=None):
        """未能完成或已取消的，重新排队。"""
        self.as_seen().retry()
        return self.shown(self.get_object())


class ExportRow(BaseSerializer):
    told = record(
        id="integer", page="string", title="string", query="string", format="string", job=JobRow.told, rows="integer?",
        asked_at="string:date-time", expires_at="string:date-time", file="string?",
    )  # fmt: skip

    def to_representation(self, export):
        return {
            "id": export.pk,
            "page": export.page,
            "title": export.title,
            "query": export.query,
            "format": export.format,
            "job": export.job and JobRow(export.job).data,
            "rows": export.rows,
            "asked_at": export.asked_at,
            "expires_at": export.expires_at,
            "file": reverse("api:exports-file", args=[export.pk]) if export.file else None,
        }


class Exports(Tagged, Walled, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """导出：清单和成套文件在后台写成，写好后取走。令牌只见到自己提出的导出。"""

    capability = Can.EXPORT
    serializer_class = ExportRow
    pagination_class = Pages
    filter_backends = ()
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self):
        mine = Export.objects.filter(owner=self.request.user).select_related("job")
        return mine if self.request.auth is None else mine.filter(token=self.request.auth)

    def standing(self, export):
        return export.job.state, bool(export.file)

    @twin("casework:export", form=ExportForm, changes=False)
    def create(self, request):
        """导出一份清单：page 是清单，query 是查询条件（同清单的查询参数）。"""
        form = checked(ExportForm(sent(request)))
        listing, asked, now = form.listing, form.cleaned_data, timezone.now()
        if not exports.allowed(request.user, listing):
            raise PermissionDenied(f"没有导出“{listing.title}”的权限。")
        if exports.is_bulk(listing, asked["query"], by=request.user):
            proof.demand(request)
        export = exports.ask(listing, asked["query"], asked["format"], by=request.user, now=now, token=request.auth)
        return self.shown(export, status.HTTP_201_CREATED)

    @tells(None)
    @action(detail=True)
    def file(self, request, pk=None):
        """写好的文件。"""
        export = self.get_object()
        source = exports.source(export.page)
        if not export.file or export.expires_at < timezone.now() or source is None:
            raise NotFound
        if not exports.allowed(request.user, source):
            raise PermissionDenied(f"没有导出“{source.title}”的权限。")
        if export.rows > settings.STEP_UP_ROWS:
            proof.demand(request)
        access.record(access.Kind.DOWNLOAD, subject=export, rows=export.rows, note="接口：导出文件")
        name = exports.file_name(export.title, export.format, export.asked_at)
        return attachment(export.file.open(), name, export.format)

    @twin("casework:retry-export")
    @action(detail=True, methods=["post"])
    def retry(self, request, pk=None):
        """未能写成的，重新写。"""
        self.as_seen().job.retry()
        return self.shown(self.get_object())

    @twin("casework:delete-export")
    @action(detail=True, methods=["post"], url_path="delete", url_name="delete")
    def drop(self, request, pk=None):
        """取消或删除一份导出。"""
        exports.drop(self.as_seen())
        return Response({"id": int(pk)})


class SavedViewRow(BaseSerializer):
    told = record(id="integer", page="string", name="string", query="string")

    def to_representation(self, view):
        return {"id": view.pk, "page": view.page, "name": view.name, "query": view.query}


class SavedViews(Tagged, Walled, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """我的视图：清单的查询条件，存了名称。"""

    permission_classes = (LoggedIn,)
    serializer_class = SavedViewRow
    pagination_class = Pages
    filter_backends = ()
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self):
        return SavedView.objects.filter(owner=self.request.user)

    def standing(self, view):
        return view.page, view.name, view.query

    @twin("casework:save-view", form=SaveView, changes=False)
    def create(self, request):
        """存一个视图。"""
        kept = checked(SaveView(sent(request), owner=request.user)).save()
        return self.shown(kept, status.HTTP_201_CREATED)

    @twin("casework:rename-view", form=RenameView)
    @action(detail=True, methods=["post"])
    def rename(self, request, pk=None):
        """改名。"""
        return self.shown(checked(RenameView(sent(request), instance=self.as_seen())).save())

    @twin("casework:delete-view")
    @action(detail=True, methods=["post"], url_path="delete", url_name="delete")
    def drop(self, request, pk=None):
        """删除。"""
        self.as_seen().delete()
        return Response({"id": int(pk)})


class MatterRow(BaseSerializer):
    told = record(
        kind="string", label="string", what="string", where="string", href="string", day="string:date",
        awaited="boolean",
    )  # fmt: skip

    def to_representation(self, matter):
        return {name: getattr(matter, name) for name in self.told["properties"]}


class Waiting(Walled, GenericViewSet):
    """待我办理：等待本人（令牌为其账号）办理的事项，逾期在前。`day` 为期限；`awaited` 为真时，是自哪一天起等待。"""

    permission_classes = (LoggedIn,)
    serializer_class = MatterRow
    pagination_class = None
    filter_backends = ()

    @tells(MatterRow, many=True)
    def list(self, request):
        """待我办理：清单"""
        return Response(MatterRow(Desk(request.user, today()).matters, many=True).data)


ROUTES = (("jobs", Jobs), ("exports", Exports), ("views", SavedViews), ("waiting", Waiting))
