import os

from django.core.wsgi import get_wsgi_application

from config import services
from config.run import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
services.web = True

end_with_parent()  # a web worker whose master was killed would hold the port
application = get_wsgi_application()
