"""What a finding says about a file, as a form says it: fields by the names over them, things by their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.web.components.amendment_fields import LAYOUTS, NOUNS, WORDS, label

#: The fields of each noun that has a form.
_FIELDS: Final = {noun: {name for _, names in layout for name in names} for noun, layout in LAYOUTS.items()}
#: Lines of a file that no form has, with what is meant by them.
_LINES: Final = {"targets": "targets", "rates": "exchange rates", "waivers": "waivers"}
_KEY: Final = re.compile(
    r"(?P<verb>\b(?:[Aa]dd|[Ww]rite|[Ss]ay|[Ss]et|[Dd]elete) )?(?:a line )?"
    r"`(?P<key>[a-z_]+)(?P<colon>: ?(?P<value>[^`]*))?`"
)
#: Of which noun the key is that comes next: "Add a link with `source: earn`".
_WITH: Final = re.compile(r"\b(link|objective|target|initiative) with $")
#: Two ends of a range, as a file has them.
_RANGE: Final = re.compile(r"\[(\S+), (\S+)\]")
#: The number of a check in the method, for who reads about it.
_NUMBER: Final = re.compile(r" \((?:V\d+(?:, )?)+\)")
_TWICE: Final = re.compile(r"“([^”]+)”, \"\1\",")
#: What a form does in another way than a file.
_OTHERWISE: Final = {
    "Add `kpis:` to it.": "Place a KPI on it.",
    "Add `owner:` with the code of one person.": "Choose one person as its owner.",
}
_VERBS: Final = {"delete": "empty", "Delete": "Empty"}
#: Nouns whose things have a name beside their code.
_NOUNS: Final = "perspective|theme|objective|kpi|initiative|unit"
_THING: Final = re.compile(
    r"\b(?P<noun>" + _NOUNS + r")(?P<many>s)? (?P<code>[\w-]+)(?(many)(?: and (?P<other>[\w-]+))?)", re.IGNORECASE
)
_ENDS: Final = re.compile(r"\blink from (?P<source>[\w-]+) to (?P<target>[\w-]+)")
#: The way of a circle, from code to code.
_WAY: Final = re.compile(r"[\w-]+(?: → [\w-]+)+")
#: Keys that hold the code of a thing of another noun.
_REFERS: Final = {"source": "objective", "target": "objective", "cascaded_from": "objective", "parent": "unit"}
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


def names_of(seen: Definitions) -> dict[str, str]:
    """What people call each thing that has a name, by noun and code: `kpi:sales`. Give what the reader may see."""
    return {f"{noun}:{thing.code}": thing.name for noun in _NOUNS.split("|") for thing in getattr(seen, NOUNS[noun])}


def all_in_form(findings: Iterable[Finding], seen: Definitions) -> tuple[str, ...]:
    """Each finding as a form says it."""
    names = names_of(seen)
    return tuple(in_form(finding, names) for finding in findings)


def in_form(finding: Finding, names: Mapping[str, str] = _NOBODY) -> str:
    """The message and what to do, without a word of YAML; things that have one by their name (see `names_of`).

    >>> from fourfold.engine.findings import Level, Place
    >>> place, message = Place(thing="target:sales@2026-01.low"), "Target sales has no `low`."
    >>> in_form(Finding("TARGET-BAND", Level.ERROR, place, message, "Add `low: …`, or delete `high`."))
    'Target sales has no “Band from”. Fill in “Band from”, or empty “Band to”.'
    >>> in_form(Finding("X", Level.ERROR, Place(thing="kpi:sales"), "It is no ratio.", "Write `kind: ratio`."))
    'It is no ratio. Set “Kind of figure” to “ratio”.'
    >>> empty, place = "Perspective fin has no objective.", Place(thing="perspective:fin")
    >>> found = Finding("MAP-SHAPE", Level.ERROR, place, empty, "Add an objective with `perspective: fin`.")
    >>> in_form(found, {"perspective:fin": "Money"})
    'Perspective “Money” has no objective. Add an objective with “Perspective” as “Money”.'
    >>> late, names = "The link from a to b has no `lag` (V11).", {"objective:a": "A", "objective:b": "B"}
    >>> in_form(Finding("X", Level.WARNING, Place(thing="link:a>b"), late, "Write `lag: [1, 6]`."), names)
    'The link from “A” to “B” has no “After how many months”. Set “After how many months” to “1 to 6”.'
    """
    noun = (finding.place.thing or "").partition(":")[0].partition(".")[0]
    fix = _OTHERWISE.get(finding.fix, finding.fix)
    return _NUMBER.sub("", reworded(f"{finding.message} {fix}".strip(), noun, names))


def reworded(text: str, noun: str, names: Mapping[str, str] = _NOBODY) -> str:
    """A text about a thing of the noun, that names keys of a file, as a form says it.

    >>> reworded("Say by `due:` when the target is to be reached.", "kpi")
    'Say by “Reached in” when the target is to be reached.'
    """
    named = _THING.sub(lambda found: _by_name(found, names), text)
    named = _ENDS.sub(lambda found: "link from {} to {}".format(*(_objective(c, names) for c in found.groups())), named)
    named = _WAY.sub(lambda found: " → ".join(_short(code, names) for code in found[0].split(" → ")), named)
    return _KEY.sub(lambda found: _said(noun, found, names), _TWICE.sub(r"“\1”", named))


def _short(code: str, names: Mapping[str, str]) -> str:
    """What an objective or KPI is called, for a list of them."""
    return names.get(f"objective:{code}") or names.get(f"kpi:{code}") or code


def _objective(code: str, names: Mapping[str, str]) -> str:
    name = names.get(f"objective:{code}")
    return f"“{name}”" if name else code


def _by_name(found: re.Match[str], names: Mapping[str, str]) -> str:
    noun, codes = found["noun"].lower(), [found["code"], found["other"]]
    called = [f"“{names[f'{noun}:{c}']}”" if f"{noun}:{c}" in names else c for c in codes if c]
    return f"{found['noun']}{found['many'] or ''} {' and '.join(called)}"


def _said(noun: str, found: re.Match[str], names: Mapping[str, str]) -> str:
    key, verb, value = found["key"], found["verb"] or "", (found["value"] or "").strip()
    before = found.string[: found.start()]
    of = _WITH.search(before)
    name = _name(of[1] if of else noun, key)
    if not name and before.endswith("input "):  # somebody typed it into a formula
        return f"“{key}”"
    if not name:  # a choice, or a word of a formula
        return f"{verb}“{WORDS.get(key) or key.replace('_', ' ')}”" if not found["colon"] else found[0]
    if found["colon"] is None:
        return f"{_VERBS.get(verb.strip(), verb.strip())} {name}".strip()
    if value in ("", "…"):
        begin = "Fill in" if verb[:1].isupper() else "fill in"
        return f"{begin} {name}" if verb else name
    if value == "true" and verb:
        return f"{'Tick' if verb[:1].isupper() else 'tick'} {name}"
    begin = ("Set " if verb[:1].isupper() else "set ") if verb else ""
    plain = _RANGE.sub(r"\1 to \2", value.replace("_", " "))
    called = names.get(f"{_REFERS.get(key, key)}:{value}") or WORDS.get(value) or plain
    return f"{begin}{name} {'to' if verb else 'as'} “{called}”"


def _name(noun: str, key: str) -> str:
    """The label over the field in the form of the noun, or of the first other one that has it; empty where none has."""
    if key in _LINES:
        return _LINES[key]
    owners = [each for each in (noun, *_FIELDS) if key in _FIELDS.get(each, ())]
    return f"“{label(owners[0], key)}”" if owners else ""
