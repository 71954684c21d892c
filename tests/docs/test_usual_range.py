"""The page on usual range and signals shows what its example prints."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "usual-range-and-signals.md"


def test_the_example_prints_what_the_page_shows() -> None:
    ((code, printed),) = re.findall(r"```python\n(.*?)```\n```\n(.*?)```", PAGE.read_text(), re.DOTALL)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, str(PAGE), "exec"), {})
    assert out.getvalue() == printed
