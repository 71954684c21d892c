"""What a YAML text is made of once read: scalars, lists and mappings, each knowing its file, line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fourfold.engine.findings import Place

#: What pydantic is given: text stays text until the type of its field says what it should be.
Plain = str | bool | list["Plain"] | dict[str, "Plain"] | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value exactly as written; `quoted` is true for anything but a bare word."""

    text: str
    place: Place
    quoted: bool = False

    @property
    def is_empty(self) -> bool:
        """True for nothing, `null` and `~`: a key with nothing after it counts as left out."""
        return not self.quoted and self.text in ("", "~", "null")

    @property
    def plain(self) -> Plain:
        """None, a boolean for the bare words true and false, otherwise the text: `no` and `2026-01` stay text."""
        if self.quoted:
            return self.text
        return None if self.is_empty else {"true": True, "false": False}.get(self.text, self.text)


@dataclass(frozen=True, slots=True)
class Series:
    """A list."""

    items: list[Node]
    place: Place

    @property
    def plain(self) -> Plain:
        """A list of what its items hold."""
        return [item.plain for item in self.items]


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping in the order written; `places` says where each key stands."""

    values: dict[str, Node]
    place: Place
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def plain(self) -> Plain:
        """A dict without the keys that have nothing after them."""
        return {key: node.plain for key, node in self.values.items() if not is_empty(node)}

    def text(self, key: str) -> str | None:
        """The text of a scalar under `key`, or None."""
        node = self.values.get(key)
        return node.text if isinstance(node, Scalar) and not node.is_empty else None

    def without(self, *keys: str) -> Branch:
        """The same mapping without these keys."""
        return Branch({k: v for k, v in self.values.items() if k not in keys}, self.place, self.places)

    def given(self, **nodes: Node) -> Branch:
        """The same mapping with these keys as well, placed where their values are."""
        places = self.places | {key: node.place for key, node in nodes.items()}
        return Branch(self.values | nodes, self.place, places)


Node = Scalar | Series | Branch


def is_empty(node: Node) -> bool:
    """True when nothing was written after a key."""
    return isinstance(node, Scalar) and node.is_empty


def path_to(node: Node, steps: tuple[int | str, ...]) -> Iterator[tuple[int | str | None, Node, Place]]:
    """Walk down `steps` as far as they lead: (step, node, place of its key) from `node` itself on."""
    yield None, node, node.place
    for step in steps:
        if isinstance(node, Branch) and isinstance(step, str) and step in node.values:
            place = node.places.get(step, node.place)
            node = node.values[step]
        elif isinstance(node, Series) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            return
        yield step, node, place
