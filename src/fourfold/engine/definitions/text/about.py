"""What the types themselves say about their fields: the comments beside them, for the schema and the reference."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from fourfold.engine.definitions.base import Definition

_FIELD: Final = re.compile(r"    (\w+): .*")


@cache
def comments(type_: type[Definition]) -> Mapping[str, str]:
    """The comment of each field: behind it on its line, or `#:` on the line above a long one.

    >>> from fourfold.engine.definitions import Unit
    >>> comments(Unit)["parent"]
    'The unit it is part of; none for the root.'
    """
    found: dict[str, str] = {}
    above = ""
    for line in inspect.getsource(type_).splitlines():
        if line.startswith("    #:"):
            above = line.removeprefix("    #:").strip()
        elif match := _FIELD.fullmatch(line):
            found[match[1]] = _sentence(above or line.partition("  # ")[2])
            above = ""
        elif not line.startswith("     "):
            above = ""
    return {name: found[name] for name in type_.model_fields}


def summary(type_: type[Definition]) -> str:
    """The docstring of a type, each paragraph on one line."""
    paragraphs = inspect.cleandoc(type_.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _sentence(comment: str) -> str:
    """A comment as a sentence; one that begins with code or a quotation keeps its first letter."""
    text = comment.strip()
    return (text[:1].upper() + text[1:]).rstrip(".") + ("" if text.endswith("…") else ".") if text else ""
