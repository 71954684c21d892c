"""One Tryton for all tests in this folder, which share one worker of pytest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.tryton.server import DATABASE, LACKING, server

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before marks choose what runs
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            if LACKING:
                item.add_marker(pytest.mark.skip(reason=LACKING))


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server, and the file of its database."""
    folder = tmp_path_factory.mktemp("tryton")
    with server(folder) as address:
        yield address, folder / f"{DATABASE}.sqlite"
