from . import delivery_urls

app_name = "enterprises"

urlpatterns = [*delivery_urls.urlpatterns]
