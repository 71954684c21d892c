"""What a text that is no YAML is told: which line, which column, and where what is open began."""

from __future__ import annotations

import pytest
import yaml

from fourfold.engine.definitions.text.problems import explain
from fourfold.engine.findings import Finding


def problem(text: str) -> Finding:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.safe_load(text)
    return explain(caught.value, "a.yaml", text)


@pytest.mark.parametrize(("text", "place", "began"), [
    ("a:\n  - code: k\n    name: K\n   unit: x\n", (4, 4), 2),
    ("# first\n\na:\n  - b\n  c: 1\n", (5, 3), 4),
    ("a: 1\n- b\n", (2, 1), 1),
    ("\n- a\nb: 1\n", (3, 1), 2),
    ("a: [\n  b,\n  c\nd: 1\n", (4, 2), 1),
    ("x: 1\na: {b: 1\nc: 2\n", (3, 2), 2),
])  # fmt: skip
def test_what_is_open_is_named_by_the_line_where_it_began(text: str, place: tuple[int, int], began: int) -> None:
    found = problem(text)
    assert (found.place.line, found.place.column) == place
    assert f" What is open here began on line {began}. The line reads " in found.message


@pytest.mark.parametrize(("text", "place"), [
    ("a: [b, c}\n", (1, 9)),  # on the line where it began
    ("a: b: c\n", (1, 5)),  # nothing is open
    ("x: 1\na: 'b\nc: 2\n", (2, 4)),  # told at the line where it began
])  # fmt: skip
def test_nothing_is_said_of_a_line_that_is_the_same(text: str, place: tuple[int, int]) -> None:
    found = problem(text)
    assert (found.place.line, found.place.column) == place
    assert "What is open here" not in found.message


@pytest.mark.parametrize(("text", "place"), [("\ta: 1\n", (1, 1)), ("a:\n\t- b\n", (2, 1)), ("a:\n  \t- b\n", (2, 3))])
def test_a_tab_is_told_at_its_column(text: str, place: tuple[int, int]) -> None:
    found = problem(text)
    assert found.message.startswith("This line is indented with a tab.")
    assert (found.place.line, found.place.column) == place
