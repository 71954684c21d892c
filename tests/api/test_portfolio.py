"""The portfolio for programs: what the page shows, and what the library computes from the same folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

import fourfold
from fourfold.access.roles import Role
from fourfold.engine.definitions.write import write
from fourfold.records.models import Evaluation, Kpi, Look, Organisation, Person
from fourfold.scorecard.portfolio import LACKS
from fourfold.testing.bakery import bakery as definitions
from tests.web.conftest import ADDRESSES, FIGURES, MOMENT

from .conftest import Program

pytestmark = pytest.mark.django_db
HERE = "/organisations/bakery/units/bakery/portfolio"


def test_a_program_gets_what_the_library_computes(alice: Program, tmp_path: Path) -> None:
    for name, text in write(definitions()).items():
        (tmp_path / name).write_text(text)
    (tmp_path / "measurements").mkdir()
    (tmp_path / "measurements" / "figures.csv").write_text(FIGURES)
    expected = fourfold.load(tmp_path).portfolio("bakery", "2026-04", as_of=MOMENT)
    found = alice.get(f"{HERE}?period=2026-04")
    assert (found["unit"], found["period"], found["as_of"]) == ("bakery", "M:2026-04", None)
    assert [(x["kpi"], x["gain"], x["risk"]) for x in found["drivers"]] == [
        (x.kpi, pytest.approx(x.gain), pytest.approx(x.risk)) for x in expected.drivers.drivers
    ]
    assert found["drivers"] and found["robustness"]["score"] == pytest.approx(expected.robustness.score)
    assert found["balance"]["kpis"] == pytest.approx(dict(expected.balance.kpis))
    assert found["lacking"] == {
        name: None if name == "zombies" else list(getattr(expected.coverage, name)) for name, _ in LACKS
    }
    assert found["health"]["parts"]["balance"] == pytest.approx(expected.health.parts["balance"])
    assert found["health"]["not_known"] == ["use"]


def test_it_is_what_the_page_shows(alice: Program) -> None:
    client = Client()
    client.force_login(Person.objects.get(email=ADDRESSES["alice"]))
    page = client.get("/s/bakery/portfolio/").content.decode()
    found = alice.get(HERE)
    assert f'<span class="v">{int(found["health"]["index"])}</span>' in page
    assert f"About {found['ambition']['expected']:.1f} of" in page or found["ambition"]["mix"] is None


def test_looks_at_kpis_make_its_use(alice: Program) -> None:
    kpi = Kpi.objects.get(organisation__code="bakery", code="sales")
    day = Evaluation.objects.filter(organisation=kpi.organisation).latest("pk").as_of.date()
    Organisation.objects.filter(pk=kpi.organisation_id).update(looks_since=day - timedelta(days=90))
    Look.objects.create(organisation=kpi.organisation, kpi=kpi, role=Role.VIEWER, day=day)
    found = alice.get(HERE)
    assert found["health"]["parts"]["use"] == 25.0 and "sales" not in found["health"]["lowered_by"]["use"]
    assert found["lacking"]["zombies"] == found["lacking"]["kpis_without_objective"]


def test_it_looks_back_to_what_was_known_on_a_day(alice: Program) -> None:
    found = alice.ask("GET", f"{HERE}?as_of=2026-04-30")
    assert found.status_code == 400 and b"No figure was known" in found.content
    now = alice.get(HERE)
    assert alice.get(f"{HERE}?as_of={MOMENT.date().isoformat()}")["drivers"] == now["drivers"]


@pytest.mark.parametrize(("query", "status"), [
    ("?period=nonsense", 400), ("?as_of=nonsense", 400), ("?as_of=2199-01-01", 400), ("?period=2019-01", 404),
    ("?from=2026-01", 400),
])  # fmt: skip
def test_what_cannot_be_asked_is_told(alice: Program, query: str, status: int) -> None:
    answer = alice.ask("GET", HERE + query)
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"


def test_only_who_sees_all_kpis_of_the_unit_gets_it(bob: Program, charlie: Program) -> None:
    assert bob.get("/organisations/bakery/units/north/portfolio")["unit"] == "north"
    assert bob.ask("GET", HERE).status_code == 404
    assert charlie.ask("GET", HERE).status_code == 404
