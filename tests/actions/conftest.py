"""Harbour Bakery, loaded from a folder with half a year of figures, and the three people of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.records.models import Organisation, Person
from fourfold.testing.bakery import bakery

#: The tests' "now": the figures of June are due, those of July are not.
NOW = datetime(2026, 7, 10, 9, 0, tzinfo=UTC)
FIGURES = """kpi,unit,period,value,numerator,denominator,state,note
sales,north,2026-01,1010.50,,,,
sales,north,2026-02,990.10,,,,
sales,north,2026-03,640,,,,The road was closed.
sales,north,2026-04,1100,,,,
sales,south,2026-01,1200,,,,
sales,south,2026-02,0,,,,
sales,south,2026-03,1180.25,,,,
sales,south,2026-04,,,,missing,
costs,north,2026-01,800,,,,
costs,north,2026-02,810,,,,
costs,north,2026-03,700,,,,
costs,south,2026-01,900,,,,
costs,south,2026-02,100,,,,
costs,south,2026-03,905,,,,
on_time,north,2026-01,,95,100,,
on_time,north,2026-02,,88,100,,
on_time,south,2026-01,,190,200,,
on_time,south,2026-02,,,,n/a,
staff,north,2026-01,7,,,,
staff,south,2026-01,9,,,,
"""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a scorecard folder: Harbour Bakery, with some things changed."""

    def make(
        definitions: Definitions | None = None, figures: str = FIGURES, name: str = "bakery", **changes: Any
    ) -> Path:
        return _written(tmp_path / name, definitions or bakery(**changes), figures)

    return make


def _written(path: Path, definitions: Definitions, figures: str) -> Path:
    (path / "measurements").mkdir(parents=True, exist_ok=True)
    for file, text in write(definitions).items():
        (path / file).write_text(text, encoding="utf-8")
    (path / "measurements" / "figures.csv").write_text(figures, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The bakery, loaded once for a module; each test undoes what it changed, the module undoes the rest."""
    path = _written(tmp_path_factory.mktemp("loaded"), bakery(), FIGURES)
    with django_db_blocker.unblock(), transaction.atomic():
        _load(path)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded_anew(db: None, folder: Callable[..., Path]) -> None:
    """For modules where some tests begin with nothing, whose `loaded` asks for it: the bakery for each test."""
    _load(folder())


def _load(path: Path) -> None:
    outcome = load_folder(by=None, path=path, at=NOW)
    assert outcome.ok, outcome.findings


@pytest.fixture
def organisation(loaded: None, db: None) -> Organisation:
    return Organisation.objects.get(code="bakery")


@pytest.fixture
def alice(organisation: Organisation) -> Person:
    """The owner: administrator of everything."""
    return Person.objects.get(email="alice@bakery.example")


@pytest.fixture
def bob(organisation: Organisation) -> Person:
    """Contributor of North Quay."""
    return Person.objects.get(email="bob@bakery.example")


@pytest.fixture
def charlie(organisation: Organisation) -> Person:
    """An account that belongs to no organisation."""
    person: Person = Person.objects.create_person(name="Charlie Cole", email="charlie@elsewhere.example")
    return person
