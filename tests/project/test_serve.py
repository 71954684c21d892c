from __future__ import annotations

import re
import socket
import time
import urllib.request
from http.client import HTTPMessage
from pathlib import Path

from .commands import begin


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


def test_a_new_folder_is_served_and_its_files_may_be_kept_for_ever(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
