"""Texts of a scorecard folder → definitions, or findings that say file, line, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import ValidationError

from fourfold.engine.definitions.scorecard import Definitions
from fourfold.engine.definitions.text.complaints import complaint
from fourfold.engine.definitions.text.folder import SINGLES, flatten, join, named
from fourfold.engine.definitions.text.nodes import Branch, Series
from fourfold.engine.findings import Finding, Level, Place, errors


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a folder's texts say.

    `definitions` is None as soon as there is an error among the `findings`. `places` knows where each thing and each
    of its keys was written: `kpi:ed_4h`, `kpi:ed_4h.formula`, `target:ed_4h#0`, `use:O1/ed_4h`, `link:O1>O2`,
    `note:ed_4h#0`, `organisation`, `strategy.name`, `organisation.rates#0`.
    """

    definitions: Definitions | None
    findings: tuple[Finding, ...]
    places: Mapping[str, Place]


def parse(texts: Mapping[str, str]) -> Parsed:
    """Read the YAML texts of one folder, by file name; bad input gives findings and never raises.

    Nothing is completed or checked across things yet: that is `complete` and `checks.check`.

    >>> parse({"a.yaml": "kpis:\\n  - code: sales\\n    polarty: higher_better"}).findings[-1].fix
    'Did you mean "polarity"?'
    """
    joined, found = join(texts)
    document, more = flatten(joined)
    found += more
    places = _places(document)
    if not any(document.values.get(key) for key in SINGLES) and not _has_items(document):
        return Parsed(None, (*found, _nothing(texts)) if not errors(found) else tuple(found), places)
    found += _missing(document, complete_reading=not errors(found))
    definitions: Definitions | None = None
    try:
        definitions = Definitions.model_validate(document.plain)
    except ValidationError as error:
        names = {id(node): name for name, node in named(document)}
        found += [
            complaint(e, document, names)
            for e in error.errors(include_url=False)
            if not (e["type"] == "missing" and len(e["loc"]) == 1 and e["loc"][0] in SINGLES)
        ]
    found.sort(key=lambda f: (f.place.file or "", f.place.line or 0, f.place.column or 0))
    return Parsed(None if errors(found) else definitions, tuple(found), places)


def _has_items(document: Branch) -> bool:
    return any(isinstance(node, Series) and node.items for node in document.values.values())


def _missing(document: Branch, *, complete_reading: bool) -> list[Finding]:
    """Singles that no file gives; said only when every file could be read, since one of them may hold it."""
    return [
        Finding(
            "DEF-MISSING",
            Level.ERROR,
            Place(),
            f"No file of this folder says anything under the key `{key}`.",
            f"Add `{key}:` with a `code` and a `name` to one of the files.",
        )
        for key in SINGLES
        if complete_reading and key not in document.values
    ]


def _nothing(texts: Mapping[str, str]) -> Finding:
    message = "There is nothing in these files." if texts else "There is no .yaml file here."
    fix = "Add a file with the keys organisation, units, strategy, perspectives, objectives and kpis."
    return Finding("DEF-EMPTY", Level.ERROR, Place(next(iter(texts), None)), message, fix)


def _places(document: Branch) -> Mapping[str, Place]:
    """Where each thing and each of its keys stands; the second thing of one name is `kpi:ed_4h@2`."""
    places: dict[str, Place] = {}
    counts: dict[str, int] = {}
    for name, node in named(document):
        counts[name] = counts.get(name, 0) + 1
        place = Place(node.place.file, node.place.line, node.place.column, name)
        places[name if counts[name] == 1 else f"{name}@{counts[name]}"] = place
        for key, value in node.values.items() if isinstance(node, Branch) else ():
            at = value.place
            places.setdefault(f"{name}.{key}", Place(at.file, at.line, at.column, name))
            for i, item in enumerate(value.items if isinstance(value, Series) else ()):
                at = item.place
                places.setdefault(f"{name}.{key}#{i}", Place(at.file, at.line, at.column, name))
    return MappingProxyType(places)
