"""How far a long command is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from fourfold.cli.output import console
from fourfold.engine.progress import Progress


@contextmanager
def progress(noun: str) -> Iterator[Progress]:
    """A bar where somebody looks on; else a line where a stage begins, and, after the first second, a line a second.

    It is told the stage, how many of the noun are done, and of how many: 0 where nobody knows. A stage begins with
    0 of 0; one that never does is quick where it is short.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    out = console(stderr=True)
    if out.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=out) as bar:
            tasks: dict[str, int] = {}

            def draw(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = int(bar.add_task(stage, total=None))
                # house: it updates what is drawn
                bar.update(tasks[stage], completed=done, total=total or None)  # type: ignore[arg-type]

            yield draw
        return
    last = time.monotonic()

    def write(stage: str, done: int, total: int) -> None:
        nonlocal last
        if not (done or total):
            out.print(f"{stage} …")
        elif time.monotonic() - last >= 1:
            last = time.monotonic()
            out.print(f"{stage}: {done:,} of {total:,} {noun}" if total else f"{stage}: {done:,}")

    yield write
