"""A server to measure: a database made from definitions and figures, `fourfold serve` on it, and somebody signed in."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import polars as pl

from fourfold.engine.definitions import Definitions, Person
from fourfold.engine.definitions.write import write

FOURFOLD = Path(sys.executable).with_name("fourfold")
WHO = "alice@sample.example"


@dataclass(frozen=True)
class Server:
    """A running server; `started` is the seconds from its start to the first answer."""

    port: int
    pid: int
    started: float

    def memory(self) -> float:
        """MB held by the server and its workers."""
        kilobytes = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in self._pids()]
        return sum(int(found[1]) for found in kilobytes if found) / 1000

    def processor(self) -> float:
        """Seconds of processor time that the server and its workers have used, in steps of the kernel's clock."""
        texts = (Path(f"/proc/{pid}/stat").read_text() for pid in self._pids())
        ticks = (text.rpartition(")")[2].split()[11:13] for text in texts)  # of the program, and of the kernel for it
        return sum(int(tick) for pair in ticks for tick in pair) / os.sysconf("SC_CLK_TCK")

    def _pids(self) -> list[int]:
        return [self.pid, *map(int, _children(self.pid))]


@dataclass
class Browser:
    """One connection with its cookies, as a browser keeps them."""

    port: int
    cookies: dict[str, str]

    def __post_init__(self) -> None:
        """Open the connection."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, bytes, dict[str, str]]:
        """Status, body as sent, headers."""
        headers = {"Host": f"localhost:{self.port}", "Accept-Encoding": "gzip", "Origin": f"http://localhost:{self.port}"}
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        body = urlencode(data) if data is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.partition(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, content, dict(answer.headers)


#: What else the server reads from its environment: where its database is, for one on PostgreSQL.
MORE: dict[str, str] = {}


def environment(data: Path, port: int) -> dict[str, str]:
    """What the server reads from its environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DJANGO_", "DATABASE_URL"))}
    return kept | {"FOURFOLD_DATA": str(data), "FOURFOLD_URL": f"http://localhost:{port}"} | MORE


def load(definitions: Definitions, rows: pl.DataFrame, data: Path, port: int) -> str:
    """Write a scorecard folder, load it, and give the password of Alice, who may do everything."""
    folder = data / "folder"
    (folder / "measurements").mkdir(parents=True)
    alice = Person(code="al", name="Alice Archer", email=WHO, role="admin")
    for name, text in write(definitions.model_copy(update={"people": (alice,)})).items():
        (folder / name).write_text(text, "utf-8")
    rows.write_parquet(folder / "measurements" / "figures.parquet")
    run("load", str(folder), data=data, port=port)
    return run("password", WHO, data=data, port=port).split()[-1]


def run(*arguments: str, data: Path, port: int) -> str:
    """What a command prints."""
    done = subprocess.run([FOURFOLD, *arguments], env=environment(data, port), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"fourfold {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, port: int, *command: str) -> Iterator[Server]:
    """`fourfold serve`, or another command that becomes a server, stopped at the end."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [FOURFOLD, *(command or ("serve",)), "--port", str(port)],
        env=environment(data, port),
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                Browser(port, {}).ask("/accounts/login/")
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - begun > 60:
                    sys.exit("The server did not start.")
                time.sleep(0.02)
        yield Server(port, process.pid, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(60)


def sign_in(port: int, email: str, password: str) -> Browser:
    """A browser of somebody who signed in."""
    browser = Browser(port, {})
    page = browser.ask("/accounts/login/")[1]
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', plain(page))
    assert token, "the sign-in page has no form"
    form = {"csrfmiddlewaretoken": token[1].decode(), "login": email, "password": password}
    status, body, _ = browser.ask("/accounts/login/", form)
    if status != 302:
        sys.exit(f"Signing in was answered with {status}:\n{plain(body).decode()[:500]}")
    return browser


def plain(body: bytes) -> bytes:
    """A body without its compression."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
