"""`fourfold import`: how far a long import is."""

from __future__ import annotations

import pytest

from fourfold.cli.progress import progress


def test_what_takes_no_second_says_nothing_of_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("rows") as tell:
        tell("Checked", 1, 2)
    assert capsys.readouterr().err == ""
