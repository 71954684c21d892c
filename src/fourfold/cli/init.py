"""`fourfold init FOLDER`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.output import Misused

NAME: Final = "init"
FILES: Final = ("organisation.yaml", "strategy.yaml", "kpis.yaml", "measurements/figures.csv")


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is new or empty.")],
) -> None:
    """Make a starter folder that runs: a small scorecard with ten months of figures, to change into your own."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Misused(f"{path} is not empty.", hint="Name a new folder, so that nothing of yours is overwritten.")
    starter = files("fourfold.library") / "starter"
    try:
        (path / "measurements").mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (path / name).write_text((starter / name).read_text(encoding="utf-8"), encoding="utf-8")
            typer.echo(f"wrote {path / name}")
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misused(f"{path} cannot be made: {why}.", hint="Name a folder where you may write.") from None
    typer.echo(f"\nNext: fourfold check {path}\n      fourfold evaluate {path}")
