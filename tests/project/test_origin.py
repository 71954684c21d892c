from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from fourfold.project.origin import client_address, request_id


@pytest.mark.django_db
def test_every_answer_has_the_id_of_its_request_and_each_its_own(client: Client) -> None:
    ids = [client.get("/accounts/login/")["X-Request-ID"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(re.fullmatch(r"[0-9a-f]{32}", text) for text in ids)


def test_an_id_counts_only_from_a_proxy_we_trust(settings: Any) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": "from-the-proxy-1"})
    assert request_id(request) != "from-the-proxy-1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert request_id(request) == "from-the-proxy-1"
    strange = RequestFactory().get("/", headers={"X-Request-ID": "<script>alert(1)"})
    assert re.fullmatch(r"[0-9a-f]{32}", request_id(strange))


def test_the_address_is_that_of_the_client_not_of_the_proxy(settings: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.77"})
    assert client_address(request) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_address(request) == "192.0.2.77"
