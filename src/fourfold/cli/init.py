"""`fourfold init FOLDER`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from fourfold.cli.output import Misused
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.engine.words import as_code

NAME: Final = "init"
FILES: Final = ("organisation.yaml", "strategy.yaml", "kpis.yaml", "measurements/figures.csv")


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is new or empty.")],
    empty: Annotated[bool, typer.Option("--empty", help="Without a scorecard, which is built in the browser.")] = False,
    name: Annotated[str, typer.Option(help="With --empty: the name of the organisation.")] = "Our organisation",
    email: Annotated[str, typer.Option(help="With --empty: the e-mail address of who builds it.")] = "",
) -> None:
    """Make a starter folder that runs: a small scorecard with ten months of figures, to change into your own.

    With --empty it holds an organisation and one person alone.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Misused(f"{path} is not empty.", hint="Name a new folder, so that nothing of yours is overwritten.")
    if empty:
        _write_empty(path, name, email)
        return
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


def _write_empty(path: Path, name: str, email: str) -> None:
    """An organisation with one unit, a draft strategy and the person who builds it."""
    code = as_code(name).lower()
    if not email:
        raise Misused("Nobody would be able to build it.", hint="Name who does: --email you@your-place.example")
    try:
        definitions = Definitions.model_validate({
            "organisation": {"code": code, "name": name},
            "units": [{"code": code, "name": name, "kind": "corporate"}],
            "people": [{"code": "owner", "name": email.partition("@")[0], "email": email, "role": "admin"}],
            "strategy": {"code": "strategy", "name": f"Strategy of {name}", "state": "draft"},
        })  # fmt: skip
        path.mkdir(parents=True, exist_ok=True)
        for file, text in write(definitions).items():
            (path / file).write_text(text, encoding="utf-8")
            typer.echo(f"wrote {path / file}")
    except ValidationError as error:
        raise Misused(f"The name or the address cannot be used: {error.errors()[0]['msg']}.") from None
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misused(f"{path} cannot be made: {why}.", hint="Name a folder where you may write.") from None
    typer.echo(f"\nNext: fourfold load {path}\n      fourfold password {email}")
