"""Questions about many consultations: what is due, what is late, what is to be written to whom."""

from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from casework.scope import ScopedQuerySet

from .figures import Figures
from .stages import BEFORE_THE_TABLE, SOON_DAYS, UNDER_WAY, WRITTEN_ABOUT
from .stages import State as _S
from .urgings import Urging

# The date in `waits_for`, in SQL.
UNTIL = models.Case(
    models.When(state=_S.RECEIVED, then="reply_due_on"),
    models.When(state=_S.AGREED, then="meet_on"),
    models.When(state=_S.COORDINATED, then="coordination_due_on"),
    models.When(state__in=[_S.TALKING, _S.SETTLED, _S.PASSED], then="conclude_due_on"),
)


def _written(what, **conditions):
    return _of("Urging", what=what, **conditions)


def _of(model, **conditions):
    rows = apps.get_model("negotiations", model)._base_manager
    return Q(Exists(rows.filter(consultation=OuterRef("pk"), **conditions)))


class ConsultationQuerySet(ScopedQuerySet):
    def unanswered(self, on):
        """Offers whose reply is overdue: to be urged."""
        return self.filter(state=_S.RECEIVED, reply_due_on__lt=on)

    def due_soon(self, on):
        """Whatever is waited for is due within the next days, answers and signatures alike."""
        return self.annotate(until=UNTIL).filter(until__range=(on, on + timedelta(days=SOON_DAYS)))

    def refused(self):
        return self.filter(state=_S.REFUSED)

    def to_urge(self, on):
        return self.filter(Q(state=_S.REFUSED) | Q(state=_S.RECEIVED, reply_due_on__lt=on))

    def unsigned(self, on):
        """Consultations whose sixty days are over without a signature."""
        return self.under_way().counting().filter(conclude_due_on__lt=on)

    def counting(self):
        """Those whose sixty days run: while force majeure lasts the clock stands still."""
        return self.exclude(_of("Suspension", force_majeure=True, ends_on=None))

    def under_way(self):
        return self.filter(state__in=UNDER_WAY)

    def open(self):
        return self.exclude(state__in=[_S.SIGNED, _S.WITHDRAWN, _S.CLOSED])

    # What is written to whom, in the order of the law: urged, then an 意见书, then a 建议书

    def to_opine(self, on):
        """Refused or unanswered although urged, and without an 意见书 (山东省企业工资集体协商条例 第四十九条)."""
        return self.to_urge(on).filter(_written("urge")).exclude(_written("opinion"))

    def to_propose(self, on):
        """The employer left the 意见书 unanswered, or refuses still, and the authority has no 建议书 yet."""
        over = _written("opinion", answered_on=None, answer_due_on__lt=on)
        stubborn = Q(state=_S.REFUSED) & ~_written("opinion", answered_on=None) & _written("opinion")
        return self.filter(Q(state__in=WRITTEN_ABOUT) & over | stubborn).exclude(_written("proposal"))

    def to_discredit(self, on):
        """Ordered to put it right, not done in time, and not yet in the credit file (工资集体协商条例 第四十七条)."""
        refusing = self.filter(state__in=[_S.RECEIVED, _S.REFUSED])
        return refusing.filter(_written("order", answer_due_on__lt=on)).exclude(_written("credit"))

    def letter_unanswered(self, on):
        """With an 意见书 or 建议书 whose answer is overdue."""
        return self.filter(Exists(Urging.objects.unanswered(on).filter(consultation=OuterRef("pk"))))

    # What is overdue beside the way

    def uninformed(self, on):
        """Not ten days to the meeting, and the employer's figures are not there."""
        late = self.filter(state__in=[_S.AGREED, _S.TALKING], exchange_due_on__lt=on)
        return late.exclude(Exists(Figures.objects.filter(consultation=OuterRef("pk"))))

    def untold(self, on):
        """Not five days to the meeting, and the upper union was not told of it."""
        return self.filter(state__in=[_S.AGREED, _S.TALKING], tell_union_due_on__lt=on, told_union_on=None)

    def unannounced(self, on):
        """Representatives who are not made known in time."""
        return self.open().filter(seats_due_on__lt=on, seats_published_on=None)

    def vacant(self, on):
        """A representative left and nobody took the place in time (集体合同规定 第三十一条)."""
        return self.filter(state__in=BEFORE_THE_TABLE).filter(_of("Seat", replace_due_on__lt=on, replaced_by=None))

    def uncoordinated(self, on):
        return self.filter(state=_S.COORDINATED, coordination_due_on__lt=on)

    def by_turn(self):
        """What falls due first on top: the date of whatever waits, as `waits_for` tells it."""
        return self.annotate(until=UNTIL).order_by(F("until").asc(nulls_last=True), "-id")

    def received(self):
        return self.exclude(received_on=None)

    def answered_in_time(self):
        return self.offered().filter(replied_on__lte=F("reply_due_on"))

    def offered(self):
        """Offers that left the desk: what a report counts."""
        return self.exclude(sent_on=None)
