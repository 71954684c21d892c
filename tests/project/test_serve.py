from __future__ import annotations

import re
import socket
import time
import urllib.request
from http.client import HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery

from .commands import begin, fourfold


def ask(url: str) -> tuple[str, HTTPMessage]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode(), answer.headers


def wait_for(url: str, seconds: float) -> str:
    """The page, as soon as the server answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            return ask(url)[0]
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signed_in(here: str, email: str, password: str) -> urllib.request.OpenerDirector:
    """A browser with its cookies, in which somebody has signed in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    browser.addheaders = [("Origin", here)]
    page = browser.open(f"{here}/accounts/login/", timeout=10).read().decode()
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
    assert found
    form = {"csrfmiddlewaretoken": found[1], "login": email, "password": password}
    browser.open(f"{here}/accounts/login/", urlencode(form).encode(), timeout=10)
    return browser


def loaded(folder: Path, on_time: int, data: Path) -> None:
    """The bakery with this share of its orders on time, long ago, loaded by a process of its own."""
    (folder / "measurements").mkdir(parents=True, exist_ok=True)
    for name, text in write(bakery()).items():
        (folder / name).write_text(text)
    figures = f"kpi,unit,period,numerator,denominator\non_time,north,2026-04,{on_time},100\n"
    (folder / "measurements" / "figures.csv").write_text(figures)
    done = fourfold("load", str(folder), data=data)
    assert done.returncode == 0, done.stderr


def test_a_change_by_another_process_shows_on_the_next_page(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    here = f"http://localhost:{port}"
    loaded(tmp_path / "folder", 71, data)
    password = fourfold("password", "alice@bakery.example", data=data).stdout.split()[-1]
    server = begin("serve", "--port", str(port), data=data, FOURFOLD_URL=here)
    try:
        wait_for(f"{here}/accounts/login/", 90)
        alice = signed_in(here, "alice@bakery.example", password)
        pages = [f"{here}/s/north/{page}?p=2026-04" for page in ("", "scorecard/")]
        before = [alice.open(page, timeout=10).read().decode() for page in pages * 3]
        loaded(tmp_path / "folder", 82, data)
        after = [alice.open(page, timeout=10).read().decode() for page in pages]
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert all("71.0%" in text and "82.0%" not in text for text in before)
    assert all("82.0%" in text and "71.0%" not in text for text in after)


def test_a_new_folder_is_served_and_its_files_may_be_kept_for_ever(tmp_path: Path) -> None:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    server = begin("serve", "--port", str(port), data=tmp_path / "new", FOURFOLD_URL=f"http://localhost:{port}")
    try:
        wait_for(f"{here}/accounts/login/", 90)
        names = [p.name for p in (tmp_path / "new" / "static" / "css").glob("tokens.*.css")]
        (name,) = [n for n in names if re.fullmatch(r"tokens\.[0-9a-f]{12}\.css", n)]
        style, headers = ask(f"{here}/static/css/{name}")
        assert "--" in style
        assert "immutable" in headers["Cache-Control"]
        assert "max-age=315360000" in headers["Cache-Control"]
    finally:
        server.terminate()
        server.communicate(timeout=30)
