from django.urls import path

from . import (
    bundle_views,
    dashboard_views,
    file_views,
    indicator_views,
    report_views,
    revision_views,
    summary_views,
    template_views,
    views,
)

app_name = "reports"

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", dashboard_views.dashboard, name="dashboard"),
    path("reports/", report_views.reports, name="list"),
    path("reports/begin/", report_views.begin, name="report_begin"),
    path("reports/indicators/", indicator_views.indicators, name="indicators"),
    path("reports/indicators/rows/", indicator_views.indicator_rows, name="rows"),
    path("reports/templates/", template_views.templates, name="templates"),
    path("reports/templates/starter.docx", template_views.starter, name="template_starter"),
    path("reports/templates/upload/", template_views.upload, name="template_upload"),
    path("reports/templates/<int:pk>/", template_views.template, name="template"),
    path("reports/templates/<int:pk>/template.docx", template_views.template_file, name="template_file"),
    path("reports/templates/<int:pk>/preview.docx", template_views.preview, name="template_preview"),
    path("reports/templates/<int:pk>/enact/", template_views.enact, name="template_enact"),
    path("reports/templates/<int:pk>/retire/", template_views.retire, name="template_retire"),
    path("reports/city/", summary_views.summaries, name="summaries"),
    path("reports/city/begin/", summary_views.begin, name="summary_begin"),
    path("reports/city/<int:pk>/", summary_views.summary, name="summary"),
    path("reports/city/<int:pk>/figures/", summary_views.figures, name="summary_figures"),
    path("reports/city/<int:pk>/write/", summary_views.write, name="summary_write"),
    path("reports/city/<int:pk>/pick/", summary_views.pick, name="summary_pick"),
    path("reports/city/<int:pk>/sections/<slug:key>/", summary_views.section, name="summary_section"),
    path("reports/city/<int:pk>/sections/<slug:key>/<int:version>/", summary_views.section_text, name="summary_text"),
    path("reports/city/<int:pk>/summary.docx", summary_views.draft_paper, name="summary_draft_paper"),
    path("reports/city/<int:pk>/summary.xlsx", summary_views.draft_book, name="summary_draft_book"),
    path("reports/city/<int:pk>/issues/<int:number>/", bundle_views.issue, name="issue"),
    path("reports/city/<int:pk>/issues/<int:number>/summary.docx", summary_views.issued_paper, name="issued_paper"),
    path("reports/city/<int:pk>/issues/<int:number>/summary.xlsx", summary_views.issued_book, name="issued_book"),
    path("reports/city/<int:pk>/issues/<int:number>/bundle/", bundle_views.bundle, name="bundle"),
    path("reports/bundles/<int:pk>/file/", bundle_views.bundle_file, name="bundle_file"),
    path("reports/verify/", bundle_views.verify, name="verify"),
    *(
        path(f"reports/city/<int:pk>/{move}/", view, name=f"summary_{move}")
        for move, view in summary_views.DEEDS.items()
    ),
    path("reports/<int:pk>/", report_views.report, name="report"),
    path("reports/<int:pk>/report.docx", report_views.draft_paper, name="draft_paper"),
    path("reports/<int:pk>/submissions/<int:number>/report.docx", report_views.submitted_paper, name="submitted_paper"),
    path("reports/<int:pk>/files/", file_views.report_files, name="files"),
    path("reports/<int:pk>/revisions/receive/", revision_views.receive, name="revision_receive"),
    path("reports/revisions/<int:pk>/", revision_views.revision, name="revision"),
    path("reports/revisions/<int:pk>/take/", revision_views.take, name="revision_take"),
    path("reports/revisions/<int:pk>/drop/", revision_views.drop, name="revision_drop"),
    path("reports/<int:pk>/write/", report_views.write, name="report_write"),
    path("reports/<int:pk>/pick/", report_views.pick, name="report_pick"),
    path("reports/<int:pk>/sections/<slug:key>/", report_views.section, name="section"),
    path("reports/<int:pk>/sections/<slug:key>/<int:version>/", report_views.section_text, name="section_text"),
    path("reports/<int:pk>/submissions/<int:number>/", report_views.submission, name="submission"),
    path(
        "reports/<int:pk>/submissions/<int:number>/<str:code>/",
        report_views.submitted_figure,
        name="submitted_figure",
    ),
    *(
        path(f"reports/<int:pk>/{move.replace('_', '-')}/", view, name=f"report_{move}")
        for move, view in report_views.DEEDS.items()
    ),
]
