"""Signs of a lay-off in what departments deliver: insured heads that fell by as many as 劳动合同法 §41 speaks of.

A sign is a question and no risk: people leave by themselves, too, and heads move to another firm of the same owner. A
person asks the enterprise, and flags the major risk or not.
"""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import NullIf, Round
from django.utils import timezone

from accounts.roles import Can
from casework import thresholds
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.models import Enterprise

from .explanations import card_of
from .models import MajorRisk, Score, ScoreRun
from .visits_listings import Rows

FEATURE = "heads_fall"  # of the card: tenths of a percent below last year, the season left out


def signs(user, *, on):
    """Scores of the latest run whose enterprise `user` may see and whose insured heads fell enough, most people first.

    `fall` in percent, `people` as many as that makes of the enterprise's heads now. None of which a risk of the kind is
    open, or was settled or dismissed since the run.
    """
    run = ScoreRun.objects.latest()
    place = place_of_feature(run)
    if place is None:
        return Score.objects.none()
    fall = F(f"features__{place}")
    rows = Score.objects.visible_to(user).filter(
        run=run, enterprise__merged_into=None, enterprise__status=Enterprise.Status.ACTIVE
    )
    rows = rows.annotate(fall=fall, people=Round(F("enterprise__heads") * fall / NullIf(100 - fall, 0.0)))
    many, share = (least(MajorRisk.Kind.LAYOFF, on=on) for least in (thresholds.least_people, thresholds.least_share))
    enough = Q(people__gte=many) | Q(fall__gte=share, people__gte=thresholds.FEW)
    known = MajorRisk.objects.filter(kind=MajorRisk.Kind.LAYOFF, enterprise=OuterRef("enterprise"))
    known = known.filter(Q(ended_on=None) | Q(ended_on__gte=timezone.localdate(run.finished_at)))
    rows = rows.filter(enough).exclude(Exists(known)).select_related("enterprise", "district", "run__card")
    return rows.order_by("-people", "enterprise_id")


def place_of_feature(run):
    """Where the scores of a run have the feature; None where its card knows no such thing."""
    keys = [item.key for item in card_of(run).items] if run else []
    return keys.index(FEATURE) if FEATURE in keys else None


def sentence_of(score):
    """The reason with its figures, as the score tells it."""
    place = place_of_feature(score.run)
    told = [sentence for sentence, item in zip(score.reasons, score.marks[::3], strict=False) if item == place]
    return told[0].rpartition("，")[0] if told else f"参保人数较上年减少 {score.fall:g}%"


class SignFilter(Rows):
    class Meta:
        model = Score
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.filters["since"], self.filters["until"]  # all are of one month


def found(user, parameters):
    return SignFilter(parameters, signs(user, on=today()), user=user)


def columns(user):
    return (*_ENTERPRISE, *_FIGURES) if user.may(Can.READ_FIGURES) else _ENTERPRISE


def notes(user, parameters):
    run = ScoreRun.objects.latest()
    return (f"截至 {run.as_of.year}年{run.as_of.month}月参保数据；减少的原因须向企业核实。",) if run else ()


_ENTERPRISE = (
    Column("name", "企业名称", Kind.LONG_TEXT, lambda score: score.enterprise.name),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda score: score.enterprise.uscc),
    Column("district", "区市", Kind.TEXT, lambda score: score.district_id, lambda score: str(score.district)),
    Column("level", "等级", Kind.TEXT, lambda score: score.level, lambda score: score.get_level_display()),
    Column("heads", "职工人数", Kind.WHOLE, lambda score: score.enterprise.heads),
)
_FIGURES = (
    Column("people", "约减少（人）", Kind.WHOLE, lambda score: int(score.people)),
    Column("fall", "降幅（%）", Kind.DECIMAL, lambda score: score.fall),
    Column("sentence", "参保人数变化", Kind.LONG_TEXT, sentence_of),
)

LAYOFF_SIGNS = register(
    Listing(
        page="risks:layoff_signs",
        title="裁员线索",
        capability=Can.HANDLE_MAJORS,
        unit="户",
        filtered=found,
        columns=columns,
        notes=notes,
    )
)
