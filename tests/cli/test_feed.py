"""`fourfold feed list` and `fourfold feed run`, against a real service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from fourfold.actions.load_folder import load_folder
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.engine.definitions.write import write
from fourfold.records.models import Feed, FeedRun
from fourfold.testing.bakery import bakery
from fourfold.testing.service import Service, service
from tests.cli.running import Ran

pytestmark = pytest.mark.django_db
Run = Callable[..., Ran]
COLUMNS = {"kpi": "=sales", "unit": "region", "period": "month", "value": "amount"}


@pytest.fixture
def stub(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service with four rows, and a feed that asks it; the database of the test is there already."""
    monkeypatch.setattr("fourfold.cli.feed.list_.prepare", lambda: None)
    monkeypatch.setattr("fourfold.cli.feed.run.prepare", lambda: None)
    for name, text in write(bakery(notes=[])).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_folder(by=None, path=tmp_path).ok
    with service() as server:
        settings.FEED_NETWORKS = (ip_network("127.0.0.1/32"),)
        settings.FEED_PORTS = frozenset({server.server_port})
        server.rows = [row for row in server.rows if row["region"] != "west"]
        assert save_connection(by=None, code="shop", name="Shop", kind="rest", options={"url": server.url}).ok
        plan = FeedPlan("sales", "Sales", "shop", ask={"path": "all?from={since}", "rows": "data"}, columns=COLUMNS)
        assert save_feed(by=None, plan=plan).ok
        yield server


def test_feeds_are_listed_with_what_came_of_them(fourfold: Run, stub: Service) -> None:
    assert "sales  Sales (Shop)  never ran  by hand" in fourfold("feed", "list").out
    ran = fourfold("feed", "run", "sales")
    assert (ran.code, ran.err) == (0, "") and "4 figures loaded" in ran.out
    assert "4 loaded, 0 unchanged, 0 rejected" in fourfold("feed", "list").out
    Feed.objects.update(failures=6, schedule="0 6 * * *")
    assert "rests after 6 failures" in fourfold("feed", "list").out


def test_a_run_looks_back_as_far_as_it_is_told(fourfold: Run, stub: Service) -> None:
    assert fourfold("feed", "run", "sales", "--since", "2024-01-01").code == 0
    assert stub.seen == ["/all?from=2024-01-01"]
    assert fourfold("feed", "run", "sales", "--since", "yesterday").code == 2 and FeedRun.objects.count() == 1


def test_a_run_that_fails_says_why_and_ends_so(fourfold: Run, stub: Service) -> None:
    Feed.objects.update(ask={"path": "half"})
    ran = fourfold("feed", "run", "sales")
    assert ran.code == 1 and "not whole JSON" in ran.out + ran.err
    assert "not whole JSON" in fourfold("feed", "list").out


def test_rows_may_be_taken_as_they_are(fourfold: Run, stub: Service) -> None:
    assert fourfold("feed", "run", "sales").code == 0
    stub.rows = [row | {"amount": row["amount"] * 1000} for row in stub.rows]
    ran = fourfold("feed", "run", "sales")
    assert ran.code == 1 and "1,000 times as large" in ran.out + ran.err
    assert fourfold("feed", "run", "sales", "--as-it-is").code == 0


def test_a_feed_that_is_not_there_is_named(fourfold: Run, stub: Service) -> None:
    ran = fourfold("feed", "run", "costs")
    assert ran.code == 4 and "no feed costs" in ran.err
