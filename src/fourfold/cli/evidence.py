"""`fourfold evidence FOLDER`."""

from __future__ import annotations

from typing import Final

from fourfold.cli.options import AsOf, AtUnit, Folder, Form, Out, Seed
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "evidence"


def run(
    path: Folder,
    unit: AtUnit = None,
    as_of: AsOf = None,
    seed: Seed = 1,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Test the links of the strategy map on the figures, all together, and say what came out.

    A link is tested when it names a sign and a lag window of at most four periods, and 24 periods are there.
    `fourfold explain FOLDER 'SOURCE>TARGET' --about evidence` shows a test. Exit code 1 when the folder has errors, 4
    when there is no such unit.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).evidence(unit, as_of=as_of, seed=seed), form, out)
