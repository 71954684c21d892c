"""Texts of `feeds/*.yaml` → sources and feeds, or findings that say file, line, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fourfold.connectors.sql.feed import Feed
from fourfold.connectors.sql.source import Source
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.text.complaints import complaint
from fourfold.engine.definitions.text.nodes import Branch, Node, Series, is_empty
from fourfold.engine.definitions.text.reader import read
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.words import choices, did_you_mean, nearest, show

_TYPES: Final[Mapping[str, type[Definition]]] = {"sources": Source, "feeds": Feed}
_NOUNS: Final = {"sources": "source", "feeds": "feed"}


class Feeds(Definition):
    """All sources and feeds of a scorecard folder, in the order they were written."""

    sources: tuple[Source, ...] = ()
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeeds:
    """What the texts say; `feeds` is None as soon as there is an error. `places` knows `feed:sales`, `source:erp`."""

    feeds: Feeds | None
    findings: tuple[Finding, ...]
    places: Mapping[str, Place]


def parse_feeds(texts: Mapping[str, str]) -> ParsedFeeds:
    """Read the YAML texts of `feeds/`, by file name; bad input gives findings and never raises.

    >>> parse_feeds({"a.yaml": "feeds:\\n  - code: sales\\n    sorce: erp"}).findings[-1].fix
    'Did you mean "source"?'
    """
    document, found = _join(texts)
    names = {id(node): f"{noun}:{node.text('code') or f'#{i}'}" for noun, i, node in _items(document)}
    places = {names[id(node)]: _at(node.place, names[id(node)]) for _, _, node in reversed(list(_items(document)))}
    feeds: Feeds | None = None
    try:
        feeds = Feeds.model_validate(document.plain)
    except ValidationError as error:
        found += [_complain(e, document, names) for e in error.errors(include_url=False)]
    if feeds is not None:
        found += _checks(feeds, places)
    found.sort(key=lambda f: (f.place.file or "", f.place.line or 0, f.place.column or 0))
    return ParsedFeeds(None if errors(found) else feeds, tuple(found), places)


def _join(texts: Mapping[str, str]) -> tuple[Branch, list[Finding]]:
    """One document with the lists of every file, in the order of file names."""
    lists: dict[str, list[Node]] = {key: [] for key in _TYPES}
    found: list[Finding] = []
    for file in sorted(texts):
        branch, findings = read(file, texts[file])
        found += findings
        for key, node in branch.values.items() if branch else ():
            place = branch.places[key] if branch else node.place
            if key not in lists:
                fix = "Other keys belong into the files of the folder above." if not nearest(key, lists) else ""
                message = f"There is no key {show(key)} in a file of feeds/; it has sources and feeds."
                found.append(_error("FEED-KEY", place, message, fix or did_you_mean(key, list(lists), "key")))
            elif isinstance(node, Series):
                lists[key] += node.items
            elif not is_empty(node):
                found.append(_error("FEED-KEY", place, f"`{key}` must be a list.", "Begin each entry: `- code: …`."))
    return Branch({key: Series(items, Place()) for key, items in lists.items()}, Place()), found


def _items(document: Branch) -> Iterator[tuple[str, int, Branch]]:
    for key, noun in _NOUNS.items():
        node = document.values[key]
        for i, item in enumerate(node.items if isinstance(node, Series) else ()):
            if isinstance(item, Branch):
                yield noun, i, item


def _at(place: Place, thing: str) -> Place:
    return Place(place.file, place.line, place.column, thing)


def _complain(error: ErrorDetails, document: Branch, names: Mapping[int, str]) -> Finding:
    """The finding for one error of pydantic, worded as for every other definition."""
    loc = error["loc"]
    if error["type"] != "extra_forbidden":
        return complaint(error, document, names)
    item = document.values[str(loc[0])].items[int(loc[1])]  # type: ignore[union-attr]
    assert isinstance(item, Branch)
    name, known = str(loc[-1]), list(_TYPES[str(loc[0])].model_fields)
    fix = did_you_mean(name, known, "key") if nearest(name, known) else f"It has {choices(known, 'and')}."
    message = f"There is no key {show(name)} in a {_NOUNS[str(loc[0])]}."
    return _error("FEED-KEY", _at(item.places[name], names[id(item)]), message, fix)


def _checks(feeds: Feeds, places: Mapping[str, Place]) -> Iterator[Finding]:
    """Codes given twice, and sources that nobody defined."""
    codes = [s.code for s in feeds.sources]
    for noun, given in (("source", codes), ("feed", [f.code for f in feeds.feeds])):
        for code in sorted({c for c in given if given.count(c) > 1}):
            message = f"There are {given.count(code)} {noun}s {code}."
            yield _error("FEED-TWICE", places[f"{noun}:{code}"], message, "Give each a code of its own.")
    for feed in feeds.feeds:
        if feed.source not in codes:
            message = f"There is no source {show(feed.source)}."
            yield _error("FEED-REFERENCE", places[f"feed:{feed.code}"], message,
                         did_you_mean(feed.source, codes, "source"))  # fmt: skip


def _error(code: str, place: Place, message: str, fix: str) -> Finding:
    return Finding(code, Level.ERROR, place, message, fix)
