"""What every test shares: which tests run where, and how Hypothesis behaves here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from fourfold.records.limits import forget as forget_who_asked

# Machines differ in speed; a slow one must not make a true property fail. CI draws the same examples each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "client", "admin_client"}
PUBLIC_DATA = Path(os.environ.get("FOURFOLD_PUBLIC_DATA") or Path(__file__).parents[2] / "shared" / "data")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only the tests that touch the database")


#: Folders whose modules share a server: the browser's, the cluster, and Tryton.
SHARED = ("tests/browser/", "tests/connectors/spark/", "tests/connectors/tryton/")


class Together(LoadScopeScheduling):
    """What is set up for a module is set up once, as its tests stay on one worker; what a folder shares likewise.

    The marks by which pytest-xdist 3.8 groups tests do nothing under pytest 9.2, which makes ids anew from their parts.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in SHARED if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def touches_database(item: pytest.Item) -> bool:
    """Whether a test needs a database, as pytest-django sees it."""
    if item.get_closest_marker("django_db"):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    without_data = pytest.mark.skip(reason=f"the public data sets are not in {PUBLIC_DATA}")
    for item in items:
        if item.get_closest_marker("data") and not PUBLIC_DATA.is_dir():
            item.add_marker(without_data)
    if config.getoption("--database-only"):
        kept = [item for item in items if touches_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not touches_database(item)])
        items[:] = kept


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data sets, which is beside the checkout and not part of it."""
    return PUBLIC_DATA


@pytest.fixture(autouse=True)
def _each_test_counts_its_own_denials_and_looks() -> None:
    """What a test counted in memory is about rows that are gone with it."""
    if "fourfold.actions.note_denial" in sys.modules:
        sys.modules["fourfold.actions.note_denial"].forget_denials()
    if "fourfold.actions.note_look" in sys.modules:
        sys.modules["fourfold.actions.note_look"].forget_looks()


@pytest.fixture(autouse=True)
def _each_test_may_ask_anew() -> None:
    """Nobody waits because of what another test asked for; its rows are gone with it, what a process holds is not."""
    forget_who_asked()


@pytest.fixture(autouse=True)
def _each_test_reads_its_own_definitions() -> None:
    """A test undoes its changes and the counter that told them apart: the next one would reach the same count."""
    if "fourfold.records.queries.structure" in sys.modules:
        sys.modules["fourfold.records.queries.structure"].forget()


@pytest.fixture(autouse=True)
def _each_test_comes_from_nowhere() -> Iterator[None]:
    """A command that a test runs in this process says where it comes from; the next test comes from elsewhere."""
    yield
    if "fourfold.actions.origin" in sys.modules:
        origin = sys.modules["fourfold.actions.origin"]
        origin.begin_at(origin.Origin())


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_tables() -> Iterator[None]:
    """A test with transactions of its own empties all tables at its end, which the guard of the events refuses."""
    from fourfold.records.guard import is_guarded, lift_guard, set_guard

    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def unguarded(self: Any) -> None:
        guarded = is_guarded(connection)
        lift_guard(connection)
        empty(self)
        if guarded:
            set_guard(connection)

    TransactionTestCase._fixture_teardown = unguarded  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]
