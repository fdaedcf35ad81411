from django.urls import path

from . import visits_views as views

VISITS = [
    path("visits/", views.visits, name="visits"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    *(
        path(f"visits/<int:pk>/{move.replace('_', '-')}/", view, name=f"guidancevisit_{move}")
        for move, view in views.OF_A_VISIT.items()
    ),
    *(
        path(f"visits/<int:pk>/{move}/", view, name=f"jointvisit_{move}")
        for move, view in views.OF_A_JOINT_VISIT.items()
    ),
    path("joint/<int:pk>/", views.joint, name="joint"),
    path("enterprises/<int:enterprise>/record/", views.record, name="guidancevisit_record"),
    path("enterprises/<int:pk>/visits/", views.for_enterprise, name="visits_of_enterprise"),
    path("enterprises/<int:pk>/visit-sheet/", views.paper, name="visit_paper"),
    path("enterprises/<int:pk>/visit-sheet/code.svg", views.paper_code, name="visit_paper_code"),
]
