"""Definitions → the texts of a folder, ready to be read, edited, compared and parsed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, TypeAlias

from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.kpi import Kpi
from fourfold.engine.definitions.scorecard import Definitions
from fourfold.engine.definitions.text.emit import Value, entry, lines
from fourfold.engine.definitions.text.folder import FORMAT, NESTED, SINGLES

#: The fields of one thing that are written.
Fields: TypeAlias = dict[str, Value]
#: Which keys stand in which file, in this order; `uses` and `targets` are nested where that keeps their order.
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation.yaml": ("organisation",),
    "units.yaml": ("units",),
    "people.yaml": ("people",),
    "strategy.yaml": ("strategy", "perspectives", "themes", "objectives", "uses", "links"),
    "kpis.yaml": ("kpis", "targets"),
    "initiatives.yaml": ("initiatives",),
    "notes.yaml": ("notes",),
    "steps.yaml": ("steps",),
}
#: Entries with an empty line between them.
_APART: Final = frozenset({"kpis", "objectives", "initiatives", "notes"})
#: Longest text of one file; a longer list goes on in `kpis-02.yaml`, well below what `parse` accepts.
_LONGEST: Final = 3_000_000


def write(definitions: Definitions) -> dict[str, str]:
    """File name → text, such that `parse(write(d)).definitions == d`.

    Defaults are left out, decimals keep every digit, order is kept. A file without content is not written.

    >>> from fourfold.engine.definitions import Organisation, Strategy, Unit
    >>> o, s = Organisation(code="o", name="O"), Strategy(code="s", name="S")
    >>> print(write(Definitions(organisation=o, strategy=s, units=(Unit(code="u", name="U"),)))["units.yaml"])
    units:
      - code: u
        name: U
    <BLANKLINE>
    """
    content = _content(definitions)
    texts: dict[str, str] = {}
    for file, keys in FILES.items():
        parts = [part for key in keys for part in _parts(key, content[key])]
        if file == "organisation.yaml":
            parts.insert(0, ("format", f"{FORMAT}\n"))
        chunks = list(_chunks(parts))
        for number, chunk in enumerate(chunks, 1):
            texts[file if len(chunks) == 1 else file.replace(".", f"-{number:03}.")] = chunk
    return texts


def _parts(key: str, items: Sequence[Mapping[str, Value]]) -> Iterator[tuple[str, str]]:
    """(key, text) of each entry; a single is one entry."""
    for item in items:
        indented = lines(item, "  ") if key in SINGLES else entry(item, "  ")
        yield key, "\n".join(indented) + "\n"


def _chunks(parts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Texts of files, none much longer than `_LONGEST`: each key once per file, its entries below it."""
    chunk: list[str] = []
    size, above = 0, ""
    for key, text in parts:
        if size + len(text) > _LONGEST:
            yield "".join(chunk)
            chunk, size, above = [], 0, ""
        if key != above:
            start = "" if not chunk else "\n"
            chunk.append(f"{start}{key}: {text}" if key == "format" else f"{start}{key}:\n{text}")
        else:
            chunk.append(f"\n{text}" if key in _APART else text)
        size, above = size + len(text), key
    if chunk:
        yield "".join(chunk)


def _content(d: Definitions) -> dict[str, list[Fields]]:
    """Each key with its entries; a single is a list of one."""
    content = {
        key: [fields_of(item) for item in (value if isinstance(value, tuple) else (value,))]
        for key, value in ((key, getattr(d, key)) for key in Definitions.model_fields)
    }
    for parents, key, flat, owner in NESTED:
        groups = _grouped([c["code"] for c in content[parents]], content[flat], owner)
        if groups is not None:
            for holder in content[parents]:
                if nested := groups[holder["code"]]:
                    holder[key] = [{k: v for k, v in item.items() if k != owner} for item in nested]
            content[flat] = []
    return content


def _grouped(codes: Sequence[Value], items: Sequence[Fields], owner: str) -> dict[Value, list[Fields]] | None:
    """Items by their owner, or None where nesting them would lose one or change their order."""
    groups: dict[Value, list[Fields]] = {code: [] for code in codes}
    for item in items:
        if item[owner] not in groups:
            return None
        groups[item[owner]].append(item)
    nested = [id(item) for group in groups.values() for item in group]
    return groups if len(groups) == len(codes) and nested == [id(item) for item in items] else None


def fields_of(item: Definition) -> Fields:
    """The fields that say something: no defaults, in the order of the type."""
    return {
        name: _value(getattr(item, name))
        for name, field in type(item).model_fields.items()
        if getattr(item, name) != field.get_default(call_default_factory=True) or _must_say(item, name)
    }


def _must_say(item: Definition, name: str) -> bool:
    """A ratio in % whose factor is 1 must say so, or `complete` would take it for 100."""
    return name == "factor" and isinstance(item, Kpi) and item.unit == "%" and name in item.model_fields_set


def _value(value: object) -> Value:
    if isinstance(value, Definition):
        return fields_of(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Mapping):
        return {str(key): _value(v) for key, v in value.items()}
    if isinstance(value, tuple):
        return [_value(v) for v in value]
    return value  # type: ignore[return-value]  # a scalar: the types of definitions hold nothing else
