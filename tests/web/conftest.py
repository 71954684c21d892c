"""Two organisations that know nothing of each other: Alice and Bob's bakery, and the mill where Charlie works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.records.models import Organisation, Person
from fourfold.testing.bakery import bakery

#: The day on which the figures are looked at: April is the newest month that is over.
MOMENT = datetime(2026, 5, 20, 12, tzinfo=UTC)
ADDRESSES = {"alice": "alice@bakery.example", "bob": "bob@bakery.example", "charlie": "charlie@mill.example"}

#: Sales of the shops month by month, January to April 2026. South has none for March.
FIGURES = """kpi,unit,period,value,numerator,denominator
sales,north,2026-01,900,,
sales,north,2026-02,1000,,
sales,north,2026-03,700,,
sales,north,2026-04,1200,,
sales,south,2026-01,1100,,
sales,south,2026-02,1050,,
sales,south,2026-04,600,,
costs,north,2026-01,700,,
costs,north,2026-02,700,,
costs,north,2026-03,650,,
costs,north,2026-04,900,,
costs,south,2026-01,900,,
costs,south,2026-02,900,,
costs,south,2026-04,0,,
on_time,north,2026-03,,90,100
on_time,north,2026-04,,97,100
on_time,south,2026-03,,80,100
on_time,south,2026-04,,70,100
staff,north,2026-04,4,,
"""

MILL: dict[str, Any] = {
    "organisation": {"code": "mill", "name": "Mill Lane", "currency": "GBP"},
    "units": [{"code": "mill", "name": "Mill Lane", "kind": "corporate"}],
    "people": [{"code": "charlie", "name": "Charlie Cole", "email": ADDRESSES["charlie"], "role": "admin"}],
    "strategy": {"code": "grind", "name": "Grind"},
    "perspectives": [{"code": "finance", "name": "Finance", "rank": 0}],
    "themes": [],
    "objectives": [{"code": "secret", "name": "Secret flour plan", "perspective": "finance"}],
    "links": [],
    "kpis": [{"code": "flour", "name": "Secret flour price", "kind": "stock", "unit": "GBP"}],
    "uses": [{"kpi": "flour", "objective": "secret"}],
    "targets": [{"kpi": "flour", "since": "M:2026-01", "value": "10", "red_line": "8"}],
    "initiatives": [],
    "notes": [],
}


def load(folder: Path, definitions: Definitions, figures: str) -> Organisation:
    """Write a folder and load it, as the command line does."""
    (folder / "measurements").mkdir(parents=True)
    for name, text in write(definitions).items():
        (folder / name).write_text(text)
    (folder / "measurements" / "figures.csv").write_text(figures)
    outcome = load_folder(by=None, path=folder, at=MOMENT)
    assert outcome.value is not None, outcome.findings
    return outcome.value


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Both organisations, loaded once for a module; each test undoes what it changed, the module undoes the rest."""
    folder = tmp_path_factory.mktemp("folders")
    with django_db_blocker.unblock(), transaction.atomic():
        load(folder / "mill", bakery(**MILL), "kpi,unit,period,value\nflour,mill,2026-04,9\n")
        load(folder / "bakery", bakery(), FIGURES)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def organisation(loaded: None, db: None) -> Organisation:
    """Harbour Bakery with its figures evaluated, beside the mill."""
    return Organisation.objects.get(code="bakery")


def signed_in(person: str) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(Person.objects.get(email=ADDRESSES[person]))
    return client


@pytest.fixture
def alice(organisation: Organisation) -> Client:
    """The owner of the bakery: she sees all of it."""
    return signed_in("alice")


@pytest.fixture
def bob(organisation: Organisation) -> Client:
    """He enters figures for North Quay and sees that shop alone."""
    return signed_in("bob")


@pytest.fixture
def charlie(organisation: Organisation) -> Client:
    """The outsider."""
    return signed_in("charlie")
