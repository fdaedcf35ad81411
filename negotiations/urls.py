from django.urls import path

from . import imports_views as imports
from . import views

app_name = "negotiations"


def _deeds(prefix, model, moves):
    return [path(f"{prefix}<int:pk>/{move.replace('_', '-')}/", view, name=f"{model}_{move}") for move, view in moves]


urlpatterns = [
    path("", views.offers, name="list"),
    path("figures/", views.figures, name="figures"),
    path("enterprises/<int:pk>/", views.for_enterprise, name="for_enterprise"),
    path("enterprises/<int:enterprise>/draft/", views.draft, name="consultation_draft"),
    path("enterprises/<int:enterprise>/take-over/", views.take_over, name="contract_take_over"),
    path("enterprises/<int:enterprise>/set-up/", views.set_up, name="mechanism_set_up"),
    path("draft/", views.draft_for_many, name="consultation_draft_for_many"),
    path("<int:pk>/", views.consultation, name="consultation"),
    path("<int:pk>/clauses/", views.clauses, name="consultation_write_clauses"),
    path("<int:pk>/clauses/<int:number>/", views.clause, name="clause"),
    path("<int:pk>/offer.docx", views.letter, {"what": "offer"}, name="offer_letter"),
    path("<int:pk>/reply.docx", views.letter, {"what": "reply"}, name="reply_letter"),
    path("urgings/<int:pk>/letter.docx", views.urging_letter, name="urging_letter"),
    *_deeds("", "consultation", views.OF_A_CONSULTATION.items()),
    path("contracts/", views.contracts, name="contracts"),
    path("contracts/register/", views.register_contract, name="contract_register"),
    path("contracts/import/", imports.choose, name="import_contracts"),
    path("contracts/import/example.xlsx", imports.example, name="import_example"),
    path("contracts/<int:pk>/", views.contract, name="contract"),
    path("contracts/<int:pk>/reviews/<int:number>/opinion.docx", views.review_letter, name="review_letter"),
    *_deeds("contracts/", "contract", views.OF_A_CONTRACT.items()),
    path("mechanisms/", views.mechanisms, name="mechanisms"),
    path("mechanisms/<int:pk>/", views.mechanism, name="mechanism"),
    *_deeds("mechanisms/", "mechanism", views.OF_A_MECHANISM.items()),
]
