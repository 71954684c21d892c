"""A drawing as a file of its own, with the colours of the light theme inside, for any program that shows SVG."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders

from fourfold.graphics.svg import Svg

_TOKEN: Final = re.compile(r"--([\w-]+):\s*([^;]+);")
_RULE: Final = re.compile(r"^\s*([.#:\w][^{}@/]*)\{([^{}]*)\}", re.MULTILINE)
_FONT: Final = re.compile(r"font:\s*(\d+)\s+([\d.]+px)\s+([^;}]+)")
_VARIABLE: Final = re.compile(r"var\(--([\w-]+)\)")
_THEMED: Final = re.compile(r"light-dark\(([^,()]+(?:\([^)]*\))?),\s*[^()]+(?:\([^)]*\))?\)")


def size_of(drawing: Svg) -> tuple[float, float]:
    """Width and height of a drawing, in pixels."""
    *_, width, height = _box(drawing)
    return float(width), float(height)


def fonts() -> dict[str, Path]:
    """The files of the type that drawings are set in, by family."""
    path = finders.find("fonts/source-sans-3-latin-wght-normal.woff2")
    assert isinstance(path, str)
    return {"Source Sans 3": Path(path)}


def _box(drawing: Svg) -> list[str]:
    return re.search(r'viewBox="([^"]*)"', drawing.split(">", 1)[0])[1].split()  # type: ignore[index]


def standalone(drawing: Svg) -> str:
    """The drawing with everything it needs: nothing in it refers to anything outside.

    Fonts are said part by part, as programs outside a browser know them. Rules that none of them knows (hover, focus,
    animations) do no harm and are left in.
    """
    tag, rest = drawing.split(">", 1)
    tag = re.sub(r' width="[^"]*"', "", tag)  # of a page, where it is not drawn smaller than that
    left, top, width, height = _box(drawing)
    head = f'{tag} xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    paper = f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{_resolved("var(--paper)")}"/>'
    return f"{head}<style>{_rules()}</style>{paper}{rest}"


@cache
def _rules() -> str:
    """The rules of drawings, with the values of the light theme in the place of names."""
    rules = ((name.strip(), _resolved(body.strip())) for name, body in _RULE.findall(_css("graphics")))
    long = r"font-weight: \1; font-size: \2; font-family: \3"
    return "".join(f"{name}{{{_FONT.sub(long, body)}}}" for name, body in rules)


@cache
def _tokens() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _TOKEN.findall(_css("tokens")):
        found.setdefault(name, _THEMED.sub(r"\1", value.strip()))  # later ones are of other themes and prints
    return found


def _resolved(text: str) -> str:
    while _VARIABLE.search(text):
        text = _VARIABLE.sub(lambda match: _tokens().get(match[1], "currentColor"), text)
    return _THEMED.sub(r"\1", text)


def _css(name: str) -> str:
    path = finders.find(f"css/{name}.css")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as file:
        return re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
