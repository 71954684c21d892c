"""From a figure to the rows of its source, for programs."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from fourfold.actions.run_feed import run_feed
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.testing.service import service

from .conftest import Program

pytestmark = pytest.mark.django_db


def test_a_figure_that_a_feed_brought_leads_to_the_rows_of_its_source(
    alice: Program, bob: Program, charlie: Program, settings: Any
) -> None:
    path = "/organisations/bakery/kpis/sales/measurements/north/2026-01/source-rows"
    assert alice.ask("GET", path).status_code == 404, "no feed brought it yet"
    with service() as server:
        settings.FEED_NETWORKS = (ip_network("127.0.0.1/32"),)
        settings.FEED_PORTS = frozenset({server.server_port})
        told: dict[str, Any] = {"by": None, "organisation": "bakery"}
        save_connection(**told, code="shop", name="Shop", kind="rest", options={"url": server.url})
        columns = {"kpi": "=sales", "unit": "region", "period": "month", "value": "amount"}
        ask = {"path": "all", "rows": "data[?region!='west']"}
        save_feed(**told, plan=FeedPlan("sales", "Sales", "shop", ask=ask, columns=columns))
        assert run_feed(**told, feed="sales").ok
        said = alice.get(path)
        assert (said["feed"], said["columns"]) == ("sales", ["region", "month", "amount"])
        assert said["made"] == {"value": "1000"}
        assert said["rows"] == [{"row": 1, "cells": ["north", "2026-01", "1000"]}]
        assert (said["count"], said["has_changed"], said["differences"]) == (1, False, [])
        assert [who.ask("GET", path).status_code for who in (bob, charlie)] == [403, 404]
        assert alice.ask("GET", path.replace("2026-01", "soon")).status_code == 400
        server.rows[0]["amount"] = 1100.5
        told_now = alice.get(path)
        assert told_now["differences"] == [{"figure": "value", "recorded": "1000", "now": "1100.5"}]
        server.rows.clear()
        gone = alice.get(path)
        assert gone["has_changed"] is True and (gone["count"], gone["made"]) == (0, {})
        assert gone["differences"] == [{"figure": "value", "recorded": "1000", "now": None}]
    away = alice.ask("GET", path)
    assert away.status_code == 422 and b"could not be asked" in away.content
