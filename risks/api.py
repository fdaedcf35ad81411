"""The ranked list for machine clients: the latest run, or `?run=`; rows, conditions and columns as on the page."""

from casework.api import ListingViewSet, Pages, Row

from .filters import scores_in
from .listings import RANKED, run_of


class ByEnterprise(Pages):
    ordering = "enterprise_id"


class ScoreRow(Row):
    def to_representation(self, row):
        return super().to_representation(row) | {"id": row.enterprise_id, "run": row.run_id}


class Scores(ListingViewSet):
    listing = RANKED
    serializer_class = ScoreRow
    pagination_class = ByEnterprise
    lookup_field = "enterprise_id"

    def get_queryset(self):
        if self.detail:  # one enterprise is found whatever its level
            return scores_in(run_of(self.request.query_params), self.request.user)
        return super().get_queryset()


ROUTES = (("scores", Scores),)
