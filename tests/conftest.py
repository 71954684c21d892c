"""What every test shares: which tests run where, and how Hypothesis behaves here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Machines differ in speed; a slow one must not make a true property fail. CI draws the same examples each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "client", "admin_client"}
PUBLIC_DATA = Path(os.environ.get("FOURFOLD_PUBLIC_DATA") or Path(__file__).parents[2] / "shared" / "data")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only the tests that touch the database")


def touches_database(item: pytest.Item) -> bool:
    """Whether a test needs a database, as pytest-django sees it."""
    if item.get_closest_marker("django_db"):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    without_data = pytest.mark.skip(reason=f"the public data sets are not in {PUBLIC_DATA}")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
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
