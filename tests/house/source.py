"""The project's own files as the house tests read them."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "fourfold"
EXCEPTIONS = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text())
ESCAPE = re.compile(r"#\s*house:\s*\S+\s+\S+")  # a reason is more than one word


@dataclass(frozen=True)
class Module:
    """One Python file: where it is, below src/fourfold, and what it says."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parse(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def excused(self, node: ast.AST) -> bool:
        """Whether a `# house: reason` stands on the first or last line of this node, or on the line before it."""
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        return any(ESCAPE.search(self.lines[n - 1]) for n in (first - 1, first, last) if 0 < n <= len(self.lines))

    def at(self, node: ast.AST, text: str) -> str:
        """A finding: place and text."""
        return f"{self.path}:{getattr(node, 'lineno', 1)} {text}"


@cache
def parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The modules of these folders or files below src/fourfold (all without arguments), without migrations."""
    starts = [PACKAGE / folder for folder in folders] or [PACKAGE]
    files = [file for start in starts for file in ([start] if start.suffix == ".py" else sorted(start.rglob("*.py")))]
    return tuple(
        Module(file.relative_to(PACKAGE).as_posix(), file.read_text(encoding="utf-8"))
        for file in files
        if file.exists() and "migrations" not in file.parts
    )


def check(rule: Callable[[Module], Iterable[str]], found: Iterable[Module]) -> None:
    """Fail with every place where a rule is broken."""
    offences = [offence for module in found for offence in rule(module)]
    assert not offences, "\n" + "\n".join(offences)


def bites(rule: Callable[[Module], Iterable[str]], source: str, path: str = "engine/sample.py") -> bool:
    """Whether a rule says something about this source."""
    return bool(list(rule(Module(path, source))))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every import with the full dotted name it reaches."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes; a call or index in it shows as its last name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control; in an unpacked archive, every file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts)
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def tracked_text() -> Iterator[tuple[Path, str]]:
    """Every tracked text file with its text."""
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8192]:
            yield path, data.decode("utf-8", errors="replace")
