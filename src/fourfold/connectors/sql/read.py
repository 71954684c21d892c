"""A folder's feeds as one page of calls: texts → sources and feeds → statements → tables of rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fourfold.connectors.base import Brought, Table
from fourfold.connectors.files.folder import FEEDS
from fourfold.connectors.files.problems import Refused as Unread
from fourfold.connectors.files.text import read_text
from fourfold.connectors.sql.database import Answer, Ask, Cell, Refused, Unreadable, is_address, opened
from fourfold.connectors.sql.feed import Feed
from fourfold.connectors.sql.parse import Feeds, ParsedFeeds, parse_feeds
from fourfold.connectors.sql.source import Source
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import NotFound

if TYPE_CHECKING:
    import polars as pl

#: The environment variable that says where a source is begins with this; the source's code follows, in capitals.
VARIABLE: Final = "FOURFOLD_SOURCE_"
_LARGEST_FILE: Final = 5_000_000


def read_feeds(folder: Path, sources: Mapping[str, str | Path] | None = None) -> Brought:
    """Rows of every feed under `folder/feeds`, one table for each; nothing where there is no such folder.

    `sources` says by source code where a database is, instead of what the folder says; so do environment variables
    such as `FOURFOLD_SOURCE_ERP`, and `sources` wins. Raises `NotFound` where `sources` names one that no feed knows.
    """
    own = folder / FEEDS
    texts, unread = _texts(own) if own.is_dir() else ({}, [])
    parsed = parse_feeds(texts)
    if parsed.feeds is None or errors(unread):
        return Brought((), (*unread, *parsed.findings))
    given = sources or {}
    _known(given, parsed.feeds)
    brought = list(_brought(folder, parsed.feeds, parsed, given))
    findings = [*unread, *parsed.findings, *(b for b in brought if isinstance(b, Finding))]
    return Brought(tuple(b for b in brought if isinstance(b, Table)), tuple(findings))


def variable(code: str) -> str:
    """The environment variable for a source.

    >>> variable("order-system")
    'FOURFOLD_SOURCE_ORDER_SYSTEM'
    """
    return VARIABLE + re.sub(r"[^A-Z0-9]", "_", code.upper())


def _texts(own: Path) -> tuple[dict[str, str], list[Finding]]:
    texts: dict[str, str] = {}
    found: list[Finding] = []
    for path in sorted(own.glob("*.yaml")):
        try:
            texts[f"{FEEDS}/{path.name}"] = _text(own, path.name, found)
        except Unread as error:
            found.append(error.finding)
    return texts, found


def _text(own: Path, name: str, found: list[Finding]) -> str:
    """The text of one file of `feeds/`; adds to `found` what there is to say about it. Raises `Unread`."""
    file = f"{FEEDS}/{name}"
    if not (own / name).resolve().is_relative_to(own.resolve()):
        message = f"{show(name)} leads out of {FEEDS}/; it is not read."
        raise Unread(Finding("FEED-FILE", Level.ERROR, Place(file), message, f"Put the file itself into {FEEDS}/."))
    text, more = read_text(own / name, file, _LARGEST_FILE)
    found += more
    return text


def _known(given: Mapping[str, str | Path], feeds: Feeds) -> None:
    codes = [s.code for s in feeds.sources]
    for code in given:
        if code not in codes:
            raise NotFound(f"There is no source {show(code)}.", hint=did_you_mean(code, codes, "source"))


def _brought(
    folder: Path, feeds: Feeds, parsed: ParsedFeeds, given: Mapping[str, str | Path]
) -> Iterator[Table | Finding]:
    """A table or a finding for each feed, and a finding for each source that cannot be read."""
    used = {f.source for f in feeds.feeds}
    with ExitStack() as stack:
        open_sources: dict[str, Ask] = {}
        for source in feeds.sources:
            place = parsed.places[f"source:{source.code}"]
            if source.code not in used:
                message = f"No feed reads the source {source.code}."
                yield Finding("FEED-UNUSED", Level.INFO, place, message, "Nothing needs to be done.")
                continue
            try:
                open_sources[source.code] = stack.enter_context(opened(_where(folder, source, given)))
            except Unreadable as error:
                hint = f"{error.hint} Say where it is with --source {source.code}=PATH or {variable(source.code)}."
                yield Finding("FEED-SOURCE", Level.ERROR, place, error.message, hint)
        for feed in feeds.feeds:
            if feed.source in open_sources:
                yield from _asked(folder / FEEDS, feed, open_sources[feed.source])


def _where(folder: Path, source: Source, given: Mapping[str, str | Path]) -> str:
    """The argument, the environment, or what the folder says: in that order; only the last is relative to it."""
    said = given.get(source.code) or os.environ.get(variable(source.code))
    if said:
        return str(said) if is_address(str(said)) else str(Path(said).expanduser())
    return source.database if is_address(source.database) else str(folder / source.database)


def _asked(own: Path, feed: Feed, ask: Ask) -> Iterator[Table | Finding]:
    """The rows of one feed, or the finding that says why there are none."""
    file = f"{FEEDS}/{feed.sql_file}"
    found: list[Finding] = []
    try:
        statement = _text(own, feed.sql_file, found)
        yield from found
        answer = ask(statement, timeout=feed.timeout, row_limit=feed.row_limit)
        yield Table(f"{file} result", _frame(answer, feed))
        if not answer[1]:
            fix = "Is it the right database? What has no row is missing."
            place = Place(file, thing=f"feed:{feed.code}")
            yield Finding("FEED-EMPTY", Level.WARNING, place, "The statement gives no rows.", fix)
    except Unread as error:
        yield error.finding
    except Refused as error:
        yield Finding("FEED-SQL", Level.ERROR, Place(file, thing=f"feed:{feed.code}"), error.message, error.hint or "")


def _frame(answer: Answer, feed: Feed) -> pl.DataFrame:
    """The rows as text, each number in the shortest form that gives it back exactly."""
    import polars as pl

    names, rows = answer
    lower = [name.strip().casefold() for name in names]
    if twice := sorted({name for name in lower if lower.count(name) > 1}):
        raise Refused(f"Two columns of the statement are called {twice[0]}.", hint="Name each column once, by AS.")
    if feed.kpi is not None and "kpi" in lower:
        raise Refused("The statement has a column kpi, and the feed says kpi too.", hint="Keep one of them.")
    columns = {name: [_cell(row[i], name) for row in rows] for i, name in enumerate(lower)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(lower, pl.String))
    if feed.kpi is not None:
        frame = frame.with_columns(pl.lit(feed.kpi).alias("kpi"))
    return frame if "source" in lower else frame.with_columns(pl.lit(feed.source).alias("source"))


def _cell(cell: Cell, column: str) -> str | None:
    if isinstance(cell, bytes):
        raise Refused(f"The column {column} holds bytes, not text or numbers.", hint="Turn them into text by CAST.")
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell if cell is None else str(cell)
