"""How a number came about, as a page says it: things by the names that people gave them, not by their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fourfold.engine.definitions import Definitions
from fourfold.web.components.field_words import names_of

#: A node of the scorecard, or a KPI, as a working names them.
_NODE: Final = re.compile(r"\b(?:(?P<noun>perspective|theme|objective|kpi):|KPI )(?P<code>[\w-]+)")


def working_lines(working: object, seen: Definitions) -> list[str]:
    """The sentences of a working; give what the reader may see, what is not among it keeps its code."""
    names = names_of(seen)
    return [said(line, names) for line in str(working).splitlines()]


def said(line: str, names: Mapping[str, str]) -> str:
    """One sentence with names.

    >>> names = {"perspective:people": "People & learning", "kpi:sales": "Sales"}
    >>> said("perspective:people counts 20% with 73.1.", names)
    '“People & learning” counts 20% with 73.1.'
    >>> said("scorecard has 71.0, with KPI sales at 74.3 and kpi:secret at 2.", names)
    'Scorecard has 71.0, with “Sales” at 74.3 and kpi:secret at 2.'
    """
    named = _NODE.sub(lambda found: _named(found, names), line)
    return named[:1].upper() + named[1:] if named.startswith("scorecard") else named


def _named(found: re.Match[str], names: Mapping[str, str]) -> str:
    name = names.get(f"{found['noun'] or 'kpi'}:{found['code']}")
    return f"“{name}”" if name else found[0]
