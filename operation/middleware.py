"""The outermost layers of each request: probes, the request's mark, its line in the log and its figures."""

import logging
import time

from . import health, logs, metrics

log = logging.getLogger("operation.requests")

PROBES = {"/healthz/": health.lives, "/readyz/": health.ready, "/metrics/": metrics.figures}


class Probes:
    """Answers those who watch the portal before anything else is asked: the session, the log-in, the database.

    They are no pages: they stand outside the URL map, need no account and are not counted among the requests.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        probe = PROBES.get(request.path_info.rstrip("/") + "/")
        if probe is None:
            return self.get_response(request)
        response = probe(request)
        response.headers["Cache-Control"] = "no-store"
        return response


class Observed:
    """Gives the request its mark (X-Request-ID, taken from the proxy or made), and notes how it was answered."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = logs.request_id.set(logs.mark(request.headers.get("X-Request-ID")))
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            self._note(request, response, time.perf_counter() - begun)
            response.headers["X-Request-ID"] = logs.request_id.get()
            return response
        finally:
            logs.request_id.reset(token)

    def _note(self, request, response, seconds):
        view = logs.view_of(request)
        figures = {"status": response.status_code, "ms": round(seconds * 1000)}
        log.info("%s %s", request.method, view, extra={"figures": figures})
        metrics.count(view, request.method, response.status_code, seconds)
