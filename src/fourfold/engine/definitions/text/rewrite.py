"""Texts of a folder brought up to date with definitions, as the people who wrote them would do it.

A thing keeps its file, its place, its spelling and its comments; what is new stands behind its like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from yaml.nodes import MappingNode, Node

from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.scorecard import Definitions
from fourfold.engine.definitions.text.emit import Value, lines
from fourfold.engine.definitions.text.folder import LISTS, NESTED, SINGLES
from fourfold.engine.definitions.text.patch import patched
from fourfold.engine.definitions.text.rows import Row, compose, items_of, pairs_of
from fourfold.engine.definitions.write import FILES, Fields, fields_of
from fourfold.engine.edits import edits, named
from fourfold.errors import Conflict

_BOM: Final = "\ufeff"


@dataclass
class _Thing:
    """A thing in the texts: where it stands, what it said, what it shall say, and what is nested in it."""

    node: Node | None
    before: Fields | None
    after: Fields | None = None
    nested: dict[str, list[_Thing]] = field(default_factory=dict)
    is_nested: bool = False

    def row(self, owner: str = "") -> Row:
        """It as a row of the list in which it stands; nested things do not repeat their `owner`."""
        if self.after is None:
            return Row(self.node, self.before, None)
        rows = {key: [each.row(_OWNERS[key]) for each in things] for key, things in self.nested.items()}
        before, after = (_without(side or {}, owner) for side in (self.before, self.after))
        for key, found in rows.items():
            before |= {key: [r.before for r in found if r.node is not None]} if any(r.node for r in found) else {}
            after |= {key: here} if (here := [r.after for r in found if r.after is not None]) else {}
        return Row(self.node, None if self.node is None else before, after, rows)


_OWNERS: Final = {key: owner for _, key, _, owner in NESTED}


@dataclass
class _File:
    """The keys of one file with their things."""

    root: MappingNode | None
    things: dict[str, list[_Thing]] = field(default_factory=dict)


def rewrite(texts: Mapping[str, str], definitions: Definitions) -> dict[str, str]:
    """The texts that have to change, by file name, such that the folder says what `definitions` say, order apart.

    Whatever says the same already stays to the byte. A file that is not there yet is made where nothing holds what is
    new. Raises `Conflict` where the texts have errors.

    >>> texts = {"o.yaml": "# Ours\\norganisation: {code: o, name: O}\\nstrategy: {code: s, name: S}  # new\\n",
    ...          "u.yaml": "units:\\n- code: u\\n  name: U   # seat\\n"}
    >>> before = parse(texts).definitions
    >>> rewrite(texts, before.model_copy(update={"units": (before.units[0].model_copy(update={"name": "Unit"}),)}))
    {'u.yaml': 'units:\\n- code: u\\n  name: Unit   # seat\\n'}
    """
    parsed = parse(texts)
    if parsed.definitions is None:
        raise Conflict("The folder has errors, so it is not written to.", hint="See them: fourfold check FOLDER")
    files = {name: _File(compose(text.removeprefix(_BOM))) for name, text in sorted(texts.items())}
    things = _things(files)
    new = list(_matched(things, parsed.definitions, definitions))
    _place(new, things, files)
    changed = {}
    for name, file in files.items():
        text = _patched(texts.get(name, ""), file)
        if text != texts.get(name, ""):
            changed[name] = text
    found = parse({**texts, **changed}).definitions
    if found is None or edits(found, definitions):
        message = "The folder is written in a way that cannot be brought up to date without losing something."
        raise Conflict(message, hint="Export into a new folder, and move over what you need.")
    return changed


def _things(files: Mapping[str, _File]) -> dict[str, list[_Thing]]:
    """Every thing of the texts by its key, in the order in which `parse` has them: what is nested comes first."""
    found: dict[str, list[_Thing]] = {key: [] for key in (*SINGLES, *LISTS)}
    for file in files.values():
        for key, (_, node) in pairs_of(file.root).items():
            if key in found:
                nodes = [node] if key in SINGLES and pairs_of(node) else items_of(node)
                file.things[key] = [_Thing(each, None) for each in nodes]
                found[key] += file.things[key]
    for parents, key, flat, _ in NESTED:
        for holder in found[parents]:
            if found_here := pairs_of(holder.node).get(key):
                holder.nested[key] = [_Thing(each, None, is_nested=True) for each in items_of(found_here[1])]
        found[flat] = [*chain.from_iterable(h.nested.get(key, ()) for h in found[parents]), *found[flat]]
    return found


def _matched(
    things: Mapping[str, list[_Thing]], before: Definitions, after: Definitions
) -> Iterator[tuple[str, Fields]]:
    """Say to each thing what it said and shall say; gives back what no text names yet, with its noun."""
    for noun, here in things.items():
        wanted = named(noun, after)
        for thing, (name, definition) in zip(here, named(noun, before).items(), strict=True):
            thing.before = fields_of(definition)
            thing.after = fields_of(wanted.pop(name)) if name in wanted else None
        yield from ((noun, fields_of(definition)) for definition in wanted.values())
    for parents, key, flat, _ in NESTED:  # what stays where its holder goes needs another place
        for thing in chain.from_iterable(h.nested.get(key, ()) for h in things[parents] if h.after is None):
            if thing.after is not None:
                yield flat, thing.after
                thing.after = None


def _place(new: list[tuple[str, Fields]], things: Mapping[str, list[_Thing]], files: dict[str, _File]) -> None:
    """Give each new thing its place: in what it hangs on where its like stand there, else behind its like."""
    for noun, fields in new:
        thing = _Thing(None, None, fields)
        holder = _holder(noun, fields, things)
        if holder is not None:
            key, owner = holder
            owner.nested.setdefault(key, []).append(thing)
            continue
        file = _file_of(noun, files)
        file.things.setdefault(noun, []).append(thing)
        things[noun].append(thing)


def _holder(noun: str, fields: Fields, things: Mapping[str, list[_Thing]]) -> tuple[str, _Thing] | None:
    for parents, key, flat, owner in NESTED:
        if flat != noun or any(not each.is_nested for each in things[flat]):
            continue
        for holder in things[parents]:
            if holder.after is not None and holder.after["code"] == fields[owner]:
                return key, holder
    return None


def _file_of(noun: str, files: dict[str, _File]) -> _File:
    """The last file with things of this noun, else the one where `write` has it, or its neighbours, else a new one."""
    if holding := [file for file in files.values() if any(t.after is not None for t in file.things.get(noun, ()))]:
        return holding[-1]
    usual, keys = next((name, keys) for name, keys in FILES.items() if noun in keys)
    beside = [file for file in files.values() if any(key in file.things for key in keys)]
    return files.get(usual) or (beside[-1] if beside else files.setdefault(usual, _File(None)))


def _patched(text: str, file: _File) -> str:
    rows = {key: [thing.row() for thing in things] for key, things in file.things.items()}
    if all(row.before == row.after for found in rows.values() for row in found):
        return text
    before, after = ({key: v for key, found in rows.items() if (v := _side(key, found, side))} for side in (0, 1))
    if file.root is None:
        return _appended(text, after)
    bare = text.removeprefix(_BOM)
    new = patched(bare, file.root, Row(file.root, before, after, {k: r for k, r in rows.items() if k not in SINGLES}))
    return text[: len(text) - len(bare)] + new


def _side(key: str, rows: list[Row], side: int) -> Value:
    """What stands under a key before or after."""
    values = [value for row in rows if (value := (row.before, row.after)[side]) is not None]
    return values[0] if key in SINGLES and values else values


def _appended(text: str, after: Mapping[str, Value]) -> str:
    above = f"{text.rstrip()}\n\n" if text.strip() else ""
    return above + "\n".join(lines(after)) + "\n"


def _without(fields: Mapping[str, Value], owner: str) -> dict[str, Value]:
    return {key: value for key, value in fields.items() if key != owner}
