"""On every answer what the browser may do with it; around every request the wall between districts.

Scripts and styles come from this portal alone, none inline. And no browser keeps a page (GB/T 22239-2019 8.1.4.10
剩余信息保护): on a shared computer the next person must not find it in the cache.
"""

from django.db import transaction
from django.http import HttpResponseNotAllowed

from . import acting, wall

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
    )
)


class ContentSecurityPolicy:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Methods:
    """Pages are read and sent; no other method reaches a view. The API says itself what each of its addresses takes."""

    TAKEN = ("GET", "HEAD", "POST")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in self.TAKEN or request.path_info.startswith("/api/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(self.TAKEN)


class Wall:
    """One transaction a request, in which PostgreSQL shows no more than the person may see. An error stores nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        acting.now().by = request.user
        with wall.within(wall.reach_of(request.user)):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
