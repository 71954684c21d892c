"""What a load balancer asks."""

from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_a_server_whose_database_answers_is_well() -> None:
    answer = Client().get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_behind_a_proxy_it_answers_who_asks_from_within_the_machine_too(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert [Client().get(path).status_code for path in ("/health", "/ready", "/healthy")] == [200, 200, 301]


@pytest.mark.django_db
def test_a_server_whose_database_is_gone_says_so_and_nothing_else() -> None:
    def gone(*_: Any) -> NoReturn:
        raise OperationalError("could not connect to 10.0.0.7")

    with connection.execute_wrapper(gone):
        answer = Client().get("/health")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
