from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fourfold.errors import ConfigurationError
from fourfold.project.environment import database, env_bool, env_int, env_list, env_secret, secret_key


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("YES", True), ("on", True), ("0", False), ("", False)])
def test_yes_and_no_are_read_in_the_usual_words(monkeypatch: pytest.MonkeyPatch, text: str, meant: bool) -> None:
    monkeypatch.setenv("FOURFOLD_X", text)
    assert env_bool("FOURFOLD_X") is meant


def test_another_word_is_refused_with_what_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_X", "maybe")
    with pytest.raises(ConfigurationError, match="FOURFOLD_X=true"):
        env_bool("FOURFOLD_X")


@pytest.mark.parametrize("text", ["0", "65", "-1", "4.5", "four", "١"])
def test_a_number_outside_its_limits_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FOURFOLD_X", text)
    with pytest.raises(ConfigurationError, match="from 1 to 64"):
        env_int("FOURFOLD_X", 4, low=1, high=64)


def test_a_list_is_read_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_X", " a.example , ,b.example")
    assert env_list("FOURFOLD_X") == ["a.example", "b.example"]


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hidden\n")
    monkeypatch.setenv("FOURFOLD_X_FILE", str(tmp_path / "key"))
    assert env_secret("FOURFOLD_X") == "hidden"
    monkeypatch.setenv("FOURFOLD_X_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        env_secret("FOURFOLD_X")


def test_the_secret_key_is_made_once_and_is_its_owners_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FOURFOLD_SECRET_KEY", raising=False)
    key = secret_key(tmp_path / "new")
    assert len(key) >= 64
    assert secret_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url", ["", "fourfold.db", "mysql://u:hunter2@h/d", "sqlite://host/path", "postgres://h", "postgres://h:x/d"]
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        database(url)
    assert "DATABASE_URL" in str(refused.value) and "hunter2" not in str(refused.value)


def test_an_address_of_postgresql_is_taken_apart() -> None:
    found = database("postgres://al%40ice:p%2Fw@db.example:6432/fourfold?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"], found["OPTIONS"]) == (
        "al@ice", "p/w", "db.example", 6432, "fourfold", {"sslmode": "require"},
    )  # fmt: skip
