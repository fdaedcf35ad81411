from django.http import HttpResponse
from django.urls import path

from config import urls

handler500 = urls.handler500
urlpatterns = [path("bench/empty/", lambda request: HttpResponse()), *urls.urlpatterns]
