"""Lay-offs for machine clients. Those who go are told masked; in full only a person sees them, who gives a reason."""

from casework.api import ListingViewSet
from enterprises.case_api import EnterpriseCaseViewSet

from .layoff_forms import OF_A_LAYOFF
from .layoff_listings import LAID_OFF, LAYOFFS
from .models import Layoff


class Layoffs(EnterpriseCaseViewSet):
    """裁员报告。"""

    listing, model, forms = LAYOFFS, Layoff, OF_A_LAYOFF

    def begun(self, request):
        return Layoff.begun(self.enterprise())


class LaidOffs(ListingViewSet):
    """被裁减人员，姓名、证件号码、电话隐去。"""

    listing = LAID_OFF


ROUTES = (("layoffs", Layoffs), ("laid-off", LaidOffs))
