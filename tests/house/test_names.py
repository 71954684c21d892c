"""The same noun has the same file name in every folder; the glossary lists the nouns."""

from __future__ import annotations

import re

import pytest

from tests.house.source import EXCEPTIONS, PACKAGE, ROOT

FOLDERS = ("engine/definitions", "records/models", "records/frames", "web/forms", "api/v1")
RESERVED = {"import": "imports"}  # a word of Python cannot be a module's name


def nouns() -> set[str]:
    """The nouns of the glossary as file names."""
    words = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    slugs = {word.lower().replace(" ", "_").replace("-", "_") for word in words}
    return {RESERVED.get(slug, slug) for slug in slugs}


def strangers(names: list[str], known: set[str]) -> list[str]:
    """Files that are named after no noun."""
    return [n for n in names if n.rsplit("/", 1)[-1].removesuffix(".py") not in known]


def test_a_plural_is_a_stranger() -> None:
    assert strangers(["records/models/kpis.py", "records/models/kpi.py"], {"kpi"}) == ["records/models/kpis.py"]


@pytest.mark.parametrize("noun", ["organisation", "unit", "kpi", "kpi_use", "objective", "measurement", "finding"])
def test_the_glossary_has_the_central_nouns(noun: str) -> None:
    assert noun in nouns()


def test_files_in_folders_of_nouns_are_named_after_nouns() -> None:
    files = [
        p.relative_to(PACKAGE).as_posix()
        for f in FOLDERS
        for p in sorted((PACKAGE / f).glob("*.py"))
        if p.stem != "__init__"
    ]
    assert strangers(files, nouns()) == sorted(EXCEPTIONS["names"])
