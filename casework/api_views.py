"""What the API says of itself: its description for machines and for people, and that an address is none of its own."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response
from rest_framework.views import APIView

from .api import Walled
from .api_reference import chapters
from .rights import LoggedIn


class Schema(Walled, APIView):
    """The description in OpenAPI 3.1, for whoever may ask the API at all: it names what there is to ask for."""

    permission_classes = (LoggedIn,)
    schema = None

    def get(self, request):
        return Response(described(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


class NotThere(Walled, APIView):
    """Whatever else is asked for under the API's address. Strangers learn not even that."""

    permission_classes = (LoggedIn,)
    schema = None

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise Http404

    def get(self, request, rest):
        raise Http404


schema, not_there = Schema.as_view(), NotThere.as_view()


def described():
    return SchemaGenerator().get_schema(public=True)


@require_GET
def reference(request):
    """The same for people: the rules, and what stands under which address."""
    return render(request, "casework/api.html", {"chapters": chapters(described()), "section": "api"})


@require_GET
def reference_of(request, name):
    """All of one address: what is asked of it with which conditions and fields, and what it answers."""
    chapter = next((chapter for chapter in chapters(described()) if chapter.name == name), None)
    if chapter is None:
        raise Http404
    return render(request, "casework/api_of.html", {"chapter": chapter, "section": "api"})
