"""A drawing as a file of its own, with the colours of the light theme inside, for any program that shows SVG."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.contrib.staticfiles import finders

from fourfold.graphics.svg import Svg

_TOKEN: Final = re.compile(r"--([\w-]+):\s*([^;]+);")
_RULE: Final = re.compile(r"^\s*([.#:\w][^{}@/]*)\{([^{}]*)\}", re.MULTILINE)
_VARIABLE: Final = re.compile(r"var\(--([\w-]+)\)")
_THEMED: Final = re.compile(r"light-dark\(([^,()]+(?:\([^)]*\))?),\s*[^()]+(?:\([^)]*\))?\)")


def standalone(drawing: Svg) -> str:
    """The drawing with everything it needs: nothing in it refers to anything outside.

    Rules that no program outside a browser knows (hover, focus, animations) do no harm and are left in.
    """
    tag, rest = drawing.split(">", 1)
    left, top, width, height = re.search(r'viewBox="([^"]*)"', tag)[1].split()  # type: ignore[index]
    head = f'{tag} xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    paper = f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{_resolved("var(--paper)")}"/>'
    return f"{head}<style>{_rules()}</style>{paper}{rest}"


@cache
def _rules() -> str:
    """The rules of drawings, with the values of the light theme in the place of names."""
    return "".join(f"{name.strip()}{{{_resolved(body.strip())}}}" for name, body in _RULE.findall(_css("graphics")))


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
