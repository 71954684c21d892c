"""What is true of every drawing: sound XML, nothing the content policy refuses, a name, all of it inside its box."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from hypothesis import strategies as st

from fourfold.engine.statuses import Status
from fourfold.graphics.svg import Svg, text_width

#: Everything a number can be where a drawing expects one.
EXTREMES = (None, 0.0, -0.0, 50.0, 100.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"))
numbers = st.one_of(st.sampled_from(EXTREMES), st.floats(), st.floats(-200, 200))
known = st.floats(-1e9, 1e9)
series = st.lists(numbers, max_size=30)
marks = st.one_of(st.none(), st.sampled_from(list(Status)), st.sampled_from(["on", "near", "off", "due", "none", "?"]))
names = st.one_of(
    st.sampled_from(
        ["", "Costs", "R&D <b>", "\x00\x1b", 'a"b', "Wartezeit bis zur Entlassung der Patientinnen " * 3, "検査"]
    ),
    st.text(max_size=60),
).map(str.strip)

NUMBERS = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
GEOMETRY = {"x", "y", "cx", "cy", "r", "rx", "width", "height"}
SIZES = {"tick": 12, "gl": 14, "lb": 13, "pn": 14.5, "ps": 17, "nn": 14, "ns": 14, "nx": 13, "note-n": 12}
Point = tuple[float, float]


def sound(svg: Svg, *, named: bool = True, slack: float = 1.0) -> ElementTree.Element:
    """The drawing as a tree, once everything that must be true of it is."""
    root = ElementTree.fromstring(svg)  # our own text, made a line ago
    assert root.tag == "svg"
    for element in root.iter():
        for key, value in element.attrib.items():
            assert key != "style" and not key.startswith("on"), f"the content policy refuses {key}="
            assert not (key == "href" and value.lower().startswith("javascript:"))
            if key in GEOMETRY:
                assert NUMBERS.fullmatch(value), f"{key}={value}"
            if key == "d":
                assert re.fullmatch(r"[MLHVQZmlhvz\d\s.-]*", value), value
        if element.tag in ("rect",):
            assert float(element.get("width", 0)) >= 0 and float(element.get("height", 0)) >= 0
    if named:
        assert alternative(root), "no text alternative"
    inside(root, slack)
    return root


def alternative(root: ElementTree.Element) -> str:
    """What assistive technology reads; "hidden" where the words stand beside the drawing."""
    if root.get("aria-hidden") == "true":
        return "hidden"
    ids = {e.get("id"): "".join(e.itertext()) for e in root.iter() if e.get("id")}
    labelled = " ".join(ids.get(key, "") for key in root.get("aria-labelledby", "").split())
    return (root.get("aria-label") or labelled).strip() if root.get("role") in ("img", "group") else ""


def box(root: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the view box."""
    x, y, width, height = (float(v) for v in root.attrib["viewBox"].split())
    return x, y, x + width, y + height


def inside(root: ElementTree.Element, slack: float) -> None:
    """Every point of every shape and the ends of every text lie in the view box."""
    left, top, right, bottom = box(root)
    for element in drawn(root):
        for x, y in points(element):
            assert left - slack <= x <= right + slack, (
                f"{x} is beside {left} to {right}: {ElementTree.tostring(element)!r}"
            )
            assert top - slack <= y <= bottom + slack, (
                f"{y} is beyond {top} to {bottom}: {ElementTree.tostring(element)!r}"
            )


def drawn(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """All elements that paint in the coordinates of the drawing; markers have their own."""
    for child in element:
        if child.tag not in ("defs", "title", "desc"):
            yield child
            yield from drawn(child)


def points(element: ElementTree.Element) -> list[Point]:
    """The corners of an element, without its stroke."""

    def get(key: str) -> float:
        return float(element.get(key, 0))

    if element.tag == "rect":
        return [(get("x"), get("y")), (get("x") + get("width"), get("y") + get("height"))]
    if element.tag == "circle":
        return [(get("cx") - get("r"), get("cy") - get("r")), (get("cx") + get("r"), get("cy") + get("r"))]
    if element.tag == "text":
        words = (element.text or "") + "".join(child.tail or "" for child in element)
        width = text_width(words, next(SIZES[c] for c in element.get("class", "").split() if c in SIZES))
        share = {"end": 1.0, "middle": 0.5}.get(element.get("text-anchor", ""), 0.0)
        return [(get("x") - width * share, get("y")), (get("x") + width * (1 - share), get("y"))]
    return corners(element.get("d", ""))


def corners(data: str) -> list[Point]:
    """The points of path data, control points of curves included."""
    out: list[Point] = []
    x = y = 0.0
    for command, rest in re.findall(r"([MLHVQZmlhvz])([^MLHVQZmlhvz]*)", data):
        values = [float(v) for v in NUMBERS.findall(rest)]
        if command in "Hh":
            x = values[-1] + (x if command == "h" else 0)
            out.append((x, y))
        elif command in "Vv":
            y = values[-1] + (y if command == "v" else 0)
            out.append((x, y))
        else:
            assert len(values) % 2 == 0, data
            for dx, dy in zip(values[::2], values[1::2], strict=True):
                x, y = (x + dx, y + dy) if command in "ml" else (dx, dy)
                out.append((x, y))
    return out
