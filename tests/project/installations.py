"""Whole installations of their own, each with a data folder and a database of the kind that the tests run on."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery
from tests.project.commands import begin, fourfold

FIGURES = "kpi,unit,period,value\nstaff,north,2026-01,4\nstaff,north,2026-02,5\nstaff,south,2026-01,7\n"


@dataclass(frozen=True)
class Installation:
    """One installation: run commands in it, look into its database."""

    data: Path
    url: str

    def run(self, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
        return fourfold(*map(str, arguments), data=self.data, DATABASE_URL=self.url, **settings)

    def begin(self, *arguments: object, **settings: str) -> subprocess.Popen[str]:
        return begin(*map(str, arguments), data=self.data, DATABASE_URL=self.url, **settings)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement beside Fourfold; the rows it gives."""
        with self._connect() as database:
            cursor = database.execute(statement)
            with suppress(Exception):
                return list(cursor.fetchall())
            return []

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        try:
            self.sql(f"SELECT 1 FROM {table}")
        except Exception:
            return False
        return True

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        if self.url.startswith("sqlite"):
            import sqlite3

            database: Any = sqlite3.connect(self.url.removeprefix("sqlite:///"))
        else:
            import psycopg

            database = psycopg.connect(self.url)
        try:
            yield database
            database.commit()
        finally:
            database.close()


New = Callable[[str], Installation]


@contextmanager
def installations(folder: Path) -> Iterator[Callable[..., Installation]]:
    """Make installations by name, empty or as copies of one that nobody uses; gone at the end."""
    made: list[str] = []

    def make(name: str, *, like: Installation | None = None) -> Installation:
        data = folder / name
        if like is None:
            data.mkdir()
        else:
            shutil.copytree(like.data, data)
        if connection.vendor == "sqlite":
            return Installation(data, f"sqlite:///{data}/fourfold.sqlite3")
        database = f"fourfold_test_{secrets.token_hex(5)}"
        template = f" TEMPLATE {like.url.rpartition('/')[2]}" if like else ""
        _on_server(f"CREATE DATABASE {database}{template}")
        made.append(database)
        return Installation(data, _address(database))

    try:
        yield make
    finally:
        for database in made:
            _on_server(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def _address(database: str) -> str:
    given = connection.settings_dict
    account = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgresql://{account}@{given['HOST']}:{given['PORT']}/{database}"


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(statement)


def bakery_folder(folder: Path, figures: str = FIGURES) -> Path:
    """The bakery as a scorecard folder, with a few figures."""
    (folder / "measurements").mkdir(parents=True)
    for name, text in write(bakery()).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "measurements" / "figures.csv").write_text(figures)
    return folder


@pytest.fixture
def new(tmp_path: Path) -> Iterator[New]:
    with installations(tmp_path) as make:
        yield make


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the bakery in it, and a backup of it beside it; for copying."""
    folder = tmp_path_factory.mktemp("template")
    with installations(folder) as make:
        made = make("filled")
        loaded = made.run("load", bakery_folder(folder / "bakery"))
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        (made.data / "uploads" / "notes").mkdir(parents=True)
        (made.data / "uploads" / "notes" / "a b.txt").write_text("kept")
        done = made.run("backup", folder / "one.backup")
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture
def filled(template: Installation, tmp_path: Path) -> Iterator[Installation]:
    """An installation with the bakery in it."""
    with installations(tmp_path) as make:
        yield make("filled", like=template)


@pytest.fixture
def backup(template: Installation, tmp_path: Path) -> Path:
    """A backup of `template`."""
    return Path(shutil.copy(template.data.parent / "one.backup", tmp_path / "one.backup"))
