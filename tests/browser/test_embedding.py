"""A guest link in a frame of another site, over TLS: sites of the link show it, and browsers refuse it to others."""

from __future__ import annotations

import os
import re
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, Page, sync_playwright

from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery
from tests.browser.conftest import COMMAND, ROOT, answer, chromium

FIGURES = "kpi,unit,period,value\nsales,north,2026-03,20\nsales,north,2026-04,21\n"
NAMED, OTHER = "intranet.example", "evil.example"


@dataclass(frozen=True)
class Embedding:
    """Where the sites are, what the two links are, and a browser that finds all of them on this machine."""

    port: int
    framed: str
    plain: str
    browser: Browser


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> Path:
    """A key and a certificate that it signed itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(datetime.now(UTC) - timedelta(days=1))
    signed = made.not_valid_after(datetime.now(UTC) + timedelta(days=1)).sign(key, hashes.SHA256())
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "both.pem"
    file.write_bytes(text + signed.public_bytes(serialization.Encoding.PEM))
    return file


class Front(socketserver.StreamRequestHandler):
    """The proxy before the product, one request to a connection; any other site has a page with a frame of `f`."""

    def handle(self) -> None:
        with suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += self.rfile.readline() or b"\r\n\r\n"
            if b"host: scorecards.example" not in head.lower():
                self.wfile.write(_page_of(head))
                return
            kept = re.sub(rb"(?im)^connection:.*\r\n", b"", head)
            said = b"Connection: close\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"
            with socket.create_connection(("127.0.0.1", self.server.behind)) as product:  # type: ignore[attr-defined]
                product.sendall(kept.removesuffix(b"\r\n") + said)
                while part := product.recv(65536):
                    self.wfile.write(part)


def _page_of(head: bytes) -> bytes:
    link = re.search(rb"\?f=(\S+) HTTP", head)
    frame = b'<iframe width="900" height="700" src="/guest/?link=%s"></iframe>' % link[1] if link else b""
    where = b"https://scorecards.example:%s/guest" % re.search(rb"(?i)host: [^:]+:(\d+)", head)[1]  # type: ignore[index]
    body = b"<!doctype html><title>Intranet</title><h1>Intranet</h1>" + frame.replace(b"/guest", where)
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body), body,
    )  # fmt: skip


@contextmanager
def front(behind: int, pem: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A browser that closes a connection early is nothing to tell."""

    with Server(("127.0.0.1", 0), Front) as server:
        server.behind = behind  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def commanded(env: dict[str, str], *commands: list[str]) -> str:
    """What commands of the product printed, one after the other in a process that starts once."""
    run = "from typer.testing import CliRunner as R; from fourfold.cli import app; [print(R().invoke(app, c).output)"
    done = subprocess.run(
        [sys.executable, "-c", f"{run} for c in {commands!r}]"], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def embedding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedding]:
    """The bakery behind a proxy, with a link for the intranet and one for no site."""
    folder = tmp_path_factory.mktemp("embedding")
    (folder / "bakery" / "measurements").mkdir(parents=True)
    for name, text in write(bakery()).items():
        (folder / "bakery" / name).write_text(text)
    (folder / "bakery" / "measurements" / "figures.csv").write_text(FIGURES)
    behind = free_port()
    with front(behind, certificate(folder)) as port, sync_playwright() as playwright:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DATABASE_", "DJANGO_"))}
        env |= {
            "FOURFOLD_DATA": str(folder / "data"), "FOURFOLD_URL": f"https://scorecards.example:{port}",
            "FOURFOLD_BEHIND_PROXY": "1",
        }  # fmt: skip
        given = ["guest-link", "make", "north", "the board"]
        said = commanded(env, ["load", str(folder / "bakery")], [*given, "--host", f"{NAMED}:{port}"], given)
        framed, plain = re.findall(r"link=(\S+)", said)
        log = folder / "server.log"
        with log.open("w") as out:
            command = [COMMAND, "serve", "--port", str(behind)]
            process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        opened = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1", "--ignore-certificate-errors"],
        )
        try:
            answer(f"http://127.0.0.1:{behind}/health", process, log)
            yield Embedding(port, framed, plain, opened)
        finally:
            opened.close()
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def page(embedding: Embedding) -> Iterator[Page]:
    opened = embedding.browser.new_page(viewport={"width": 1000, "height": 900})
    yield opened
    opened.close()


def framed(page: Page, embedding: Embedding, site: str, link: str) -> tuple[str, list[str]]:
    """What the frame on the site shows, and what the browser complained of."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"https://{site}:{embedding.port}/?f={link}", wait_until="load")
    page.wait_for_load_state("networkidle")
    (_, frame) = page.frames
    if folder := os.environ.get("FOURFOLD_PICTURES"):
        page.screenshot(path=f"{folder}/frame-{site}-{link == embedding.framed}.png")
    return frame.locator("body").inner_text(), complaints


def test_a_site_of_the_link_shows_the_scorecard_in_a_frame(page: Page, embedding: Embedding) -> None:
    shown, complaints = framed(page, embedding, NAMED, embedding.framed)
    assert "Shared with the board" in shown and "Sales" in shown and not complaints
    assert embedding.framed not in page.frames[1].url


@pytest.mark.parametrize(("site", "named"), [(OTHER, True), (NAMED, False), (OTHER, False)])
def test_a_browser_refuses_the_frame_elsewhere_and_that_of_a_link_without_sites(
    page: Page, embedding: Embedding, site: str, named: bool
) -> None:
    shown, complaints = framed(page, embedding, site, embedding.framed if named else embedding.plain)
    assert "Sales" not in shown and "board" not in shown
    assert any("frame-ancestors" in complaint for complaint in complaints), complaints


def test_without_a_frame_the_link_opens_as_any_other(page: Page, embedding: Embedding) -> None:
    page.goto(f"https://scorecards.example:{embedding.port}/guest/?link={embedding.framed}")
    assert "Sales" in page.locator("main").inner_text() and embedding.framed not in page.url
