"""What a load balancer asks."""

import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
def test_a_server_whose_database_answers_is_well() -> None:
    answer = Client().get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_a_server_without_its_database_says_so_and_nothing_else() -> None:
    settings = connection.settings_dict
    name, host = settings["NAME"], settings.get("HOST")
    connection.close()
    try:
        settings["NAME"], settings["HOST"] = "/nowhere/there", "/nowhere"
        answer = Client().get("/health")
    finally:
        connection.close()
        settings["NAME"], settings["HOST"] = name, host
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
