"""The commands that need no database, run as people run them: what they print, write and return."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from fourfold.cli import app as group
from fourfold.engine.definitions.schema import json_schema
from fourfold.engine.results import COLUMNS
from tests.cli.running import COMMAND, Ran

ENGINE_COMMANDS = ("init", "check", "evaluate", "explain", "schema")
AS_OF = ("--as-of", "2026-04-15")


def spoil(folder: Path, old: str, new: str) -> None:
    path = folder / "measurements" / "figures.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


# init


def test_init_makes_a_folder_that_checks_and_evaluates(fourfold: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "new" / "company"
    ran = fourfold("init", path)
    assert ran.code == 0 and f"fourfold evaluate {path}" in ran.out
    assert fourfold("check", "--strict", path).code == 0
    ran = fourfold("evaluate", path)
    assert (ran.code, ran.err) == (0, "")
    assert "On target" in ran.out


def test_init_overwrites_nothing(fourfold: Callable[..., Ran], folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    ran = fourfold("init", folder)
    assert (ran.code, "is not empty" in ran.err) == (2, True)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_init_says_when_it_may_not_write(fourfold: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = fourfold("init", tmp_path / "file" / "company")
    assert (ran.code, "cannot be made" in ran.err) == (2, True)


def test_init_takes_a_template_of_the_list(fourfold: Callable[..., Ran], tmp_path: Path) -> None:
    assert "hospital" in fourfold("init", "--list").out
    path = tmp_path / "ours"
    assert fourfold("init", "--template", "hospital", path).code == 0
    assert "no findings" in fourfold("check", "--strict", path).out
    ran = fourfold("init", "--template", "hospitl", tmp_path / "other")
    assert (ran.code, "hospital" in ran.err, (tmp_path / "other").exists()) == (4, True, False)
    assert fourfold("init").code == 2


# check


def test_check_says_what_is_there(fourfold: Callable[..., Ran], made: Path) -> None:
    ran = fourfold("check", made)
    assert ran.code == 0
    assert re.search(r"6 KPIs, \d+ figures, (no findings|1 note)$", ran.out.strip())


def test_check_names_file_line_reason_and_cure_and_returns_1(fourfold: Callable[..., Ran], folder: Path) -> None:
    spoil(folder, "revenue,north,2026-01,293", 'revenue,north,2026-01,"2,93"')
    spoil(folder, "cost,north,2026-01", "cots,north,2026-01")
    ran = fourfold("check", folder)
    assert ran.code == 1
    assert "error measurements/figures.csv:2 ROW-COMMA" in ran.out and "2.93" in ran.out
    assert "error measurements/figures.csv:3 ROW-KPI" in ran.out and 'Did you mean "cost"?' in ran.out
    assert ran.out.splitlines()[-1] == f"{folder}: 2 errors"


def test_warnings_count_only_when_strict(fourfold: Callable[..., Ran], folder: Path) -> None:
    (folder / "figures.csv").touch()
    assert fourfold("check", folder).code == 0
    ran = fourfold("check", "--strict", folder)
    assert (ran.code, "1 warning" in ran.out) == (1, True)


def test_an_empty_folder_has_an_error(fourfold: Callable[..., Ran], tmp_path: Path) -> None:
    ran = fourfold("check", tmp_path)
    assert (ran.code, "There is no .yaml file here." in ran.out) == (1, True)


# evaluate


def test_the_table_has_every_level_and_column(fourfold: Callable[..., Ran], made: Path) -> None:
    lines = fourfold("evaluate", made, "--period", "2026-03").out.splitlines()
    assert lines[0].strip() == "My organisation, Whole organisation, Mar 2026"
    heads = ["Actual", "Target", "Gap", "Status", "Score", "Cover", "Trend", "Signal", "Next"]
    assert lines[1].split() == heads
    for name in ("Our strategy", "  Financial", "    Grow profitably", "      Operating margin"):
        assert sum(f"  {name} " in line for line in lines) == 1
    (margin,) = (line for line in lines if "Operating margin" in line)
    end = r"\d+\.\d +[▁▂▃▄▅▆▇█]+ .*\d+\.\d% *$"
    assert re.search(rf"^[●▲◆] .* \d+\.\d% +12\.0% +[−+]\d\.\d +(On|Near|Off) target.* {end}", margin)


def test_names_are_shown_as_they_are_written(fourfold: Callable[..., Ran], folder: Path) -> None:
    path = folder / "organisation.yaml"
    path.write_text(path.read_text().replace("My organisation", '"[red]Us[/nothing]"'))
    kpis = folder / "kpis.yaml"
    kpis.write_text(kpis.read_text().replace("name: Revenue", 'name: "[bold]Revenue[/]"'))
    ran = fourfold("evaluate", folder)
    assert ran.code == 0
    assert "[red]Us[/nothing]" in ran.out and "[bold]Revenue[/]" in ran.out


def test_unit_and_period_choose_the_table(fourfold: Callable[..., Ran], made: Path) -> None:
    ran = fourfold("evaluate", made, "--unit", "north", "--period", "2026-01")
    assert ran.out.splitlines()[0].strip() == "My organisation, North, Jan 2026"
    assert " 293k " in ran.out


def test_as_of_decides_what_is_due(fourfold: Callable[..., Ran], made: Path) -> None:
    ran = fourfold("evaluate", made, "--as-of", "2026-02-20", "--period", "2026-02")
    assert "* provisional: Revenue, " in ran.out
    assert fourfold("evaluate", made, "--as-of", "2026-02-20", "--period", "2026-03").code == 4


@pytest.mark.parametrize(
    ("view", "period"),
    [("quarter", "FY2026-Q1"), ("half", "FY2026-H1"), ("year", "FY2026"), ("ytd", "2026-03"), ("week", "2026-W10"),
     ("day", "2026-03-10")],
)  # fmt: skip
def test_every_view_shows_a_table(fourfold: Callable[..., Ran], made: Path, view: str, period: str) -> None:
    ran = fourfold("evaluate", made, *AS_OF, "--view", view, "--period", period)
    assert (ran.code, ran.err) == (0, "")
    assert "Revenue" in ran.out


@pytest.mark.parametrize(("period", "title"), [("FY2026-Q1", "Q1"), ("2026-03", "Mar 2026"), ("FY2026", "2026")])
def test_a_period_brings_its_view_along(fourfold: Callable[..., Ran], made: Path, period: str, title: str) -> None:
    for command in (["evaluate", made], ["explain", made, "revenue"]):
        assert fourfold(*command, *AS_OF, "--period", period).code == 0
    assert title in fourfold("evaluate", made, *AS_OF, "--period", period).out.splitlines()[0]


def frame_of(ran: Ran, form: str) -> pl.DataFrame:
    if form == "parquet":
        return pl.read_parquet(io.BytesIO(ran.raw))
    if form == "json":
        return pl.DataFrame(json.loads(ran.out), infer_schema_length=None)
    return pl.read_csv(io.StringIO(ran.out), infer_schema_length=None)


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_every_format_holds_the_same_results(fourfold: Callable[..., Ran], made: Path, form: str) -> None:
    ran = fourfold("evaluate", made, *AS_OF, "--format", form)
    assert (ran.code, ran.err) == (0, "")
    frame = frame_of(ran, form)
    assert tuple(frame.columns) == COLUMNS
    import fourfold as library

    own = library.evaluate(made, as_of="2026-04-15").results
    assert len(frame) == len(own)
    assert frame["score"].cast(pl.Float64).equals(own["score"])
    assert frame["status"].to_list() == own["status"].to_list()


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_formats_keep_to_unit_and_period(fourfold: Callable[..., Ran], made: Path, form: str) -> None:
    frame = frame_of(fourfold("evaluate", made, "--unit", "north", "--period", "2026-02", "--format", form), form)
    assert frame.select("unit", "period").unique().rows() == [("north", "M:2026-02")]


@pytest.mark.parametrize("form", ["table", "json", "csv", "parquet"])
def test_out_writes_the_file_and_prints_nothing(
    fourfold: Callable[..., Ran], made: Path, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "results"
    ran = fourfold("evaluate", made, *AS_OF, "--format", form, "--out", path)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    content = fourfold("evaluate", made, *AS_OF, "--format", form).raw
    if form == "table":
        assert path.read_text().split() == content.decode().split()
    else:
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_out_that_cannot_be_written_leaves_nothing(fourfold: Callable[..., Ran], made: Path, tmp_path: Path) -> None:
    ran = fourfold("evaluate", made, "--out", tmp_path / "none" / "results.csv", "--format", "csv")
    assert (ran.code, "cannot be written" in ran.err) == (2, True)
    ran = fourfold("evaluate", made, "--out", tmp_path, "--format", "csv")
    assert ran.code == 2
    assert fourfold("evaluate", made, "--out", "", "--format", "csv").code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_errors_is_not_evaluated(fourfold: Callable[..., Ran], folder: Path) -> None:
    spoil(folder, "revenue,north,2026-01,293", "revenue,north,2026-01,NaN")
    ran = fourfold("evaluate", folder)
    assert (ran.code, ran.out) == (1, "")
    assert "figures.csv:2 ROW-NAN" in ran.err and "nothing was evaluated" in ran.err


def test_a_division_by_zero_is_shown_and_said(fourfold: Callable[..., Ran], folder: Path) -> None:
    spoil(folder, "revenue,north,2026-01,293", "revenue,north,2026-01,0")
    ran = fourfold("evaluate", folder, "--unit", "north", "--period", "2026-01")
    assert ran.code == 0
    assert re.search(r"Operating margin +error .*Error", ran.out)
    assert "EVAL-ERROR The formula divides by zero." in ran.err


# explain


def test_explain_says_how_a_score_came_about(fourfold: Callable[..., Ran], made: Path) -> None:
    ran = fourfold("explain", made, "revenue", "--period", "2026-03", "--unit", "north")
    assert ran.code == 0
    assert ran.out.startswith("kpi:revenue, unit north, M:2026-03: ")
    assert "The target is 300 and scores 100; the red line is 265 and scores 50." in ran.out


@pytest.mark.parametrize("node", ["scorecard", "kpi:revenue", "margin"])
def test_explain_gives_the_trace_as_json(fourfold: Callable[..., Ran], made: Path, node: str) -> None:
    trace = json.loads(fourfold("explain", made, node, *AS_OF, "--json").out)
    assert trace["node"] in (node, f"kpi:{node}")
    assert len(trace["sha256"]) == 64


def test_explain_says_why_a_score_changed(fourfold: Callable[..., Ran], made: Path) -> None:
    command = ("explain", made, "scorecard", *AS_OF, "--period", "2026-03", "--change", "2026-02")
    assert "scorecard, unit all, M:2026-02 to M:2026-03\n  The score went from " in fourfold(*command).out
    told = json.loads(fourfold(*command, "--json").out)
    assert sum(p["performance"] + p["reweighting"] for p in told["parts"]) == pytest.approx(told["change"], abs=1e-9)


def test_explaining_twice_gives_the_same_seal(fourfold: Callable[..., Ran], made: Path) -> None:
    first, second = (fourfold("explain", made, "scorecard", *AS_OF, "--json").out for _ in range(2))
    assert first == second


# schema


def test_schema_prints_the_schema(fourfold: Callable[..., Ran]) -> None:
    ran = fourfold("schema")
    assert (ran.code, json.loads(ran.out)) == (0, json_schema())


# wrong calls


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["evaluate", "{}", "--unit", "nroth"], 4, 'Did you mean "north"?'),
        (["evaluate", "{}", "--period", "2031-01"], 4, "2031-01 was not evaluated"),
        (["evaluate", "{}", "--period", "2026-33"], 2, "there is no month 33"),
        (["evaluate", "{}", "--period", "soon"], 2, "soon"),
        (["evaluate", "{}", "--as-of", "31.03.2026"], 2, "is not a date"),
        (["evaluate", "{}", "--view", "decade"], 2, "The views are month, quarter"),
        (["evaluate", "{}", "--format", "xml"], 2, "xml"),
        (["evaluate", "{}/none"], 4, "is not a folder"),
        (["evaluate", "{}/kpis.yaml"], 4, "is not a folder"),
        (["evaluate"], 2, "FOLDER"),
        (["evaluate", "{}", "--colour"], 2, "--colour"),
        (["check", "{}/none"], 4, "fourfold init"),
        (["explain", "{}", "revenu"], 4, 'Did you mean "revenue"?'),
        (["explain", "{}", "revenue", "--unit", "x"], 4, "The units are all, north and south."),
        (["explain", "{}", "revenue", "--view", "decade"], 2, "The views are month, quarter"),
        (["explain", "{}"], 2, "NODE"),
        (["evalute", "{}"], 2, "evalute"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_returns_its_code(
    fourfold: Callable[..., Ran], made: Path, arguments: list[str], code: int, said: str
) -> None:
    ran = fourfold(*[a.format(made) for a in arguments])
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


@pytest.mark.parametrize("name", [None, *ENGINE_COMMANDS, "load", "export", "password", "serve", "demo"])
def test_help_explains_every_command(fourfold: Callable[..., Ran], name: str | None) -> None:
    ran = fourfold(*([name] if name else []), "--help")
    assert ran.code == 0
    assert "Usage: fourfold" in ran.out
    for part in ("--version", *ENGINE_COMMANDS) if name is None else ():
        assert part in ran.out


def test_every_option_is_explained() -> None:
    import typer

    commands = typer.main.get_command(group).commands  # type: ignore[attr-defined]
    for command in commands.values():
        assert command.help
        assert [p.name for p in command.params if not getattr(p, "help", None)] in ([], ["help"])


def test_no_command_prints_help_and_returns_2(fourfold: Callable[..., Ran]) -> None:
    ran = fourfold()
    assert (ran.code, "Usage" in ran.out + ran.err) == (2, True)


def test_version_is_that_of_the_package(fourfold: Callable[..., Ran]) -> None:
    import fourfold as library

    assert fourfold("--version").out.strip() == f"fourfold {library.__version__}"


# in a terminal


def in_terminal(columns: int, *arguments: str) -> list[str]:
    """The lines that a terminal of some width shows."""
    leader, follower = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm", "NO_COLOR": "1", "LINES": "50"}
    process = subprocess.Popen([*COMMAND, *arguments], stdout=follower, stderr=follower,
                               stdin=follower, env=environment)  # fmt: skip
    os.close(follower)
    output = b""
    try:
        while block := os.read(leader, 65536):
            output += block
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(leader)
    assert process.wait() == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", output.decode()).replace("\r", "").splitlines()


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_table_fits_the_terminal_and_no_number_is_cut(made: Path, columns: int) -> None:
    lines = in_terminal(columns, "evaluate", str(made), *AS_OF)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= columns
    assert "…" not in text
    for word in ("Actual", "Target", "Gap", "Status", "Score", "Cover", "Trend", "Near target", "100%"):
        assert word in text


def test_parquet_is_not_printed_into_a_terminal(made: Path) -> None:
    leader, follower = pty.openpty()
    command = [*COMMAND, "evaluate", str(made), "--format", "parquet"]
    ran = subprocess.run(command, stdout=follower, stderr=subprocess.PIPE, check=False)
    os.close(follower)
    os.close(leader)
    assert (ran.returncode, b"--out results.parquet" in ran.stderr) == (2, True)


def test_a_reader_that_stops_early_sees_no_traceback(made: Path) -> None:
    command = f"{shlex.join(COMMAND)} evaluate {made} --format json | head -c 10"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert len(ran.stdout) == 10
    assert "Traceback" not in ran.stderr and "BrokenPipe" not in ran.stderr
