"""The first page of the guidance."""

import pytest
from django.urls import reverse

from accounts.roles import Can
from tests import make


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_the_guidance_opens_for_the_three_parties_and_nobody_else(client, request, username):
    person = request.getfixturevalue(username)
    client.force_login(person)
    response = client.get(reverse("guidance:home"))
    assert response.status_code == (200 if person.may(Can.READ_GUIDANCE) else 403)
