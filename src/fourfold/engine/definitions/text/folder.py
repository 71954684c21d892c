"""How a folder of texts becomes one document: keys joined over all files, nested forms written out flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from fourfold.engine.definitions.scorecard import Definitions
from fourfold.engine.definitions.text.nodes import Branch, Node, Scalar, Series, is_empty
from fourfold.engine.definitions.text.reader import read
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import call, choices, did_you_mean, nearest, show

FORMAT: Final = "1"
SINGLES: Final = ("organisation", "strategy")
LISTS: Final = tuple(key for key in Definitions.model_fields if key not in SINGLES)
#: The noun of each list key, as it stands in the name of a thing: `kpi:ed_4h`.
NOUNS: Final = {
    "units": "unit",
    "people": "person",
    "perspectives": "perspective",
    "themes": "theme",
    "objectives": "objective",
    "links": "link",
    "kpis": "kpi",
    "uses": "use",
    "targets": "target",
    "initiatives": "initiative",
    "notes": "note",
    "steps": "step",
}
#: Nested forms: under each item of the first key, this key holds items of that list; they get the parent's code.
NESTED: Final = (("objectives", "kpis", "uses", "objective"), ("kpis", "targets", "targets", "kpi"))

_LIST_FIX: Final = "Begin each entry with a dash: `- code: …`, and indent its other keys below `code`."


def join(texts: Mapping[str, str]) -> tuple[Branch, list[Finding]]:
    """One mapping with every key of the folder, lists joined in the order of file names, and what is wrong so far.

    Lists are always there (empty where nobody wrote them); a single that nobody wrote is absent.
    """
    values: dict[str, Node] = {}
    places: dict[str, Place] = {}
    lists: dict[str, list[Node]] = {key: [] for key in LISTS}
    found: list[Finding] = []
    for file in sorted(texts):
        branch, findings = read(file, texts[file])
        found += findings
        for key, node in branch.values.items() if branch else ():
            place = branch.places[key] if branch else node.place
            if key == "format":
                found += _check_format(node, place)
            elif key in SINGLES and key in places:
                message = f"`{key}` was already given in {places[key].file} on line {places[key].line}."
                found.append(_error("DEF-TWICE", place, message, "A folder holds one of it; delete one of them."))
            elif key in SINGLES and not is_empty(node):
                values[key], places[key] = node, place
            elif key not in SINGLES and key not in lists:
                found.append(_unknown(key, place))
            elif isinstance(node, Series):  # a single is never a list: its type says so
                places.setdefault(key, place)
                lists[key] += node.items
            elif not is_empty(node):
                found.append(_error("DEF-SHAPE", place, f"`{key}` must be a list.", _LIST_FIX))
    for key, items in lists.items():
        values[key] = Series(items, places.get(key, Place()))
    return Branch(values, Place(), places), found


def flatten(document: Branch) -> tuple[Branch, list[Finding]]:
    """Move nested uses and targets into their own lists: nested ones first, in the order of what they hang on."""
    found: list[Finding] = []
    for parents, key, target, owner in NESTED:
        holders, flat = document.values[parents], document.values[target]
        if not isinstance(holders, Series) or not isinstance(flat, Series):
            continue
        bare: list[Node] = []
        moved: list[Node] = []
        for holder in holders.items:
            if not isinstance(holder, Branch) or key not in holder.values:
                bare.append(holder)
                continue
            bare.append(holder.without(key))
            items, problems = _nested(holder, key, owner)
            moved += items
            found += problems
        values = {parents: Series(bare, holders.place), target: Series(moved + flat.items, flat.place)}
        document = Branch(document.values | values, document.place, document.places)
    return document, found


def named(document: Branch) -> Iterator[tuple[str, Node]]:
    """Every thing of a flat document with its name: `kpi:ed_4h`, `link:O1>O2`, `use:O1/ed_4h`, `target:ed_4h#0`."""
    for key in SINGLES:
        if key in document.values:
            yield key, document.values[key]
    for key, noun in NOUNS.items():
        counts: dict[str, int] = {}
        node = document.values[key]
        for item in node.items if isinstance(node, Series) else ():
            if isinstance(item, Branch):
                yield _name(noun, item, counts), item


def _name(noun: str, item: Branch, counts: dict[str, int]) -> str:
    """The name of a thing; targets, notes and steps of one KPI are numbered, and so is what has no code."""
    match noun:
        case "link":
            return f"link:{item.text('source')}>{item.text('target')}"
        case "use":
            return f"use:{item.text('objective')}/{item.text('kpi')}"
        case "target" | "note" | "step":
            owner = item.text("kpi") or ""
        case _ if (code := item.text("code")) is not None:
            return f"{noun}:{code}"
        case _:
            owner = ""
    counts[owner] = counts.get(owner, -1) + 1
    return f"{noun}:{owner}#{counts[owner]}"


def _nested(holder: Branch, key: str, owner: str) -> tuple[list[Node], list[Finding]]:
    """The items nested under one holder, each with the holder's code as `owner`."""
    node, code = holder.values[key], holder.values.get("code", Scalar("", holder.place))
    if not isinstance(node, Series):
        if is_empty(node):
            return [], []
        example = "`- kpi: …`" if owner == "objective" else "`- since: …`"
        return [], [_error("DEF-SHAPE", holder.places[key], f"`{key}` must be a list.", f"Begin each with {example}.")]
    items: list[Node] = []
    found: list[Finding] = []
    for item in node.items:
        if isinstance(item, Scalar) and owner == "objective" and not item.is_empty:
            item = Branch({"kpi": item}, item.place, {"kpi": item.place})  # `kpis: [ed_4h]` is short for this
        if isinstance(item, Branch) and owner in item.values:
            above = call(f"{owner}:{holder.text('code')}")
            message = f"`{owner}` is given already: this stands under {above}."
            found.append(_error("DEF-KEY", item.places[owner], message, "Delete the line."))
        elif isinstance(item, Branch):
            item = Branch({owner: code} | item.values, item.place, {owner: item.place} | item.places)
        items.append(item)
    return items, found


def _check_format(node: Node, place: Place) -> Iterator[Finding]:
    if not isinstance(node, Scalar) or node.text != FORMAT:
        written = f"{show(node.text)}" if isinstance(node, Scalar) else "not a number"
        message = f"`format` is {written}; this version reads format {FORMAT}."
        fix = f"Write `format: {FORMAT}`, or load the folder with a newer version."
        yield _error("DEF-FORMAT", place, message, fix)


def _unknown(key: str, place: Place) -> Finding:
    known = ("format", *SINGLES, *LISTS)
    near = nearest(key, known)
    fix = did_you_mean(key, known, "key") if near else f"The keys of a file are {choices(known, 'and')}."
    return _error("DEF-KEY", place, f"There is no key {show(key)} here.", fix)


def _error(code: str, place: Place, message: str, fix: str) -> Finding:
    return Finding(code, Level.ERROR, place, message, fix)
