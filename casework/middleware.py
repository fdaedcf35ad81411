"""A strict Content-Security-Policy on every answer, and the wall between districts around every request."""

from django.db import transaction

from . import wall

# Scripts and styles come from this portal alone, none inline.
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
        return response


class Wall:
    """One transaction a request, in which PostgreSQL shows no more than the person may see. An error stores nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with wall.within(wall.reach_of(request.user)):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
