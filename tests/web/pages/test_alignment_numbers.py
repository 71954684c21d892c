"""What the alignment page says where objectives, people and targets are not in step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fourfold.testing.bakery import BAKERY
from tests.web.conftest import FIGURES
from tests.web.pages.test_alignment import shares
from tests.web.reading import links_of, open_page, words_of
from tests.web.test_every_kind import alice_of


def test_a_number_names_what_it_lacks(db: None, tmp_path: Path) -> None:
    """Half of the weight is an objective of North Quay alone; Bob has nothing to do with any objective."""
    kpis: list[dict[str, Any]] = [dict(k) for k in BAKERY["kpis"]]
    kpis[0] |= {"owner": "alice"}
    own = {"code": "own", "name": "Sell on the quay", "perspective": "customers", "unit": "north", "weight": "2",
           "local": True}  # fmt: skip
    alice = alice_of(tmp_path / "b", FIGURES, kpis=kpis, objectives=[*BAKERY["objectives"], own])
    page = open_page(alice, "/s/north/alignment/")
    assert shares(page)["Upwards"] == ("50", "2 of 3 objectives carry one of the unit above")
    assert shares(page)["People"] == ("0", "0 of 1 person has a KPI or work for an objective")
    read = words_of(page)
    assert "1 not yet Sell on the quay Say in its form which objective above it carries" in read
    assert "1 not yet Bob Baker" in read
    assert links_of(page)["Sell on the quay"].startswith("/objective/")


def test_targets_that_do_not_add_up_are_told(db: None, tmp_path: Path) -> None:
    asked = {"bakery": "1500", "north": "1000", "south": "1000"}
    own = [{"kpi": "sales", "unit": u, "since": "M:2026-01", "value": v, "red_line": "500"} for u, v in asked.items()]
    targets = [*own, *BAKERY["targets"][2:]]
    alice = alice_of(tmp_path / "t", FIGURES, targets=targets)
    read = words_of(open_page(alice, "/s/bakery/alignment/"))
    assert "The targets of Apr 2026 below add up to 2000, and the one above is 1500." in read
