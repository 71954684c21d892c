"""The quality of KPIs that are unlike those of the bakery."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fourfold.testing.bakery import BAKERY
from tests.web.pages.test_quality import page_of
from tests.web.reading import open_page, words_of
from tests.web.test_every_kind import FIGURES, KINDS, TARGETS, alice_of


def test_a_unit_that_does_not_have_the_kpi_says_so(db: None, tmp_path: Path) -> None:
    kpis: list[dict[str, Any]] = [dict(k) for k in BAKERY["kpis"]]
    kpis[4] |= {"not_applicable_in": ["south"]}
    alice = alice_of(tmp_path / "b", "kpi,unit,period,value\nstaff,north,2026-04,4\n", kpis=kpis)
    assert "South Pier does not have this KPI" in open_page(alice, page_of("staff", "?u=south"))


def test_a_kpi_of_any_frequency_and_kind_is_assessed_in_its_own_periods(db: None, tmp_path: Path) -> None:
    alice = alice_of(
        tmp_path / "k", FIGURES, kpis=[*BAKERY["kpis"], *KINDS], targets=[*BAKERY["targets"], *TARGETS]
    )
    for kpi in KINDS:
        for unit in ("north", "south"):
            read = words_of(open_page(alice, page_of(str(kpi["code"]), f"?u={unit}")))
            assert not re.search(r"\bnan\b|\bNone\b|\binf\b", read), (kpi["code"], unit)
    assert "Is there a history? 0 of 20 2 figures." in words_of(open_page(alice, page_of("queue", "?u=north")))
