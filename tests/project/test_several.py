"""Two servers on one database: they count guesses together, and each due job is done by one of them."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from tests.project.installations import Installation, filled, template
from tests.project.test_serve import free_port, wait_for

__all__ = ["filled", "template"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JOBS = ["anchor_chains_daily", "close_due_periods", "evaluate_new_day", "make_room", "run_due_feeds"]


def guess(here: str) -> bool:
    """Try a password from another browser; True when somebody has tried too often."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    browser.addheaders = [("Origin", here)]
    page = browser.open(f"{here}/accounts/login/", timeout=60).read().decode()
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
    assert found
    form = {"csrfmiddlewaretoken": found[1], "login": "alice@bakery.example", "password": "a guess"}
    try:
        said = browser.open(f"{here}/accounts/login/", urlencode(form).encode(), timeout=60).read()
    except urllib.error.HTTPError as error:
        said = error.read()
    return b"Too many" in said


def test_two_servers_count_guesses_together_and_do_each_due_job_once(filled: Installation) -> None:
    ports = [free_port(), free_port()]
    places = [f"http://localhost:{port}" for port in ports]
    servers = [
        filled.begin("serve", "--port", port, FOURFOLD_URL=here) for port, here in zip(ports, places, strict=True)
    ]
    try:
        for here in places:
            wait_for(f"{here}/health", 120)
        assert [guess(places[n % 2]) for n in range(8)] == [False] * 5 + [True] * 3
        for _ in range(120):
            runs = filled.sql("SELECT job, due_at, tries, failure FROM records_jobrun WHERE ended_at IS NOT NULL")
            if sorted({job for job, *_ in runs}) == JOBS:
                break
            time.sleep(1)
        assert sorted({job for job, *_ in runs}) == JOBS
        assert len({(job, due) for job, due, *_ in runs}) == len(runs)
        assert all(rest == [1, ""] for _, _, *rest in runs), "nobody took over, nothing failed"
    finally:
        for server in servers:
            server.terminate()
            server.communicate(timeout=60)
