"""One YAML text → nodes with places, and nothing else: no anchors, tags, merge keys, second documents or objects.

The text is read event by event and refused at the first trick, so a text that would unfold into gigabytes costs
nothing. Scalars are not interpreted: what a value means depends on the field it is for, not on what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml
from yaml import events as ev

from fourfold.engine.definitions.text.nodes import Branch, Node, Scalar, Series, is_empty
from fourfold.engine.definitions.text.problems import explain
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import show

MAX_CHARACTERS: Final = 5_000_000
MAX_DEPTH: Final = 20

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def read(file: str, text: str) -> tuple[Branch | None, tuple[Finding, ...]]:
    """Read one text; the mapping it holds, or None with the finding that says why not.

    An empty text is an empty mapping. A key written twice is a finding, and the first one stands.
    """
    if len(text) > MAX_CHARACTERS:
        return None, (
            _problem(
                "DEF-SIZE",
                Place(file),
                f"The file has {len(text):,} characters; a definition file may have {MAX_CHARACTERS:,}.",
                "Split it into several files; lists are joined over all files of the folder.",
            ),
        )
    text = text.removeprefix("\ufeff")
    if (bad := _FORBIDDEN.search(text)) is not None:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        return None, (
            _problem(
                "DEF-CHARACTER",
                Place(file, line, column),
                f"There is a character that no text may hold: U+{ord(bad.group()):04X}.",
                "Delete it; the file may be damaged, or not a text file at all.",
            ),
        )
    build = _Build(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            build.take(event)
            if build.refused:
                return None, tuple(build.findings)
    except (yaml.YAMLError, ValueError) as error:
        return None, (*build.findings, explain(error, file, text))
    root = build.root
    if root is None or is_empty(root):
        return Branch({}, Place(file, 1, 1)), tuple(build.findings)
    if not isinstance(root, Branch):
        message = "The file is a list." if isinstance(root, Series) else f"The file is only the text {show(root.text)}."
        fix = "Begin it with a key such as `kpis:` and indent what belongs to it."
        return None, (*build.findings, _problem("DEF-SHAPE", root.place, message, fix))
    return root, tuple(build.findings)


def _problem(code: str, place: Place, message: str, fix: str) -> Finding:
    return Finding(code, Level.ERROR, place, message, fix)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is not closed yet; `key` waits for its value."""

    node: Branch | Series
    key: tuple[str, Place] | None = None


@dataclass
class _Build:
    """Builds nodes from events; `refused` once something forbidden came."""

    file: str
    root: Node | None = None
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False
    _stack: list[_Open] = field(default_factory=list)
    _documents: int = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        mark = event.start_mark
        place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)
        for message, fix in _tricks(event):
            self.refuse(place, message, fix)
            return
        match event:
            case ev.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self.refuse(place, "A second document begins here (`---`).", "Keep one document per file.")
            case ev.ScalarEvent():
                self._put(Scalar(event.value, place, quoted=bool(event.style)), place)
            case ev.MappingStartEvent():
                self._open(Branch({}, place, {}), place)
            case ev.SequenceStartEvent():
                self._open(Series([], place), place)
            case ev.MappingEndEvent() | ev.SequenceEndEvent():
                self._stack.pop()

    def refuse(self, place: Place, message: str, fix: str) -> None:
        """Stop here."""
        self.findings.append(_problem("DEF-YAML", place, message, fix))
        self.refused = True

    def _open(self, node: Branch | Series, place: Place) -> None:
        if len(self._stack) >= MAX_DEPTH:
            fix = "No definition needs that; look for a bracket or an indentation too many."
            self.refuse(place, f"Lists and mappings are nested deeper than {MAX_DEPTH} levels.", fix)
            return
        self._put(node, place)
        self._stack.append(_Open(node))

    def _put(self, node: Node, place: Place) -> None:
        """Hang a node where it belongs: as the root, a list item, a key, or the value of the waiting key."""
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        if isinstance(top.node, Series):
            top.node.items.append(node)
        elif top.key is None:
            self._key(top, node, place)
        else:
            key, where = top.key
            top.key = None
            if (first := top.node.places.get(key)) is not None:
                message = f"The key `{key}` was already given on line {first.line}."
                fix = "Keep one of them: two values for one key would hide the first."
                self.findings.append(_problem("DEF-TWICE", where, message, fix))
                return
            top.node.values[key] = node
            top.node.places[key] = where

    def _key(self, top: _Open, node: Node, place: Place) -> None:
        if not isinstance(node, Scalar):
            self.refuse(place, "A key is a list or a mapping.", "A key is one word, followed by a colon.")
        elif node.text == "<<" and not node.quoted:
            self.refuse(place, "Merge keys (`<<`) are not allowed.", "Write the keys out where they are needed.")
        else:
            top.key = (node.text, place)


def _tricks(event: yaml.Event) -> Iterator[tuple[str, str]]:
    """What YAML can do and definitions never need: (what it is, what to write instead)."""
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if isinstance(event, ev.AliasEvent):
        yield f"`*{anchor}` repeats another part of the text; that is not allowed.", (
            "Write the value out; a value that begins with * needs quotes."
        )
    elif anchor:
        yield f"`&{anchor}` names a part of the text to repeat it; that is not allowed.", (
            "Leave it out; a value that begins with & needs quotes."
        )
    elif tag:
        yield f"`{tag}` is a tag; definitions hold only text, numbers, lists and mappings.", (
            "Leave the tag out; a value that begins with ! needs quotes."
        )
