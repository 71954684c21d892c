"""Every setting, command, formula function, connector and check has its place in docs/reference."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from tests.house.source import PACKAGE, ROOT, tracked


@cache
def reference() -> str:
    """All reference pages as one text."""
    return "\n".join(path.read_text() for path in sorted((ROOT / "docs" / "reference").rglob("*.md")))


def missing(names: Iterable[str], text: str) -> list[str]:
    """Names without a mention in code type or a heading."""
    return [n for n in names if not re.search(rf"(?m)(`|^#+ .*)(?<![\w-]){re.escape(n)}(?![\w-])", text)]


def registry(module: str, name: str) -> Any:
    """A registry of the product."""
    return getattr(importlib.import_module(module), name)


def commands() -> Iterator[str]:
    """Every command as it is typed, groups opened."""
    import typer

    def walk(group: Any, prefix: str) -> Iterator[str]:
        for name, command in sorted(group.commands.items()):
            if getattr(command, "hidden", False):
                continue
            yield from walk(command, f"{prefix} {name}") if hasattr(command, "commands") else [f"{prefix} {name}"]

    return walk(typer.main.get_command(registry("fourfold.cli", "app")), "fourfold")


def test_a_name_without_a_page_is_found() -> None:
    assert missing(["previous", "rolling_sum"], "`previous(x)` is …") == ["rolling_sum"]
    assert missing(["sum"], "`rolling_sum`") == ["sum"]


def test_every_command_has_a_page() -> None:
    assert missing(commands(), reference()) == []


def test_every_formula_function_has_a_page() -> None:
    assert missing(registry("fourfold.engine.formulas", "FUNCTIONS"), reference()) == []


def test_every_check_has_a_page() -> None:
    assert missing(registry("fourfold.engine.checks", "CHECKS"), reference()) == []


def test_every_setting_has_a_page() -> None:
    settings = registry("fourfold.project.settings", "SETTINGS")
    assert missing([getattr(setting, "name", setting) for setting in settings], reference()) == []


def test_every_finding_and_system_check_is_explained() -> None:
    source = "".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    codes = set(re.findall(r'Finding\(\s*"([A-Z][A-Z-]+)"', source)) | set(re.findall(r'id="(fourfold\.E\d+)"', source))
    assert len(codes) > 15
    assert missing(sorted(codes), reference()) == []


def test_every_connector_has_a_page() -> None:
    kinds = [path.parent.name for path in sorted((PACKAGE / "connectors").glob("*/__init__.py"))]
    assert missing(kinds, reference()) == []


@pytest.mark.parametrize(
    "path", [p for p in tracked() if p.suffix == ".md"], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_links_between_pages_lead_somewhere(path: Any) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", text)
    broken = [target for target in targets if not (path.parent / target).exists()]
    assert not broken
