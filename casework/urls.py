from django.urls import path

from . import attachment_views, audit_views, client_views, job_views, reminder_views, views

app_name = "casework"

urlpatterns = [
    path("audit/", audit_views.changes, name="changes"),
    path("audit/changes/<int:pk>/", audit_views.change, name="change"),
    path("audit/access/", audit_views.accesses, name="accesses"),
    path("audit/seals/", audit_views.seals_page, name="seals"),
    path("logins/history/", audit_views.my_logins, name="my-logins"),
    path("jobs/", job_views.job_list, name="jobs"),
    path("jobs/<int:pk>/", job_views.job_progress, name="job"),
    path("jobs/<int:pk>/cancel/", job_views.cancel_job, name="cancel-job"),
    path("jobs/<int:pk>/retry/", job_views.retry_job, name="retry-job"),
    path("exports/", views.export_list, name="exports"),
    path("exports/new/", views.export, name="export"),
    path("exports/<int:pk>/", views.export_line, name="export-line"),
    path("exports/<int:pk>/file/", views.export_file, name="export-file"),
    path("exports/<int:pk>/again/", views.retry_export, name="retry-export"),
    path("exports/<int:pk>/delete/", views.delete_export, name="delete-export"),
    path("attachments/<uuid:pk>/", attachment_views.attachment_file, name="attachment"),
    path("attachments/<slug:key>/<int:pk>/", attachment_views.attachments, name="attachments"),
    path("clients/", client_views.client_list, name="clients"),
    path("clients/tokens/new/", client_views.issue_token, name="issue-token"),
    path("clients/tokens/<int:pk>/withdraw/", client_views.withdraw_token, name="withdraw-token"),
    path("clients/messages/", client_views.message_log, name="messages"),
    path("clients/messages/<uuid:pk>/again/", client_views.send_again, name="send-again"),
    path("clients/subscriptions/new/", client_views.subscribe, name="subscribe"),
    path("clients/subscriptions/<int:pk>/end/", client_views.end_subscription, name="end-subscription"),
    path("waiting/", reminder_views.mine, name="waiting"),
    path("waiting/letters/", reminder_views.choose_letters, name="letters"),
    path("reminders/", reminder_views.preview, name="reminders"),
    path("views/", views.view_list, name="views"),
    path("views/new/", views.save_view, name="save-view"),
    path("views/<int:pk>/rename/", views.rename_view, name="rename-view"),
    path("views/<int:pk>/delete/", views.delete_view, name="delete-view"),
]
