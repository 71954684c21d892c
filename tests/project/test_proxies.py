"""Behind a real reverse proxy with the configuration that we give: streams, addresses, cookies, sizes."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest

from fourfold.actions.keep_upload import LARGEST
from tests.project.installations import Installation, bakery_folder, installations
from tests.project.proxies import DEPLOY, HOST, Proxy, listening, program
from tests.project.test_live import until
from tests.project.test_serve import free_port

pytestmark = pytest.mark.django_db
BOB = "bob@bakery.example"
SPOOFED = "203.0.113.77"


@dataclass
class Site:
    """An installation behind a proxy, with the cookies and a token of Bob."""

    made: Installation
    proxy: Proxy
    token: str
    password: str
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        """An answer, over TLS; cookies are kept."""
        wire = self.proxy.connect()
        wire.request(method, path, body or None, self._headers(headers))
        answer = wire.getresponse()
        text = answer.read().decode()
        self.set_cookies += answer.headers.get_all("Set-Cookie", [])
        self.cookies |= dict(each.split(";")[0].split("=", 1) for each in answer.headers.get_all("Set-Cookie", []))
        wire.close()
        return answer.status, answer.headers, text

    def stream(self, after: str = "") -> http.client.HTTPResponse:
        """The stream of changes, open; what comes is read line by line."""
        wire = self.proxy.connect()
        known = {"Last-Event-ID": after} if after else {}
        asked = {"Accept": "text/event-stream", "Accept-Encoding": "gzip, br"} | known
        wire.request("GET", "/live/bakery/", headers=self._headers(asked))
        return wire.getresponse()

    def record(self, value: int) -> None:
        """Bob's program enters a figure."""
        sent = json.dumps({"unit": "north", "period": "2026-04", "value": str(value)})
        path = "/api/v1/organisations/bakery/kpis/sales/measurements"
        told = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, _, text = self.ask("POST", path, sent, **told)
        assert status == 201, text

    def sign_in(self, password: str, **headers: str) -> int:
        self.cookies.clear()
        _, _, page = self.ask("GET", "/accounts/login/")
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
        assert found, page
        form = urlencode({"csrfmiddlewaretoken": found[1], "login": BOB, "password": password})
        told = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"} | headers
        return self.ask("POST", "/accounts/login/", form, **told)[0]

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        return {"Host": HOST} | cookies | more


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:  # fmt: skip
    if program(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    port = free_port()
    with (
        django_db_blocker.unblock(), installations(folder) as make,
        listening(request.param, folder, server=port, port=free_port(), open_port=free_port()) as proxy,
    ):  # fmt: skip
        made = make("site")
        assert made.run("load", bakery_folder(folder / "bakery")).returncode == 0
        password = made.run("password", BOB).stdout.split()[-1]
        said = made.run("token", "make", "Till", "--scope", "record", "--person", BOB).stdout
        token = re.search(r"fourfold_[\w-]+", said)
        assert token
        with (folder / "log").open("w") as log:
            server = made.begin(
                "serve", "--port", str(port), log=log, FOURFOLD_URL=f"https://{HOST}", FOURFOLD_BEHIND_PROXY="true"
            )
        try:
            found = Site(made, proxy, token[0], password)
            answers(found, folder)
            yield found
        finally:
            server.terminate()
            server.communicate(timeout=60)


def answers(site: Site, folder: Path) -> None:
    """Wait until it does."""
    end, last = time.monotonic() + 240, ""
    while time.monotonic() < end:
        try:
            if site.ask("GET", "/accounts/login/")[0] == 200:
                return
        except OSError as error:
            last = str(error)
        time.sleep(0.2)
    raise AssertionError(last + (folder / "proxy.log").read_text() + (folder / "log").read_text())


class Events:
    """What a stream has brought so far, read beside the test."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer, self.found, self.ended = answer, list[tuple[str, str]](), False
        assert answer.status == 200, (answer.headers["Location"], answer.read())
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        told: dict[str, str] = {}
        while line := self.answer.readline().decode():
            name, _, text = line.strip().partition(": ")
            told[name] = text
            if not line.strip() and "data" in told:
                self.found.append((told["event"], told["id"]))
                told = {}
        self.ended = True

    @property
    def changes(self) -> list[str]:
        return [number for kind, number in self.found if kind == "change"]


def test_changes_arrive_while_the_stream_is_open_and_are_told_to_who_comes_back(site: Site) -> None:
    assert site.sign_in(site.password) == 302
    first = Events(site.stream())
    assert first.answer.headers["Content-Type"].startswith("text/event-stream")
    until(lambda: first.found)
    site.record(1001)
    until(lambda: first.changes)
    assert not first.ended, "it came while the stream was open, not with its end"
    known = first.changes[-1]
    assert first.answer.fp is not None
    first.answer.close()
    site.record(1002)
    second = Events(site.stream(after=known))
    until(lambda: second.changes)
    assert int(second.changes[0]) > int(known) and second.found[0][0] == "hello"
    site.record(1003)
    until(lambda: len(second.changes) > 1)


def test_a_session_is_for_tls_alone_and_the_browser_is_told_to_keep_to_it(site: Site) -> None:
    assert site.sign_in(site.password) == 302
    assert all("Secure" in each and "HttpOnly" in each for each in site.set_cookies if "session" in each)
    _, headers, _ = site.ask("GET", "/accounts/login/")
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    wire = site.proxy.connect_openly()
    wire.request("GET", "/accounts/login/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
    answer = wire.getresponse()
    assert answer.status in (301, 308) and answer.headers["Location"].startswith(f"https://{HOST}")


def test_the_address_of_who_asks_is_that_of_the_connection_whatever_they_say(site: Site) -> None:
    said = {"X-Forwarded-For": SPOOFED, "X-Real-IP": SPOOFED, "Forwarded": f"for={SPOOFED}"}
    assert site.sign_in(site.password, **said) == 302
    asked = "SELECT address FROM records_event WHERE action = 'session.sign_in' ORDER BY id DESC LIMIT 1"
    ((address,),) = site.made.sql(asked)
    assert address.startswith("127.0.0."), address


def test_what_a_client_says_of_its_transport_is_not_believed(site: Site) -> None:
    site.cookies.clear()
    assert site.ask("GET", "/accounts/login/", **{"X-Forwarded-Proto": "http"})[0] == 200


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_largest_file_comes_through(name: str) -> None:
    found = re.search(r"(?:client_max_body_size|max_size) (\d+)MB?", (DEPLOY / name).read_text(), re.I)
    assert found and int(found[1]) * 1_000_000 >= LARGEST
