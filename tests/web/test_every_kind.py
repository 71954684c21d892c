"""Pages of organisations unlike the bakery: nothing measured yet, every kind of KPI, every length of period."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fourfold.records.models import Kpi, Person
from fourfold.testing.bakery import BAKERY, bakery
from tests.web.conftest import load

HEAD = "kpi,unit,period,value,numerator,denominator,state\n"
KINDS: list[dict[str, Any]] = [
    {"code": "heat", "name": "Oven heat", "kind": "stock", "unit": "°C", "polarity": "in_range", "decimals": 0},
    {"code": "open", "name": "Shop open", "kind": "boolean"},
    {"code": "mood", "name": "Mood", "kind": "ordinal", "levels": {"bad": 0, "fine": 60, "good": 100}, "decimals": 0},
    {"code": "queue", "name": "Queue", "kind": "stock", "unit": "min", "polarity": "lower_better", "frequency": "week"},
    {"code": "audit", "name": "Audit", "kind": "stock", "frequency": "quarter", "polarity": "higher_better"},
    {"code": "rent", "name": "Rent paid abroad", "kind": "flow", "unit": "CHF", "scale": "k"},
]
TARGETS = [
    {"kpi": "heat", "since": "M:2026-01", "low": "200", "high": "230", "red_low": "180", "red_high": "250"},
    {"kpi": "queue", "since": "2026-W01", "value": "5", "red_line": "9"},
    {"kpi": "audit", "since": "FY2026-Q1", "value": "80", "red_line": "60"},
]
FIGURES = HEAD + "".join(
    f"{line}\n"
    for line in (
        "heat,north,2026-03,240,,,", "heat,north,2026-04,210,,,", "open,north,2026-04,1,,,", "mood,north,2026-04,2,,,",
        "queue,north,2026-W14,4,,,", "queue,north,2026-W16,8,,,", "rent,north,2026-04,-3.5,,,",
        "rent,south,2026-04,,,,not_applicable",
    )
)  # fmt: skip
PAGES = ("", "scorecard/", "scorecard/?sort=gap", "map/", "alignment/", "initiatives/", "menu/")


def alice_of(folder: Path, figures: str, **changes: Any) -> Client:
    load(folder, bakery(**changes), figures)
    client = Client()
    client.force_login(Person.objects.get(email="alice@bakery.example"))
    return client


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    page = str(response.content.decode())
    assert not re.search(r">\s*(?:nan|None|inf)\s*<|\bNaN\b|\bNone\b", page), path
    return page


@pytest.mark.django_db
def test_an_organisation_without_a_single_figure_has_all_its_pages(tmp_path: Path) -> None:
    client = alice_of(tmp_path / "new", HEAD)
    for page in PAGES:
        for view in ("month", "quarter", "ytd"):
            read(client, f"/s/bakery/{page}{'&' if '?' in page else '?'}by={view}")
    for pk in Kpi.objects.values_list("pk", flat=True):
        assert '<span class="v">–</span>' in read(client, f"/kpi/{pk}-x/")


@pytest.mark.django_db
def test_every_kind_of_kpi_and_every_length_of_period_can_be_looked_at(tmp_path: Path) -> None:
    kpis = [*BAKERY["kpis"], *KINDS]
    uses = [*BAKERY["uses"], *({"kpi": k["code"], "objective": "delight"} for k in KINDS if k["code"] != "rent")]
    uses = [use | {"monitor_only": True} if use["kpi"] in ("open", "mood") else use for use in uses]
    client = alice_of(tmp_path / "kinds", FIGURES, kpis=kpis, uses=uses, targets=[*BAKERY["targets"], *TARGETS])
    for unit in ("bakery", "north"):
        for page in PAGES:
            for query in ("by=month&p=2026-04", "by=quarter&p=2026-03", "by=ytd&p=2026-04"):
                read(client, f"/s/{unit}/{page}{'&' if '?' in page else '?'}{query}")
    for kpi in Kpi.objects.filter(code__in=[k["code"] for k in KINDS]):
        for query in ("u=north&p=2026-04", "u=north&p=2026-03&range=13", "by=quarter&p=2026-03&range=all", "u=south"):
            read(client, f"/kpi/{kpi.pk}-x/?{query}")
    heat = read(client, f"/kpi/{Kpi.objects.get(code='heat').pk}-x/?p=2026-04")
    assert "<dd>200–230</dd>" in heat and "Good is</dt><dd>inside its band" in heat
    assert "The target band is 200 to 230\u00a0°C; inside it scores 100." in heat
    assert "Upper edge" in heat and "Lower edge" in heat
    for code, word in (("open", "yes"), ("mood", "fine")):
        page = read(client, f"/kpi/{Kpi.objects.get(code=code).pk}-x/?u=north&p=2026-04")
        assert f'<span class="v">{word}</span><span class="u"></span>' in page
    rent = read(client, f"/kpi/{Kpi.objects.get(code='rent').pk}-x/?u=north&p=2026-04")
    assert '<span class="v">−CHF\u00a03.5</span><span class="u">k</span>' in rent


@pytest.mark.django_db
def test_a_kpi_of_weeks_or_quarters_is_entered_in_its_own_periods(tmp_path: Path) -> None:
    uses = [*BAKERY["uses"], *({"kpi": k, "objective": "delight"} for k in ("queue", "audit", "heat"))]
    client = alice_of(
        tmp_path / "own", FIGURES, kpis=[*BAKERY["kpis"], *KINDS], uses=uses, targets=[*BAKERY["targets"], *TARGETS]
    )
    for code, letter in (("queue", "W"), ("audit", "Q")):
        kpi = Kpi.objects.get(code=code).pk
        page = read(client, f"/kpi/{kpi}-x/?u=north&p=2026-04")
        options = re.findall(r'<option value="([^"]+)"', page)
        assert all(option.startswith(f"{letter}:") for option in options)
        sent = {"period": options[3], "value": "71.5", "reason": ""}
        response = client.post(f"/kpi/{kpi}-x/figures/?u=north&p=2026-04", sent)
        assert response.status_code == 302
        assert "Saved: 71.5" in client.get(response["Location"]).content.decode()
