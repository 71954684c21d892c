"""How far a long command is."""

from __future__ import annotations

import pytest

from fourfold.cli.progress import progress


def test_what_takes_no_second_says_nothing_of_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("rows") as tell:
        tell("Checked", 1, 2)
    assert capsys.readouterr().err == ""


def test_a_stage_that_may_be_long_says_that_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("tasks") as tell:
        tell("Evaluating KPIs", 0, 0)
        tell("Evaluating KPIs", 1, 8)
    assert capsys.readouterr().err == "Evaluating KPIs …\n"
