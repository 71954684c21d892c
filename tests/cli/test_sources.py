"""The option `--source CODE=PATH`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from fourfold.cli.output import Misused
from fourfold.cli.sources import sources

COMMAND = (sys.executable, "-c", "from fourfold.cli import main; main()")


def test_each_option_says_where_one_source_is() -> None:
    assert sources(None) == {}
    assert sources(["a=x.sqlite", "b=postgresql://host/name?application_name=b"]) == {
        "a": "x.sqlite",
        "b": "postgresql://host/name?application_name=b",
    }


@pytest.mark.parametrize("given", [["a"], ["=x"], ["a="], ["a=x", "a=y"]])
def test_an_option_that_says_nothing_or_one_source_twice_is_refused(given: list[str]) -> None:
    with pytest.raises(Misused):
        sources(given)


def test_check_reads_the_database_named_on_the_command_line(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "figures.sqlite") as database:
        database.execute("CREATE TABLE f AS SELECT 'all' AS unit, '2026-01' AS period, 5 AS value")
    database.close()
    folder = tmp_path / "scorecard"
    (folder / "feeds").mkdir(parents=True)
    (folder / "feeds" / "a.yaml").write_text(
        "sources: [{code: s, database: absent.sqlite}]\nfeeds: [{code: f, source: s, kpi: k}]\n"
    )
    (folder / "feeds" / "f.sql").write_text("SELECT * FROM f")
    (folder / "a.yaml").write_text(
        "organisation: {code: o, name: O}\nunits: [{code: all, name: All}]\nstrategy: {code: s, name: S}\n"
        "perspectives: [{code: p, name: P}]\nobjectives: [{code: b, name: B, perspective: p, kpis: [k]}]\n"
        "kpis: [{code: k, name: K, targets: [{since: 2026-01, value: 1}]}]\n"
    )

    def run(*options: str) -> tuple[int, str]:
        done = subprocess.run(
            [*COMMAND, "check", "scorecard", *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    assert run("--source", "s=figures.sqlite")[0] == 0
    assert run("--source", "t=figures.sqlite")[0] == 4
    code, said = run()
    assert code == 1
    assert "--source s=PATH" in said
