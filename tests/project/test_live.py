"""Streams of real servers: what is told once, told again to who comes back, and no more to who may not hear it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from tests.project.installations import Installation, installations
from tests.project.test_serve import free_port, wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Another process on the same database: runs what it is told, and says what came of it.
WRITER = """
import sys, json
from fourfold.cli.django_setup import prepare, set_up
set_up()
prepare(migrate=True)
from pathlib import Path
from django.test import Client
from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.revoke_grant import revoke_grant
from fourfold.records.models import Grant, Outbox, Person
from tests.web.conftest import ADDRESSES, FIGURES, MILL, load
from fourfold.testing.bakery import bakery

def sign_in(email):
    client = Client()
    client.force_login(Person.objects.get(email=email))
    return client.session.session_key

def record(unit, value):
    figure = dict(kpi="sales", unit=unit, period="2026-04", value=value)
    return record_measurement(by=None, organisation="bakery", **figure).ok

for line in sys.stdin:
    print(json.dumps(eval(line)), flush=True)
"""
LOADED = "[load(Path({0!r}) / 'mill', bakery(**MILL), '') and 1, load(Path({0!r}) / 'b', bakery(), FIGURES) and 1]"
BOBS = "Grant.objects.get(person__email='bob@bakery.example').pk"
REVOKE = f"revoke_grant(by=None, organisation='bakery', grant={BOBS})"
RECENT = "sorted(Outbox.objects.values_list('pk', flat=True))[-1]"


@dataclass
class Open:
    """An open stream: its status, and what has come of it so far."""

    port: int
    cookie: str
    after: str = ""
    events: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    ended: bool = False

    def __post_init__(self) -> None:
        wire = http.client.HTTPConnection("localhost", self.port, timeout=90)
        headers = {"Cookie": f"fourfold_session={self.cookie}", "Accept": "text/event-stream"}
        if self.after:
            headers["Last-Event-ID"] = self.after
        wire.request("GET", "/live/bakery/", headers=headers)
        self.answer = wire.getresponse()
        if self.answer.status == 200:
            self.thread = Thread(target=self._read, daemon=True)
            self.thread.start()

    def _read(self) -> None:
        told: dict[str, str] = {}
        while line := self.answer.readline().decode():
            if name := line.strip().partition(": ")[0]:
                told[name] = line.strip().partition(": ")[2]
            elif "data" in told:
                self.events.append((told["event"], int(told["id"]), json.loads(told["data"])))
                told = {}
        self.ended = True

    @property
    def changes(self) -> list[tuple[int, list[str]]]:
        """Numbers and units of what has come."""
        return [(number, told.get("units", [])) for kind, number, told in self.events if kind == "change"]


@dataclass
class World:
    """Servers on one database, and a process that writes to it."""

    ports: list[int]
    writer: subprocess.Popen[str]
    keys: dict[str, str] = field(default_factory=dict)

    def do(self, text: str) -> Any:
        assert self.writer.stdin and self.writer.stdout
        self.writer.stdin.write(text + "\n")
        self.writer.stdin.flush()
        return json.loads(self.writer.stdout.readline())

    def open(self, who: str, after: str = "", server: int = 0) -> Open:
        stream = Open(self.ports[server], self.keys.get(who, ""), after)
        if stream.answer.status == 200:
            until(lambda: stream.events)
        return stream


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until it is so."""
    import time

    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One server; on PostgreSQL two."""
    folder = tmp_path_factory.mktemp("live")
    with django_db_blocker.unblock(), installations(folder) as make:
        place: Installation = make("live")
        environment = {"FOURFOLD_DATA": str(place.data), "DATABASE_URL": place.url}
        command = [sys.executable, "-c", WRITER]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        writer = subprocess.Popen(command, env=_environment() | environment, **pipes)  # type: ignore[call-overload]
        found = World([free_port() for _ in range(2 if connection.vendor == "postgresql" else 1)], writer)
        assert found.do(LOADED.format(str(folder))) == [1, 1]
        for who in ("alice@bakery", "bob@bakery", "charlie@mill"):
            found.keys[who.split("@")[0]] = found.do(f"sign_in('{who}.example')")
        servers = [place.begin("serve", "--port", port) for port in found.ports]
        try:
            for port in found.ports:
                wait_for(f"http://localhost:{port}/health", 120)
            yield found
        finally:
            for process in (writer, *servers):
                process.terminate()
                process.communicate(timeout=60)


def _environment() -> dict[str, str]:
    import os

    return {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DATABASE_URL", "DJANGO_"))}


def test_each_hears_once_of_what_they_may_see_whichever_process_wrote_it(world: World) -> None:
    alice, bob = world.open("alice", server=-1), world.open("bob")
    assert world.do("[record('north', 1201), record('south', 1202)]") == [True, True]
    newest = world.do(RECENT)
    until(lambda: alice.changes and alice.changes[-1][0] == newest)
    assert [units for _, units in alice.changes] == [["bakery", "north"], ["bakery", "south"]]
    until(lambda: bob.changes)
    assert [units for _, units in bob.changes] == [["north"]]
    back = world.open("alice", after=str(alice.changes[0][0]))
    until(lambda: back.changes)
    assert back.changes == alice.changes[1:], "who comes back hears what they missed, once"
    assert world.do("record('north', 1203)")
    until(lambda: len(bob.changes) == 2 and len(back.changes) == 2 and len(alice.changes) == 3)
    assert "1203" not in json.dumps([told for _, _, told in alice.events])


def test_an_outsider_and_a_visitor_hear_nothing(world: World) -> None:
    assert world.open("charlie").answer.status == 404
    assert world.open("nobody").answer.status == 302


def test_many_open_pages_keep_nobody_else_out(world: World) -> None:
    keys = world.do("[sign_in('alice@bakery.example') for _ in range(13)]")
    world.keys |= {str(n): key for n, key in enumerate(keys)}
    streams = [world.open(str(n % 13)) for n in range(140)]  # more than granian lets be open unasked
    wait_for(f"http://localhost:{world.ports[0]}/health", 30)
    assert not any(stream.ended for stream in streams)


def test_a_stream_ends_when_its_listener_is_signed_out_or_loses_a_role_and_the_others_go_on(world: World) -> None:
    alice, bob = world.open("alice"), world.open("bob")
    other = world.do("sign_in('alice@bakery.example')")
    world.keys["signed out"] = other
    third = world.open("signed out")
    assert world.do(f"{REVOKE}.ok")
    assert world.do(f"end_sessions(by=None, email='alice@bakery.example', keep='{world.keys['alice']}').ok")
    until(lambda: bob.ended and third.ended)
    assert world.open("bob").answer.status == 404
    assert world.do("record('north', 1204)")
    until(lambda: alice.changes)
    assert not alice.ended
