from django.urls import include, path

from . import views

app_name = "enterprises"

urlpatterns = [
    path("", views.register_list, name="list"),
    path("suggest/", views.suggest, name="suggest"),
    path("<int:pk>/", views.enterprise_page, name="detail"),
    path("<int:pk>/chronicle/", views.chronicle_page, name="chronicle"),
    path("<int:pk>/amend/", views.amend, name="amend"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/merge/", views.find_double, name="find-double"),
    path("<int:pk>/merge/<int:double_pk>/", views.merge, name="merge"),
    path("", include("enterprises.delivery_urls")),
]
