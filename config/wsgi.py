import gc
import os
from multiprocessing import parent_process

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config import services
from config.run import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
services.web = True

if master := parent_process():
    end_with_parent(master.pid)  # a web worker whose master was killed would hold the port
application = get_wsgi_application()

# What every request needs is loaded now and never looked through again for garbage: each full collection over it held
# some page up for a tenth of a second.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
