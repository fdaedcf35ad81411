"""The ranked list and the runs for machine clients: `?run=` or the latest; rows, conditions, columns as on the page."""

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.roles import Can
from casework.api import ListingViewSet, Pages, Row, Tagged, Walled, checked, record, sent, twin

from . import progress, readiness
from .filters import scores_in
from .forms import RunForm
from .layoffs import LAYOFF_SIGNS
from .ledger_api import ROUTES as LEDGER
from .listings import RANKED, run_of
from .major_api import ROUTES as MAJORS
from .models import ScoreRun
from .visits_api import ROUTES as VISITS


class ByEnterprise(Pages):
    ordering = "enterprise_id"


class ScoreRow(Row):
    def to_representation(self, row):
        return super().to_representation(row) | {"id": row.enterprise_id, "run": row.run_id}


class Scores(ListingViewSet):
    """企业风险清单。"""

    listing = RANKED
    serializer_class = ScoreRow
    pagination_class = ByEnterprise
    lookup_field = "enterprise_id"
    conditions = {"run": {"type": "integer", "minimum": 1, "description": "哪一轮；不写为最近一轮"}}

    def get_queryset(self):
        if self.detail:  # one enterprise is found whatever its level
            return scores_in(run_of(self.request.query_params), self.request.user)
        return super().get_queryset()


class LayoffSigns(ListingViewSet):
    """裁员线索。"""

    listing = LAYOFF_SIGNS
    serializer_class = ScoreRow
    pagination_class = ByEnterprise
    lookup_field = "enterprise_id"


class RunRow(BaseSerializer):
    told = record(
        id="integer", as_of="string", card="string", card_sha256="string", state="string", asked_at="string:date-time",
        finished_at="string?:date-time", enterprises="integer", levels="object",
    )  # fmt: skip

    def to_representation(self, run):
        return {
            "id": run.pk,
            "as_of": f"{run.as_of:%Y-%m}",
            "card": run.card.name,
            "card_sha256": run.card.sha256,
            "state": progress.state_of(run),
            "asked_at": run.asked_at,
            "finished_at": run.finished_at,
            "enterprises": run.enterprises,
            "levels": run.levels,
        }


class Runs(Tagged, Walled, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """历次评分。"""

    capability = Can.SCORE
    serializer_class = RunRow
    pagination_class = Pages
    filter_backends = ()
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self):
        return ScoreRun.objects.select_related("card")

    def standing(self, run):
        return run.finished_at is None, sorted(run.jobs.values_list("state", flat=True))

    @twin("risks:start_run", form=RunForm, changes=False, body={
        "type": "object",
        "required": ["as_of"],
        "properties": {"as_of": {"type": "string", "pattern": r"^\d{4}-\d{2}$", "description": "截至月份，如 2023-10"}},
    })  # fmt: skip
    def create(self, request):
        """发起一轮评分。"""
        run = checked(RunForm(sent(request), months=readiness.months())).save(by=request.user)
        return self.shown(run, status.HTTP_201_CREATED)

    @twin("risks:cancel_run")
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        """停止尚未完成的部分。"""
        run = self.as_seen()
        for job in run.jobs.underway():
            job.cancel()
        return self.shown(run)

    @twin("risks:retry_run")
    @action(detail=True, methods=["post"])
    def retry(self, request, pk=None):
        """未能完成或已取消的部分，重新排队。"""
        run = self.as_seen()
        for job in run.jobs:
            job.retry()
        return self.shown(run)


ROUTES = (("scores", Scores), ("layoff-signs", LayoffSigns), ("runs", Runs), *LEDGER, *VISITS, *MAJORS)
