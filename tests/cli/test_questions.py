"""Signals, forecasts, chances, evidence, what-if, proposals, assessments from the command line."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer

import fourfold as library
from fourfold.cli import app
from tests.cli.running import Ran

Run = Callable[..., Ran]
EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
AS_OF = ("--as-of", "2026-11-20")
#: Each command with what its table shows and a column of its frame.
COMMANDS = {
    ("signals",): ("Usual range", "variation"),
    ("forecast", "--kpi", "ed_4h"): ("4 in 5", "upper80"),
    ("chances", "--unit", "group"): ("Expected hits", "probability"),
    ("evidence",): ("no evidence", "verdict"),
    ("portfolio",): ("What moves the total", "part"),
    ("smart", "--kpi", "ed_4h"): ("Gaps, the dearest first", "question"),
    ("health", "--kpi", "ed_4h"): ("Not told", "question"),
    ("alignment",): ("Calder General", "share"),
    ("what-if", "--weight", "objective:no-harm=4"): ("Change", "scenario_score"),
    ("forecast", "--record"): ("Within 80%", "coverage80"),
    ("allocate", "agency_spend", "2.4"): ("shared out", "target"),
}
#: The same questions asked of the folder that `init` makes.
STARTER = (
    ("signals",), ("forecast",), ("chances",), ("evidence",), ("portfolio",), ("smart",), ("health",), ("alignment",),
    ("propose", "on_time"), ("what-if", "--target", "on_time=99"),
)  # fmt: skip
CASES = pytest.mark.parametrize(("command", "shown"), COMMANDS.items(), ids=[c[0] for c in COMMANDS])


def arguments(command: tuple[str, ...], *more: str) -> list[str]:
    """The command with its folder, and the day it is asked on where it has one."""
    name, *options = command
    return [name, str(EXAMPLE), *options, *more, *(AS_OF if name != "alignment" else ())]


@CASES
def test_the_table_is_for_people(fourfold: Run, command: tuple[str, ...], shown: tuple[str, str]) -> None:
    ran = fourfold(*arguments(command))
    assert (ran.code, ran.err) == (0, "")
    assert shown[0] in ran.out and "Calder Vale Hospitals" in ran.out


@CASES
def test_json_and_csv_hold_the_same_rows(fourfold: Run, command: tuple[str, ...], shown: tuple[str, str]) -> None:
    as_json = json.loads(fourfold(*arguments(command, "--format", "json")).out)
    as_csv = list(csv.DictReader(io.StringIO(fourfold(*arguments(command, "--format", "csv")).out)))
    assert len(as_json) == len(as_csv) > 0
    assert list(as_json[0]) == list(as_csv[0]) and shown[1] in as_json[0]
    for row, text in zip(as_json, as_csv, strict=True):
        for name, value in row.items():
            same = (
                float(text[name]) == value
                if isinstance(value, float)
                else text[name] == ("" if value is None else value)
            )
            assert same, (name, value, text[name])


@CASES
def test_the_help_says_what_it_does_and_how_it_ends(
    fourfold: Run, command: tuple[str, ...], shown: tuple[str, str]
) -> None:
    text = " ".join(fourfold(command[0], "--help").out.split())
    assert "FOLDER" in text and "--format" in text and "Exit code 1 when the folder" in text


@pytest.mark.parametrize("width", [80, 100, 200])
def test_numbers_and_periods_are_never_cut(fourfold: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    from rich.console import Console

    from fourfold.cli import output

    monkeypatch.setattr(output, "console", lambda *, stderr=False: Console(stderr=stderr, highlight=False, width=width))
    for command in COMMANDS:
        ran = fourfold(*arguments(command))
        assert ran.code == 0
        assert all(len(line) <= width for line in ran.out.splitlines()), command
        assert "…" not in ran.out, command
    text = fourfold("evaluate", EXAMPLE, *AS_OF).out
    assert ("Signal" in text) == (width == 200) and "73.9%" in text
    assert all(len(line) <= width for line in text.splitlines())


def test_out_writes_a_file_and_prints_nothing(fourfold: Run, tmp_path: Path) -> None:
    for form in ("table", "csv", "parquet"):
        path = tmp_path / f"signals.{form}"
        assert fourfold(*arguments(("signals",), "--format", form, "--out", str(path))).out == ""
        assert path.stat().st_size > 500
    assert pl.read_parquet(tmp_path / "signals.parquet").height == 22 * 5


def test_proposals_say_why(fourfold: Run) -> None:
    ran = fourfold("propose", EXAMPLE, "ed_4h", *AS_OF)
    assert ran.code == 0 and "half of" not in ran.out
    assert all(word in ran.out for word in ("hold", "detectable", "step", "commit", "stretch", "half-life"))
    rows = json.loads(fourfold("propose", EXAMPLE, "ed_4h", "--format", "json", *AS_OF).out)
    assert [r["way"] for r in rows] == ["history"] * 3 + ["forecast"] * 2 + ["half_life"]


def test_a_target_shared_out_says_how_and_can_be_replayed(fourfold: Run) -> None:
    asked = ("allocate", EXAMPLE, "agency_spend", "2.4", "--key", "calder-general=2", "--key", "st-brigids=1", *AS_OF)
    assert "Calder General: 1.6, key 2." in fourfold(*asked, "--explain").out
    body: dict[str, Any] = json.loads(fourfold(*asked, "--explain", "--json").out)
    assert library.replay(body) == body["answer"]


def test_a_goal_is_split_over_what_drives_it(fourfold: Run, folder: Path) -> None:
    doubled = "{code: doubled, name: Doubled, kind: flow, formula: 2 * on_time * spare}"
    (folder / "more.yaml").write_text(f"kpis: [{doubled}, {{code: spare, name: Spare, kind: stock}}]")
    ran = fourfold("propose", folder, "doubled", "--goal", "5")
    assert ran.code == 2 and "no period in which all drivers" in ran.err


def test_a_scenario_of_every_kind_shares_the_change_out(fourfold: Run) -> None:
    scenario = ("--figure", "ed_4h@calder-general:2026-10=9500/10000", "--target", "ed_4h=79", "--weight",
                "objective:no-harm=4", "--remove", "use:carbon/energy_m2", "--name", "better waits")  # fmt: skip
    ran = fourfold("what-if", EXAMPLE, *scenario, "--period", "2026-10", *AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert "What if better waits" in ran.out
    for part in ("Structure", "Targets", "Weights", "Figures"):
        assert part in ran.out
    why = fourfold("what-if", EXAMPLE, *scenario, "--period", "2026-10", "--explain", "scorecard", *AS_OF).out
    assert "under “better waits”" in why and "Figures make +" in why
    body = fourfold(
        "what-if", EXAMPLE, *scenario, "--period", "2026-10", "--explain", "scorecard", "--json", *AS_OF
    ).out
    plain = json.loads(body)
    assert library.replay(plain) == plain["answer"]


@pytest.mark.parametrize(
    ("about", "node"),
    [
        ("signal", "ed_4h"), ("forecast", "ed_4h"), ("chance", "ed_4h"), ("targets", "ed_4h"), ("smart", "ed_4h"),
        ("health", "ed_4h"), ("evidence", "less-agency>within-means"), ("alignment", "group"),
        ("portfolio", "balance"), ("portfolio", "ed_4h"), ("portfolio", "retire"), ("record", "scorecard"),
    ],
)  # fmt: skip
def test_explain_says_it_in_words_and_its_json_can_be_replayed(fourfold: Run, about: str, node: str) -> None:
    words = fourfold("explain", EXAMPLE, node, "--about", about, *AS_OF)
    assert words.code == 0 and len(words.out) > 40
    body: dict[str, Any] = json.loads(fourfold("explain", EXAMPLE, node, "--about", about, "--json", *AS_OF).out)
    assert body["words"] == words.out.rstrip("\n").split("\n")
    assert library.replay(body) == body["answer"]


def test_two_folders_are_compared_definition_by_definition_and_score_by_score(fourfold: Run, tmp_path: Path) -> None:
    other = Path(shutil.copytree(EXAMPLE, tmp_path / "other"))
    kpis = other / "kpis.yaml"
    kpis.write_text(kpis.read_text().replace("value: 78, red_line: 70", "value: 80, red_line: 70"))
    ran = fourfold("diff", EXAMPLE, other, *AS_OF)
    assert (ran.code, ran.err) == (0, "") and "1 changed" in ran.out and "Near target" in ran.out
    rows = json.loads(fourfold("diff", EXAMPLE, other, "--format", "json", *AS_OF).out)
    assert [(r["noun"], r["kind"], r["field"], r["before"], r["after"]) for r in rows] == [
        ("targets", "changed", "value", '"78"', '"80"')
    ]
    assert "no difference" in fourfold("diff", EXAMPLE, EXAMPLE, *AS_OF).out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("diff", EXAMPLE, "nowhere"), 4, "is not a folder"),
        (("diff", EXAMPLE, EXAMPLE, "--unit", "grp"), 4, 'Did you mean "group"?'),
        (("signals", "nowhere"), 4, "is not a folder"),
        (("signals", EXAMPLE, "--kpi", "ed4h"), 4, 'Did you mean "ed_4h"?'),
        (("forecast", EXAMPLE, "--unit", "grp"), 4, 'Did you mean "group"?'),
        (("chances", EXAMPLE, "--as-of", "yesterday"), 2, "is not a date"),
        (("evidence", EXAMPLE, "--unit", "grp"), 4, 'Did you mean "group"?'),
        (("portfolio", EXAMPLE, "--period", "2031-01"), 4, "was not evaluated"),
        (("propose", EXAMPLE, "ed4h"), 4, 'Did you mean "ed_4h"?'),
        (("propose", EXAMPLE, "ed_4h", "--goal", "80"), 2, "no arithmetic of two or more KPIs"),
        (("propose", EXAMPLE, "ed_4h", "--share", "a=1"), 2, "goes with --goal"),
        (("allocate", EXAMPLE, "ed_4h", "many"), 2, "is no number"),
        (("allocate", EXAMPLE, "ed_4h", "78", "--over", "1.1"), 2, "no over-allocation"),
        (("allocate", EXAMPLE, "agency_spend", "2", "--key", "north"), 2, "UNIT=KEY"),
        (("allocate", EXAMPLE, "ed4h", "78"), 4, 'Did you mean "ed_4h"?'),
        (("smart", EXAMPLE, "--kpi", "ed4h"), 4, 'Did you mean "ed_4h"?'),
        (("alignment", EXAMPLE, "--unit", "grp"), 4, 'Did you mean "group"?'),
        (("what-if", EXAMPLE), 2, "Nothing is to be different"),
        (("what-if", EXAMPLE, "--figure", "ed_4h=5"), 2, "is no figure"),
        (("what-if", EXAMPLE, "--figure", "ed4h:2026-10=5"), 1, 'Did you mean "ed_4h"?'),
        (("what-if", EXAMPLE, "--target", "ed_4h"), 2, "is no target"),
        (("what-if", EXAMPLE, "--target", "ed_4h=much"), 2, "cannot be read"),
        (("what-if", EXAMPLE, "--weight", "objective:no-harm=-1"), 2, "Give 0 or more"),
        (("what-if", EXAMPLE, "--weight", "objective:noharm=1"), 4, "Did you mean"),
        (("what-if", EXAMPLE, "--remove", "kpi:ed4h"), 4, "Did you mean"),
        (("explain", EXAMPLE, "a>b", "--about", "evidence"), 4, "There is no link"),
        (("explain", EXAMPLE, "ed_4h", "--about", "signal", "--change", "2026-09"), 2, "about scores"),
        (("explain", EXAMPLE, "nothing", "--about", "portfolio"), 4, "health, balance"),
    ],
)
def test_mistakes_end_with_what_to_write_and_the_documented_code(
    fourfold: Run, arguments: tuple[object, ...], code: int, said: str
) -> None:
    ran = fourfold(*arguments)
    assert ran.code == code and ran.out == ""
    assert said in ran.err


def test_a_folder_with_errors_returns_1(fourfold: Run, folder: Path) -> None:
    (folder / "measurements" / "figures.csv").write_text("kpi,unit,period,value\nnothing,north,2026-01,1\n")
    for name, *options in STARTER:
        ran = fourfold(name, folder, *options)
        assert (ran.code, ran.out) == (1, "") and "ROW-KPI" in ran.err


def test_a_starter_folder_has_an_answer_to_every_question(fourfold: Run, made: Path) -> None:
    for name, *options in STARTER:
        ran = fourfold(name, made, *options)
        assert (ran.code, ran.err) == (0, ""), name
        assert ran.out


def test_every_command_is_listed_once_with_a_name_of_its_own() -> None:
    names = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert len(names) == len(set(names))
