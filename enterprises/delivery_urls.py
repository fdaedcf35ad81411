"""Addresses of deliveries and freshness, in the namespace of `enterprises`."""

from django.urls import path

from . import delivery_views as views

urlpatterns = [
    path("freshness/", views.freshness_page, name="freshness"),
    path("deliveries/", views.delivery_list, name="deliveries"),
    path("deliveries/new/", views.receive_deliveries, name="receive"),
    path("deliveries/<int:pk>/", views.delivery_page, name="delivery"),
    path("deliveries/<int:pk>/line/", views.delivery_line, name="delivery-line"),
    path("deliveries/<int:pk>/progress/", views.delivery_progress, name="delivery-progress"),
    path("deliveries/<int:pk>/answer/", views.answer_question, name="delivery-answer"),
    path("deliveries/<int:pk>/layout/", views.correct_layout, name="delivery-layout"),
    path("deliveries/<int:pk>/correction/", views.receive_correction, name="delivery-correction"),
    path("deliveries/<int:pk>/again/", views.put_to_work_again, name="delivery-again"),
    path("deliveries/<int:pk>/cancel/", views.cancel_delivery, name="delivery-cancel"),
    path("deliveries/<int:pk>/undo/", views.undo_delivery, name="delivery-undo"),
    path("deliveries/<int:pk>/file/", views.original_file, name="delivery-file"),
    path("deliveries/<int:pk>/refused/", views.refused_rows_file, name="delivery-refused"),
]
