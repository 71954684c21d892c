"""The product as people run it, with a file of directories, and what those directories are: processes on loopback."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery
from tests.project.commands import begin, fourfold

HERE = Path(__file__).parent
PASSWORD = "flour water salt"
PATIENCE = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(url: str, process: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"{url} did not answer: {process.communicate()}")


@dataclass
class Product:
    """The product, running; its database can be looked into."""

    url: str
    data: Path
    settings: dict[str, str]

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.data / "fourfold.sqlite3") as connection:
            return connection.execute(sql, values).fetchall()

    def grants(self, email: str) -> set[tuple[str, str | None, str]]:
        """Role, unit and where it comes from of every grant of a person."""
        found = self.ask(
            "SELECT g.role, u.code, g.source FROM records_grant g JOIN records_person p ON p.id = g.person_id"
            " LEFT JOIN records_unit u ON u.id = g.unit_id WHERE p.email = ?", email,
        )  # fmt: skip
        return {(role, unit, source) for role, unit, source in found}

    def command(self, *arguments: str) -> str:
        ended = fourfold(*arguments, data=self.data, **self.settings)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def run(self, script: Path) -> None:
        """Run a script in the product's own environment."""
        environment = os.environ | self.settings | {
            "FOURFOLD_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "fourfold.project.settings",
        }  # fmt: skip
        subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True)

    def log(self) -> str:
        return (self.data / "server.log").read_text()


Start = Callable[[str], Product]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start the product with a text of directories, `{url}` in it being its own address."""
    running = []

    def started(directories: str, *, port: int | None = None) -> Product:
        folder = tmp_path_factory.mktemp("product")
        port = port or free_port()
        url = f"http://localhost:{port}"
        (folder / "directories.toml").write_text(directories)
        (folder / "bakery").mkdir()
        for name, text in write(bakery()).items():
            (folder / "bakery" / name).write_text(text)
        settings = {"FOURFOLD_URL": url, "FOURFOLD_DIRECTORIES": str(folder / "directories.toml")}
        loaded = fourfold("load", str(folder / "bakery"), data=folder, **settings)
        assert loaded.returncode == 0, loaded.stderr
        log = (folder / "server.log").open("w")
        process = begin("serve", "--port", str(port), data=folder, log=log, **settings)
        running.append(process)
        wait_until_it_answers(url + "/health", process)
        return Product(url, folder, settings)

    yield started
    for process in running:
        process.terminate()
        process.wait(timeout=30)


@dataclass
class Provider:
    """The OpenID Connect provider, running."""

    url: str
    folder: Path

    def twist(self, **lies: Any) -> None:
        (self.folder / "twist.json").write_text(json.dumps(lies))

    def move(self, who: str, groups: list[str]) -> None:
        """Put somebody into other groups."""
        with sqlite3.connect(self.folder / "provider.sqlite3") as connection:
            (user,) = connection.execute("SELECT id FROM auth_user WHERE username = ?", (who,)).fetchone()
            connection.execute("DELETE FROM auth_user_groups WHERE user_id = ?", (user,))
            for group in groups:
                (found,) = connection.execute("SELECT id FROM auth_group WHERE name = ?", (group,)).fetchone()
                connection.execute("INSERT INTO auth_user_groups (user_id, group_id) VALUES (?, ?)", (user, found))


@pytest.fixture(scope="module")
def serve_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Provider]]:
    """Start the provider with its people; it sends them back to these addresses."""
    running = []

    def started(people: dict[str, Any], redirects: list[str], secret: str) -> Provider:
        folder = tmp_path_factory.mktemp("provider")
        given = {"people": people, "redirects": redirects, "secret": secret, "password": PASSWORD}
        (folder / "people.json").write_text(json.dumps(given))
        port = free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
        log = (folder / "provider.log").open("w")
        process = subprocess.Popen(
            [sys.executable, str(HERE / "oidc_provider.py"), str(port), str(folder)],
            env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        running.append(process)
        url = f"http://localhost:{port}"
        wait_until_it_answers(url + "/.well-known/openid-configuration", process)
        return Provider(url, folder)

    yield started
    for process in running:
        process.kill()
        process.communicate()


def form_token(page: str) -> str:
    """The mark that Django puts into every form."""
    return page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]


def press(browser: requests.Session, page: requests.Response, **fields: str) -> requests.Response:
    """Send the form of a page to its own address."""
    data = {"csrfmiddlewaretoken": form_token(page.text), **fields}
    return browser.post(page.url, data=data, headers={"Referer": page.url})
