"""Addresses of lay-offs, below guidance/."""

from django.urls import path

from . import layoff_views as views

LAYOFFS = [
    path("layoffs/", views.layoff_list, name="layoffs"),
    path("layoffs/people/", views.laid_off, name="laid_off"),
    path("layoffs/people/example.xlsx", views.import_example, name="layoff_import_example"),
    path("enterprises/<int:pk>/layoffs/", views.for_enterprise, name="layoffs_of_enterprise"),
    path("enterprises/<int:enterprise>/layoffs/take-in/", views.take_in, name="layoff_take_in"),
    path("layoffs/<int:pk>/", views.layoff, name="layoff"),
    path("layoffs/<int:pk>/receipt.docx", views.receipt, name="layoff_receipt"),
    path("layoffs/<int:pk>/opinion.docx", views.opinion, name="layoff_opinion"),
    path("layoffs/<int:pk>/people/full/", views.reveal, name="layoff_reveal"),
    path("layoffs/<int:pk>/people/full.xlsx", views.export_full, name="layoff_export_full"),
    path("layoffs/<int:pk>/people/import/", views.import_people, name="layoff_import"),
    *(
        path(f"layoffs/<int:pk>/{move.replace('_', '-')}/", view, name=f"layoff_{move}")
        for move, view in views.OF_A_LAYOFF.items()
    ),
]
