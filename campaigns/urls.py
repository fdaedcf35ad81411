from django.urls import path

from . import cooperation_views as cooperating
from . import dispatch_views as dispatching
from . import exemplar_views as exemplary
from . import plan_views as planning
from . import publicity_views as publishing
from . import views

app_name = "campaigns"


def _deeds(prefix, model, moves):
    return [path(f"{prefix}<int:pk>/{move.replace('_', '-')}/", view, name=f"{model}_{move}") for move, view in moves]


urlpatterns = [
    path("", views.home, name="home"),
    path("all/", views.campaigns, name="campaigns"),
    path("prepare/", views.prepare, name="campaign_prepare"),
    path("<int:pk>/", views.campaign, name="campaign"),
    *_deeds("", "campaign", views.OF_A_CAMPAIGN.items()),
    path("plans/", planning.plans, name="plans"),
    path("plans/draft/", planning.draft, name="plan_draft"),
    path("plans/<int:pk>/", planning.plan, name="plan"),
    *_deeds("plans/", "plan", planning.OF_A_PLAN.items()),
    path("plans/<int:pk>/plan.docx", planning.plan_paper_file, name="plan_paper"),
    path("targets/", planning.progress, name="targets"),
    path("dispatches/", dispatching.dispatches, name="dispatches"),
    path("dispatches/draft/", dispatching.draft, name="dispatch_draft"),
    path("dispatches/<int:pk>/", dispatching.dispatch, name="dispatch"),
    *_deeds("dispatches/", "dispatch", dispatching.OF_A_DISPATCH.items()),
    path("answers/", dispatching.answers, name="answers"),
    path("answers/<int:pk>/", dispatching.answer, name="answer"),
    *_deeds("answers/", "answer", dispatching.OF_AN_ANSWER.items()),
    path("supervisions/", dispatching.supervisions, name="supervisions"),
    path("supervisions/send/", dispatching.send, name="supervision_send"),
    path("supervisions/<int:pk>/", dispatching.supervision, name="supervision"),
    *_deeds("supervisions/", "supervision", dispatching.OF_A_SUPERVISION.items()),
    path("exemplars/", exemplary.exemplars, name="exemplars"),
    path("exemplars/nominate/", exemplary.nominate, name="exemplar_nominate"),
    path("exemplars/<int:pk>/", exemplary.exemplar, name="exemplar"),
    path("exemplars/<int:pk>/notice.docx", exemplary.notice, name="exemplar_notice"),
    *_deeds("exemplars/", "exemplar", exemplary.OF_AN_EXEMPLAR.items()),
    path("pilots/", exemplary.pilots, name="pilots"),
    path("pilots/propose/", exemplary.propose, name="pilot_propose"),
    path("pilots/<int:pk>/", exemplary.pilot, name="pilot"),
    *_deeds("pilots/", "pilot", exemplary.OF_A_PILOT.items()),
    path("practices/", exemplary.practices, name="practices"),
    path("practices/<int:pk>/", exemplary.practice, name="practice"),
    *_deeds("practices/", "practice", exemplary.OF_A_PRACTICE.items()),
    path("coverage/", cooperating.coverage, name="coverage"),
    path("joint-cases/", cooperating.joint_cases, name="jointcases"),
    path("joint-cases/open/", cooperating.open_case, name="jointcase_open"),
    path("joint-cases/<int:pk>/", cooperating.joint_case, name="jointcase"),
    *_deeds("joint-cases/", "jointcase", cooperating.OF_A_JOINT_CASE.items()),
    path("transfers/", cooperating.transfers, name="transfers"),
    path("transfers/offer/", cooperating.offer, name="transfer_offer"),
    path("transfers/<int:pk>/", cooperating.transfer, name="transfer"),
    *_deeds("transfers/", "transfer", cooperating.OF_A_TRANSFER.items()),
    path("warnings/", cooperating.warnings, name="warnings"),
    path("warnings/send/", cooperating.warn, name="spreadwarning_send"),
    path("warnings/<int:pk>/", cooperating.warning, name="spreadwarning"),
    *_deeds("warnings/", "spreadwarning", cooperating.OF_A_WARNING.items()),
    path("publicity/", publishing.publicity_list, name="publicity_list"),
    path("publicity/record/", publishing.record, name="publicity_record"),
    path("publicity/<int:pk>/", publishing.publicity, name="publicity"),
    *_deeds("publicity/", "publicity", publishing.OF_PUBLICITY.items()),
]
