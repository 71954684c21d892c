"""A theme: a vertical slice of the strategy through its perspectives."""

from __future__ import annotations

from fourfold.engine.definitions.base import Code, Definition, Name, Text


class Theme(Definition):
    """A theme and the result it should bring."""

    code: Code  # names the theme for ever
    name: Name  # what people read
    result: Text = ""  # what it should bring
