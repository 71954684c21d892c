"""A source: a database that figures come from."""

from __future__ import annotations

from fourfold.engine.definitions.base import Code, Definition, Line, Name


class Source(Definition):
    """A database. It is only ever read."""

    code: Code  # names the source for ever, in feeds and on the command line
    name: Line = ""  # what people call it
    #: A SQLite file, by its path from the folder (`.gz` is unpacked in memory), or `postgresql://HOST/NAME`.
    database: Name
