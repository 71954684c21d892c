"""What an operator sees: readiness, metrics, logs, request ids."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from fourfold.project.logs import hide, logging_settings

pytestmark = pytest.mark.django_db
TOKEN = "m" * 8 + "0123456789abcdefghijklmn"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process logs as JSON, as a text."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.config.dictConfig(logging_settings("INFO", "json"))
    handler = root.handlers[-1]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def entries(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_server_is_ready_when_its_schema_is_that_of_its_version() -> None:
    assert Client().get("/ready").content == b"ready\n"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name LIKE '%_backup_and_secret'")
    answer = Client().get("/ready")
    assert (answer.status_code, answer.content) == (503, b"the schema is being changed\n")


@pytest.fixture
def behind_a_proxy(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def test_every_answer_has_an_id_and_one_given_by_a_proxy_is_kept(settings: Any) -> None:
    first, second = (Client().get("/health")["X-Request-ID"] for _ in range(2))
    assert re.fullmatch("[0-9a-f]{32}", first) and first != second
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert Client().get("/health", headers={"x-request-id": "abc-123.DEF"})["X-Request-ID"] == "abc-123.DEF"


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b c d e f g", "<script>alert(1)</script>", "a\tb-12345678"])
def test_an_id_that_could_be_something_else_is_not_taken_over(behind_a_proxy: None, given: str) -> None:
    assert Client().get("/health", headers={"x-request-id": given})["X-Request-ID"] != given


def test_a_page_about_an_error_shows_the_id_of_its_request(behind_a_proxy: None) -> None:
    answer = Client().get("/no-such-page/", headers={"x-request-id": "look-me-up-42"})
    assert answer.status_code == 404
    assert "look-me-up-42" in answer.content.decode()


def test_each_request_is_one_line_of_json_with_its_id_and_without_its_query(
    behind_a_proxy: None, log: io.StringIO
) -> None:
    Client().get("/health?token=canary0token", headers={"x-request-id": "look-me-up-42"})
    (entry,) = [e for e in entries(log) if e["logger"] == "fourfold.request"]
    assert (entry["event"], entry["request_id"], entry["level"]) == ("GET /health 200", "look-me-up-42", "info")
    assert entry["ms"] >= 0 and re.fullmatch(r"[\d-]{10}T[\d:.]+Z", entry["timestamp"])
    assert "canary0" not in log.getvalue()


SECRETS = [
    ("connecting to postgresql://app:canary0@db/x", ()),
    ("password=canary0, user=x", ()),
    ('{"password": "canary0"}', ()),
    ("Authorization: Bearer canary0-canary0", ()),
    ("api_key: canary0", ()),
    ("sent %s", ({"password": "canary0", "nested": [{"apiKey": "canary0"}]},)),
]


@pytest.mark.parametrize(("message", "arguments"), SECRETS, ids=range(len(SECRETS)))
def test_a_secret_is_not_in_the_log(log: io.StringIO, message: str, arguments: tuple[Any, ...]) -> None:
    logging.getLogger("fourfold.test").warning(message, *arguments, extra={"token": "canary0", "cookie": "canary0"})
    assert "canary0" not in log.getvalue() and len(entries(log)) == 1


def test_a_secret_is_not_in_the_traceback_in_the_log(log: io.StringIO) -> None:
    try:
        raise RuntimeError("could not reach redis://x:canary0@host/0")
    except RuntimeError:
        logging.getLogger("fourfold.test").exception("failed")
    assert "canary0" not in log.getvalue() and "RuntimeError" in log.getvalue()


def test_what_is_no_secret_is_left_as_it_is() -> None:
    plain = {"person": 7, "path": "/kpi/5-pass-rate/", "event": "Pass rate 97 %", "seen": ["a", 1, None]}
    assert hide(plain) == plain


def test_metrics_are_for_whoever_has_the_token_and_for_nobody_without_one() -> None:
    assert Client().get("/metrics").status_code == 404
    with override_settings(METRICS_TOKEN=TOKEN):
        for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}):
            assert Client().get("/metrics", headers=given).status_code == 404
        answer = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "fourfold_database_up 1.0" in text and "fourfold_disk_free_bytes" in text
    assert "fourfold_backup_age_seconds" not in text  # there is none, which is not an age of 0
    assert TOKEN not in text


@override_settings(METRICS_TOKEN=TOKEN)
def test_requests_are_counted_by_route_and_not_by_address() -> None:
    Client().get("/s/very-private-name/")
    Client().generic("BREW", "/health")
    text = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'route="overview"' in text and 'method="other"' in text
    assert "very-private-name" not in text and "BREW" not in text
