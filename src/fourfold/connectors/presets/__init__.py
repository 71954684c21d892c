"""Ready feeds for products: what to ask of them, and which column is what; the KPI and the unit are one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Preset:
    """One ready feed of a product."""

    code: str
    name: str
    ask: Mapping[str, str]
    columns: Mapping[str, str]
    adding: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product that is known: the kind of source that it is, how one signs in, and its ready feeds."""

    code: str
    product: str
    kind: str
    about: str
    connection: Mapping[str, str]
    feeds: tuple[Preset, ...]


@cache
def products() -> Mapping[str, Product]:
    """All of them by their codes, in the order of their codes."""
    found: dict[str, Product] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        said = yaml.safe_load(path.read_text("utf-8"))
        feeds = tuple(Preset(**feed) for feed in said.pop("feeds"))
        found[path.stem] = Product(path.stem, **said, feeds=feeds)
    return found


def presets_of(kind: str) -> tuple[tuple[str, Product, Preset], ...]:
    """The ready feeds of a kind of source, each with the name under which addresses ask for it."""
    of_kind = (product for product in products().values() if product.kind == kind)
    return tuple((f"{p.code}.{feed.code}", p, feed) for p in of_kind for feed in p.feeds)
