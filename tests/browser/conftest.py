"""The whole product as people meet it: a server with the demo organisation, and Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("fourfold"))
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WHO = "ingrid.holm@caldervale.example"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}
PATIENCE = 60  # seconds until a server that does not answer counts as broken

#: Runs before anything of a page: what the content policy refuses is kept for the test to read.
WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (e) => refused.push(`${e.violatedDirective}: ${e.blockedURI || e.sample}`));
"""


@pytest.hookimpl(tryfirst=True)  # before marks choose what runs
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Server:
    """Where the product runs, how to sign in, and what it wrote to its log."""

    url: str
    password: str
    log: Path


def fourfold(*command: str, env: dict[str, str]) -> str:
    """What a command of the product printed."""
    done = subprocess.run([COMMAND, *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo organisation behind the server that people run, in a folder that is gone afterwards."""
    data = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    url = f"http://localhost:{port}"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DATABASE_", "DJANGO_"))}
    env |= {"FOURFOLD_DATA": str(data), "FOURFOLD_URL": url}
    fourfold("demo", "--only-build", "--data", str(data), env=env)
    password = fourfold("password", WHO, env=env).strip().rsplit(" ", 1)[-1]
    log = data / "server.log"
    with log.open("w") as out:
        command = [COMMAND, "serve", "--port", port]
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    try:
        answer(url + "/accounts/login/", process, log)
        yield Server(url, password, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; fail with its log when it does not."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # our own server, a line ago
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not answer:\n{log.read_text()}")


def chromium() -> str | None:
    """The system's Chromium; None where only the one of Playwright is there."""
    names = (os.environ.get("FOURFOLD_CHROMIUM"), "chromium", "google-chrome", "google-chrome-stable")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium per module: while Playwright runs, nothing else in this process may use the database."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def kept_sign_in() -> dict[str, Any]:
    """Cookies of the one sign-in that all modules share."""
    return {}


@pytest.fixture(scope="module")
def cookies(server: Server, browser: Browser, kept_sign_in: dict[str, Any]) -> dict[str, Any]:
    """Cookies of somebody who signed in by the form."""
    if not kept_sign_in:
        page = browser.new_page()
        page.goto(server.url + "/accounts/login/")
        page.get_by_label("E-mail address").fill(WHO)
        page.get_by_label("Password", exact=True).fill(server.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/s/" in url)
        kept_sign_in["state"] = page.context.storage_state()
        page.close()
    state: dict[str, Any] = kept_sign_in["state"]
    return state


@dataclass
class Visit:
    """A window on the product that keeps every complaint of the browser."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str, status: int = 200) -> Page:
        """Open a page and wait for its scripts and its typeface."""
        self.complaints.clear()
        answered = self.page.goto(self.base + address)
        assert answered is not None and answered.status == status, (address, answered and answered.status)
        if self.page.evaluate("'fonts' in document"):
            self.page.evaluate("document.fonts.ready.then(() => true)")
        return self.page

    def refused(self) -> list[str]:
        """What the content policy refused."""
        refused: list[str] = self.page.evaluate("window.refused || []")
        return refused

    def violations(self, *rules: str) -> list[str]:
        """What axe finds, of all rules or of these."""
        self.page.evaluate(AXE.read_text())
        found: list[str] = self.page.evaluate(
            """rules => axe.run({runOnly: rules}).then(r => r.violations.flatMap(
                 v => v.nodes.slice(0, 4).map(n => `${v.id}: ${n.target} ${n.html.slice(0, 160)}`)))""",
            list(rules) or RULES,
        )
        return found


def new_visit(browser: Browser, server: Server, **options: Any) -> Visit:
    """A fresh window."""
    context: BrowserContext = browser.new_context(**options)
    context.add_init_script(WATCH)
    visit = Visit(context.new_page(), server.url)
    visit.page.on("console", lambda m: visit.complaints.append(m.text) if m.type in ("error", "warning") else None)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    return visit


def new_place(browser: Browser, server: Server, folder: Path, name: str, email: str) -> Visit:
    """A window of the person who has just signed in to their new organisation, which has nothing in it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DATABASE_", "DJANGO_"))}
    env |= {"FOURFOLD_DATA": str(server.log.parent), "FOURFOLD_URL": server.url}
    fourfold("init", str(folder), "--empty", "--name", name, "--email", email, env=env)
    fourfold("load", str(folder), env=env)
    password = fourfold("password", email, env=env).strip().rsplit(" ", 1)[-1]
    visit = new_visit(browser, server, **size("desk"))
    page = visit.open("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/s/" in url)
    return visit


def size(width: str) -> dict[str, Any]:
    """The options of a window as wide as a desk or a phone."""
    across, down = WIDTHS[width]
    phone = {"is_mobile": True, "has_touch": True} if width == "phone" else {}
    return {"viewport": {"width": across, "height": down}} | phone


@pytest.fixture
def desk(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[Visit]:
    """A signed-in window on a desk."""
    visit = new_visit(browser, server, storage_state=cookies, **size("desk"))
    yield visit
    visit.page.context.close()


@pytest.fixture
def phone(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[Visit]:
    """A signed-in window on a phone."""
    visit = new_visit(browser, server, storage_state=cookies, **size("phone"))
    yield visit
    visit.page.context.close()


@pytest.fixture
def plain(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[Visit]:
    """A signed-in window without JavaScript."""
    visit = new_visit(browser, server, storage_state=cookies, java_script_enabled=False, **size("desk"))
    yield visit
    visit.page.context.close()


#: A width and a theme each once: what is wrong with one of the other two is mostly wrong with one of these.
USUAL = (("desk", "light"), ("phone", "dark"))


@pytest.fixture(scope="module")
def windows(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[dict[tuple[str, str], Visit]]:
    """A window of each width and of each theme."""
    yield from _windows(browser, server, cookies, USUAL)


@pytest.fixture(scope="module")
def other_windows(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[dict[tuple[str, str], Visit]]:
    """The other two."""
    yield from _windows(browser, server, cookies, (("desk", "dark"), ("phone", "light")))


def _windows(
    browser: Browser, server: Server, cookies: dict[str, Any], wanted: tuple[tuple[str, str], ...]
) -> Iterator[dict[tuple[str, str], Visit]]:
    opened = {
        (width, theme): new_visit(browser, server, storage_state=cookies, color_scheme=theme, **size(width))
        for width, theme in wanted
    }
    yield opened
    for visit in opened.values():
        visit.page.context.close()
