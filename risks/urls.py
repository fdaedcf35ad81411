from django.urls import path

from . import prescription_views as prescriptions
from . import rectification_views as ledger
from . import views

app_name = "risks"

urlpatterns = [
    path("", views.ranked_list, name="list"),
    path("enterprises/<int:pk>/", views.for_enterprise, name="for_enterprise"),
    path("runs/", views.runs, name="runs"),
    path("runs/start/", views.start_run, name="start_run"),
    path("runs/<int:pk>/", views.run_page, name="run"),
    path("runs/<int:pk>/cancel/", views.cancel_run, name="cancel_run"),
    path("runs/<int:pk>/retry/", views.retry_run, name="retry_run"),
    path("card/", views.card, name="card"),
    path("prescriptions/", prescriptions.prescriptions, name="prescriptions"),
    path("prescriptions/<int:pk>/", prescriptions.prescription, name="prescription"),
    path("prescriptions/<int:pk>/document/", prescriptions.document, name="prescription_document"),
    path("inspections/<int:pk>/prescribe/", prescriptions.draft, name="prescription_draft"),
    path("enterprises/<int:pk>/prescribe/", prescriptions.draft_for_enterprise, name="prescription_for_enterprise"),
    path("prescriptions/<int:pk>/amend/", prescriptions.amend, name="prescription_amend"),
    path("prescriptions/<int:pk>/propose/", prescriptions.propose, name="prescription_propose"),
    path("prescriptions/<int:pk>/send-back/", prescriptions.send_back, name="prescription_send_back"),
    path("prescriptions/<int:pk>/sign/", prescriptions.sign, name="prescription_sign"),
    path("prescriptions/<int:pk>/give/", prescriptions.give, name="prescription_give"),
    path("prescriptions/<int:pk>/withdraw/", prescriptions.withdraw, name="prescription_withdraw"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/assign/", ledger.assign_many, name="assign_many"),
    path("ledger/<int:pk>/", ledger.rectification, name="rectification"),
    path("enterprises/<int:pk>/ledger/", ledger.for_enterprise, name="ledger_of_enterprise"),
    path("enterprises/<int:pk>/rectify/", ledger.open_item, name="rectification_open"),
    path("ledger/<int:pk>/assign/", ledger.assign, name="rectification_assign"),
    path("ledger/<int:pk>/reassign/", ledger.reassign, name="rectification_reassign"),
    path("ledger/<int:pk>/submit/", ledger.submit, name="rectification_submit"),
    path("ledger/<int:pk>/ask-extension/", ledger.ask_extension, name="rectification_ask_extension"),
    path("ledger/<int:pk>/grant-extension/", ledger.grant_extension, name="rectification_grant_extension"),
    path("ledger/<int:pk>/refuse-extension/", ledger.refuse_extension, name="rectification_refuse_extension"),
    path("ledger/<int:pk>/close/", ledger.close, name="rectification_close"),
    path("ledger/<int:pk>/send-back/", ledger.send_back, name="rectification_send_back"),
    path("ledger/<int:pk>/reopen/", ledger.reopen, name="rectification_reopen"),
]
