"""Every code that a check of rows or files can give has its line in the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("folder", "pattern", "prefix"),
    [
        ("engine/measurements", r'"(ROW-[A-Z-]*[A-Z])"', ""),
        ("connectors/files", r'(?:problem|refuse)\(\s*"([A-Z]+)"', "FILE-"),
    ],
)
def test_every_code_is_explained(folder: str, pattern: str, prefix: str) -> None:
    source = "".join(path.read_text() for path in (ROOT / "src" / "fourfold" / folder).glob("*.py"))
    codes = {prefix + code for code in re.findall(pattern, source)}
    explained = set(re.findall(r"`([A-Z]+-[A-Z-]+)`", (ROOT / "docs" / "reference" / "files.md").read_text()))
    assert len(codes) > 10
    assert codes - explained == set()
