"""A broken set-up is refused when a command starts: what is wrong, what to do, exit code 3, and no traceback."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from .commands import fourfold

GOOD_KEY = "".join(chr(33 + i * i * 7 % 89) for i in range(64)).replace(",", "x")


@pytest.mark.parametrize(
    ("settings", "said", "todo"),
    [
        ({"FOURFOLD_SECRET_KEY": "secret"}, "fourfold.E001", "50 or more random characters"),
        ({"FOURFOLD_SECRET_KEY": "a" * 60}, "fourfold.E001", "leave it out"),
        ({"FOURFOLD_SECRET_KEY": "abcdefghij" * 6}, "fourfold.E001", "50 or more random characters"),
        (
            {"FOURFOLD_SECRET_KEY": "CHANGE_ME_SECRET_KEY_" + GOOD_KEY},
            "fourfold.E001",
            "one is made at first start",
        ),
        ({"FOURFOLD_SECRET_KEY": GOOD_KEY, "FOURFOLD_SECRET_KEY_FALLBACKS": "short"}, "fourfold.E001", "random"),
        ({"FOURFOLD_URL": "http://kpi.example"}, "fourfold.E010", "https://"),
        ({"FOURFOLD_URL": "http://10.1.2.3:8000"}, "fourfold.E010", "FOURFOLD_INSECURE_HTTP"),
        ({"FOURFOLD_ALLOWED_HOSTS": "*"}, "fourfold.E011", "between commas"),
        ({"FOURFOLD_ALLOWED_HOSTS": "a.example,.example"}, "fourfold.E011", "between commas"),
        ({"FOURFOLD_METRICS_TOKEN": "short"}, "fourfold.E012", "leave it out"),
        ({"FOURFOLD_METRICS_TOKEN": "metrics" * 6}, "fourfold.E012", "random"),
        ({"FOURFOLD_LOG_FORMAT": "xml"}, "FOURFOLD_LOG_FORMAT", "json or"),
        ({"FOURFOLD_READ_ONLY": "maybe"}, "FOURFOLD_READ_ONLY", "true or"),
        ({"FOURFOLD_DEBUG": "true", "FOURFOLD_URL": "https://kpi.example"}, "fourfold.E002", "FOURFOLD_DEBUG=false"),
        ({"FOURFOLD_URL": "kpi.example"}, "fourfold.E003", "https://"),
        ({"DATABASE_URL": "postgres://n@db.example/n?sslmode=require"}, "fourfold.E014", "sslmode=verify-full"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}, "fourfold.E004", "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////dev/null/x.sqlite3"}, "fourfold.E004", "read and write"),
        ({"DATABASE_URL": "oracle://h/d"}, "not the address of a database", "sqlite:////"),
        ({"FOURFOLD_THREADS": "many"}, "FOURFOLD_THREADS", "from 1 to 64"),
        ({"FOURFOLD_BEHIND_PROXY": "perhaps"}, "FOURFOLD_BEHIND_PROXY", "true or"),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else None,
)
def test_a_server_with_a_broken_set_up_does_not_start(
    tmp_path: Path, settings: dict[str, str], said: str, todo: str
) -> None:
    ended = fourfold("serve", "--port", "1", data=tmp_path, **settings)
    assert ended.returncode == 3, ended.stderr
    assert said in ended.stderr and todo in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.glob("*.sqlite3"))


@pytest.mark.parametrize("name", ["secret_key", "master_key"])
def test_a_key_that_others_may_read_stops_the_start(tmp_path: Path, name: str) -> None:
    assert fourfold("migrate", data=tmp_path).returncode == 0
    (tmp_path / name).touch()
    (tmp_path / name).chmod(0o644)
    ended = fourfold("serve", "--port", "1", data=tmp_path)
    assert ended.returncode == 3
    if os.name == "posix":
        assert "fourfold.E013" in ended.stderr or "port" in ended.stderr.lower()
        ended = fourfold("export", str(tmp_path / "x"), data=tmp_path)
        assert ended.returncode == 3 and "fourfold.E013" in ended.stderr and "chmod 600" in ended.stderr


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = fourfold("export", str(tmp_path / "out"), data=tmp_path / "file" / "data", FOURFOLD_SECRET_KEY=GOOD_KEY)
    assert ended.returncode == 3 and "cannot be made" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    assert fourfold("password", "nobody@bakery.example", data=tmp_path).returncode == 4
    file = tmp_path / "fourfold.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_later', '2030-01-01')"
        )
    ended = fourfold("password", "nobody@bakery.example", data=tmp_path)
    assert ended.returncode == 3
    assert "fourfold.E005" in ended.stderr and "9999_later" in ended.stderr and "restore a backup" in ended.stderr


def test_a_command_without_a_database_asks_for_none(tmp_path: Path) -> None:
    ended = fourfold("schema", data=tmp_path / "none", DATABASE_URL="oracle://h/d")
    assert ended.returncode == 0
    assert not (tmp_path / "none").exists()
