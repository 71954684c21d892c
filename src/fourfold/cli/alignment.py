"""`fourfold alignment FOLDER`."""

from __future__ import annotations

from typing import Final

from fourfold.cli.options import Folder, Form, OfUnit, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "alignment"


def run(
    path: Folder,
    unit: OfUnit = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Say how far units pull in one direction: up, down, with their neighbours, and their people.

    Exit code 1 when the folder has errors, 4 when there is no such unit.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).alignment(unit), form, out)
