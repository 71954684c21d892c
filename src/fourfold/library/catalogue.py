"""The KPIs of the library, read from its YAML files when somebody first asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final

import yaml

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind
from fourfold.engine.formulas.problems import closest
from fourfold.engine.periods import Frequency
from fourfold.engine.scoring import Polarity
from fourfold.errors import FourfoldError, Kind
from fourfold.library.kpi import Input, LibraryKpi

#: LibYAML where it is built in: ten times as fast.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Industries of KPIs that fit any.
EVERY_INDUSTRY: Final = "all"


class UnknownKpi(FourfoldError):
    """The library has no such KPI."""

    kind = Kind.NOT_FOUND


class UnknownIndustry(FourfoldError):
    """The library has no such industry."""

    kind = Kind.NOT_FOUND


@cache
def kpis() -> Mapping[str, LibraryKpi]:
    """Every KPI of the library by its id, in the order of their ids.

    >>> len(kpis()), kpis()["K012"].expression
    (226, 'receivables * days_in_period / credit_sales')
    """
    found = [_kpi(entry) for file in files("kpis") for entry in read(file)]
    return MappingProxyType({kpi.id: kpi for kpi in sorted(found, key=lambda kpi: kpi.id)})


def find(name: str) -> LibraryKpi:
    """The KPI with this id, code, name or synonym, whatever its capitals; `UnknownKpi` where there is none.

    >>> find("dso").name
    'Days sales outstanding'
    """
    wanted = name.strip().casefold()
    names = _names()
    if wanted not in names:
        near = closest(wanted, names, 0.7)
        found = f"Did you mean “{kpis()[names[near]].name}”?" if near else "Look for it: fourfold library search WORDS"
        raise UnknownKpi(f"The library has no KPI “{name}”.", hint=found)
    return kpis()[names[wanted]]


def browse(*, function: str = "", perspective: str = "", industry: str = "") -> tuple[LibraryKpi, ...]:
    """The KPIs of a function, a perspective and an industry (those for every industry among them), by name."""
    given = (
        kpi
        for kpi in kpis().values()
        if (not function or kpi.function == function)
        and (not perspective or kpi.perspective == perspective)
        and (not industry or kpi.industry in (industry, EVERY_INDUSTRY))
    )
    return tuple(sorted(given, key=lambda kpi: kpi.name))


def choices() -> Mapping[str, tuple[str, ...]]:
    """What can be browsed by: the functions, perspectives and industries there are, in alphabetical order."""
    every = kpis().values()
    return {
        "function": tuple(sorted({kpi.function for kpi in every})),
        "perspective": tuple(sorted({kpi.perspective for kpi in every})),
        "industry": tuple(sorted({kpi.industry for kpi in every} - {EVERY_INDUSTRY})),
    }


def files(folder: str = "") -> Iterator[Traversable]:
    """The YAML files of a folder of this package, in the order of their names."""
    there = resources.files(__package__).joinpath(folder).iterdir()
    yield from sorted((file for file in there if file.name.endswith(".yaml")), key=lambda file: file.name)


def read(file: Traversable) -> Any:
    """What a YAML file of this package says."""
    return yaml.load(file.read_text("utf-8"), Loader=_LOADER)


@cache
def _names() -> Mapping[str, str]:
    """Id by every name: its own name wins over a synonym of another."""
    every = tuple(kpis().values())
    synonyms = {word.casefold(): kpi.id for kpi in reversed(every) for word in kpi.synonyms}
    return synonyms | {word.casefold(): kpi.id for kpi in every for word in (kpi.id, kpi.code, kpi.name)}


def _kpi(entry: dict[str, Any]) -> LibraryKpi:
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return LibraryKpi(**given | {
        "kind": MeasureKind(entry["kind"]),
        "polarity": Polarity(entry["polarity"]),
        "frequency": Frequency(entry["frequency"]),
        "aggregate_time": AggTime(entry["aggregate_time"]),
        "aggregate_units": AggUnits(entry["aggregate_units"]),
        "inputs": MappingProxyType({name: Input(**told) for name, told in entry["inputs"].items()}),
    })  # fmt: skip
