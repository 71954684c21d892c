"""What a finding says about the keys of a file, as a form says it: fields by the names that stand over them."""

from __future__ import annotations

import re
from typing import Final

from fourfold.engine.findings import Finding
from fourfold.web.components.amendment_fields import LAYOUTS, WORDS, label

#: The fields of each noun that has a form.
_FIELDS: Final = {noun: {name for _, names in layout for name in names} for noun, layout in LAYOUTS.items()}
#: Lines of a file that no form has, with what is meant by them.
_LINES: Final = {"targets": "targets", "rates": "exchange rates", "waivers": "waivers"}
_KEY: Final = re.compile(
    r"(?P<verb>\b(?:[Aa]dd|[Ww]rite|[Ss]ay|[Ss]et|[Dd]elete) )?(?:a line )?"
    r"`(?P<key>[a-z_]+)(?P<colon>: ?(?P<value>[^`]*))?`"
)
_VERBS: Final = {"delete": "empty", "Delete": "Empty"}


def in_form(finding: Finding) -> str:
    """The message and what to do, without a word of YAML.

    >>> from fourfold.engine.findings import Level, Place
    >>> place, message = Place(thing="target:sales@2026-01.low"), "Target sales has no `low`."
    >>> in_form(Finding("TARGET-BAND", Level.ERROR, place, message, "Add `low: …`, or delete `high`."))
    'Target sales has no “Band from”. Fill in “Band from”, or empty “Band to”.'
    >>> in_form(Finding("X", Level.ERROR, Place(thing="kpi:sales"), "It is no ratio.", "Write `kind: ratio`."))
    'It is no ratio. Set “Kind of figure” to “ratio”.'
    """
    noun = (finding.place.thing or "").partition(":")[0].partition(".")[0]
    return _KEY.sub(lambda found: _said(noun, found), f"{finding.message} {finding.fix}".strip())


def _said(noun: str, found: re.Match[str]) -> str:
    key, verb, value = found["key"], found["verb"] or "", (found["value"] or "").strip()
    name = _name(noun, key)
    if not name:  # a choice, or a word of a formula
        return f"{verb}“{WORDS.get(key) or key.replace('_', ' ')}”" if not found["colon"] else found[0]
    if found["colon"] is None:
        return f"{_VERBS.get(verb.strip(), verb.strip())} {name}".strip()
    if value in ("", "…"):
        begin = "Fill in" if verb[:1].isupper() else "fill in"
        return f"{begin} {name}" if verb else name
    begin = ("Set " if verb[:1].isupper() else "set ") if verb else ""
    return f"{begin}{name} {'to' if verb else 'as'} “{WORDS.get(value) or value.replace('_', ' ')}”"


def _name(noun: str, key: str) -> str:
    """The label over the field in the form of the noun, or of the first other one that has it; empty where none has."""
    if key in _LINES:
        return _LINES[key]
    owners = [each for each in (noun, *_FIELDS) if key in _FIELDS.get(each, ())]
    return f"“{label(owners[0], key)}”" if owners else ""
