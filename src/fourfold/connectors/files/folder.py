"""Which files of a folder are read, and which are not: nothing outside it, nothing hidden, nothing half."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fourfold.connectors.base import Table
from fourfold.connectors.files.problems import Refused, problem, refuse
from fourfold.connectors.files.text import read_text
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound

DEFINITIONS: Final = (".yaml", ".yml")
SEPARATED: Final = (".csv", ".tsv")
PARQUET: Final = (".parquet", ".pq")
#: Files that hold figures, though not in a form that is read.
_SPREADSHEETS: Final = (".xlsx", ".xls", ".xlsm", ".ods", ".txt", ".gz", ".zip", ".json")
MEASUREMENTS: Final = "measurements"
FEEDS: Final = "feeds"  # read by `connectors.sql`
#: The largest definition file, in bytes, and the most files of a folder.
LARGEST: Final = 20_000_000
MOST_FILES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a folder holds. A file with an error among the findings is left out as a whole."""

    texts: dict[str, str]
    tables: list[Table]
    findings: tuple[Finding, ...]


def read_folder(path: str | os.PathLike[str]) -> Content:
    """Read the definitions and tables of a scorecard folder; file names are relative to it, with slashes.

    What is wrong with a file is a finding. Raises `NotFound` when there is no such folder.
    """
    root = Path(path)
    if not root.is_dir():
        what = f"{root} is a file, not a folder." if root.is_file() else f"There is no folder {root}."
        raise NotFound(what, hint="Name the folder that holds the definitions, or make one: fourfold init FOLDER")
    content = Content({}, [], ())
    findings: list[Finding] = []
    for file in _names(root, findings):
        try:
            findings += _take(root, file, content)
        except Refused as refused:
            findings.append(refused.finding)
    return Content(content.texts, content.tables, tuple(findings))


def _names(root: Path, findings: list[Finding]) -> list[str]:
    """The files of the folder and of its `measurements`, by name, without hidden ones."""
    names = [*_listed(root, "", findings), *_listed(root / MEASUREMENTS, f"{MEASUREMENTS}/", findings)]
    if len(names) > MOST_FILES:
        message = f"There are {len(names):,} files; a scorecard folder may have {MOST_FILES:,}."
        findings.append(problem("MANY", Place(), message, "Is it the right folder? Join small tables into one file."))
        return []
    return names


def _listed(folder: Path, prefix: str, findings: list[Finding]) -> Iterator[str]:
    if not folder.exists():
        return
    try:
        entries = sorted(os.listdir(folder))
    except OSError as error:
        place = Place(prefix.rstrip("/") or str(folder))
        why = (error.strerror or type(error).__name__).lower()
        fix = "Make it a folder that the account which runs Fourfold may read."
        findings.append(problem("ACCESS", place, f"The folder cannot be listed: {why}.", fix))
        return
    for name in entries:
        if not name.startswith((".", "~$")) and not (not prefix and name in (MEASUREMENTS, FEEDS)):
            yield prefix + name


def _take(root: Path, file: str, content: Content) -> tuple[Finding, ...]:
    """Read one file into the content, or say why it is left out. Raises `Refused`."""
    path, suffix = root / file, Path(file).suffix.casefold()
    is_table = file.startswith(f"{MEASUREMENTS}/")
    wanted = SEPARATED + PARQUET if is_table else DEFINITIONS
    if suffix not in wanted:
        return tuple(_ignored(path, file, suffix, is_table))
    _require_inside(root, path, file)
    if not is_table:
        content.texts[file], findings = read_text(path, file, LARGEST)
        return findings
    from fourfold.connectors.files.parquet import read_parquet
    from fourfold.connectors.files.separated import read_separated

    frame, findings = (read_separated if suffix in SEPARATED else read_parquet)(path, file)
    if frame is not None:
        content.tables.append(Table(file, frame))
    return findings


def _require_inside(root: Path, path: Path, file: str) -> None:
    """Refuse links that lead out of the folder or nowhere, and what is no file (a pipe would never end)."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise refuse("LINK", file, "The link leads nowhere.", "Delete it, or put the file itself here.") from None
    if not real.is_relative_to(root.resolve()):
        raise refuse("LINK", file, "The link leads out of the folder; it is not followed.", "Copy the file here.")
    if not real.is_file():
        raise refuse("ACCESS", file, "This is not a file that can be read.", "Delete it, or put a plain file here.")


def _ignored(path: Path, file: str, suffix: str, is_table: bool) -> Iterator[Finding]:
    """A word about files that somebody may think are read."""
    place = Place(file)
    if is_table and suffix in DEFINITIONS:
        fix = "Move it up, beside the other definitions."
    elif is_table and suffix in _SPREADSHEETS:
        fix = "Save it as CSV UTF-8 or Parquet, with the ending .csv or .parquet."
    elif not is_table and suffix in SEPARATED + PARQUET:
        fix = f"Move it into the folder {MEASUREMENTS}, where tables of figures stand."
    elif _holds(path, SEPARATED + PARQUET):
        fix = f"Tables of figures stand in the folder {MEASUREMENTS}: move its files there, or rename it."
    elif _holds(path, DEFINITIONS):
        fix = "Move its files up: definitions stand in the folder itself."
    else:
        return
    yield problem("UNREAD", place, f"The {'folder' if path.is_dir() else 'file'} is not read.", fix, Level.WARNING)


def _holds(folder: Path, suffixes: tuple[str, ...]) -> bool:
    try:
        return folder.is_dir() and any(p.suffix.casefold() in suffixes for p in folder.iterdir())
    except OSError:
        return False
