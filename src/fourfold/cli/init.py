"""`fourfold init FOLDER`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.output import Misused

NAME: Final = "init"
FIGURES: Final = "measurements/figures.csv"
FILES: Final = ("organisation.yaml", "strategy.yaml", "kpis.yaml", FIGURES)


def run(
    path: Annotated[Path | None, typer.Argument(metavar="FOLDER", help="A folder that is new or empty.")] = None,
    template: Annotated[
        str, typer.Option("--template", metavar="NAME", help="The scorecard of an industry, with two years of figures.")
    ] = "",
    show: Annotated[bool, typer.Option("--list", help="List the templates and stop.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="Without a scorecard, which is built in the browser.")] = False,
    name: Annotated[str, typer.Option(help="With --empty: the name of the organisation.")] = "Our organisation",
    email: Annotated[str, typer.Option(help="With --empty: the e-mail address of who builds it.")] = "",
) -> None:
    """Make a folder that runs: a small scorecard with ten months of figures, to change into your own.

    With --template it is the complete scorecard of an industry, whose figures end with the month before this one. With
    --empty it holds an organisation and one person alone.
    """
    if show:
        _list()
        return
    if path is None:
        raise Misused("No folder is named.", hint="Name a new one: fourfold init FOLDER")
    if template and empty:
        raise Misused("--template and --empty contradict each other.", hint="Leave one of them out.")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Misused(f"{path} is not empty.", hint="Name a new folder, so that nothing of yours is overwritten.")
    if empty:
        _write(path, _empty(name, email))
        typer.echo(f"\nNext: fourfold load {path}\n      fourfold password {email}")
        return
    _write(path, _of_template(template, datetime.now(UTC).date()) if template else _starter())
    typer.echo(f"\nNext: fourfold check {path}\n      fourfold evaluate {path}")


def _list() -> None:
    """Each template with what it is for, and what is in it."""
    from fourfold.library.template import templates

    today = datetime.now(UTC).date()
    width = max(map(len, templates()))
    for code, template in templates().items():
        made = template.definitions(today)
        size = f"{len(made.objectives)} objectives, {len(made.kpis)} KPIs, {len(made.units)} units"
        typer.echo(f"{code:{width}}  {template.words} ({size})")


def _starter() -> dict[str, str]:
    starter = files("fourfold.library") / "starter"
    return {name: (starter / name).read_text(encoding="utf-8") for name in FILES}


def _of_template(code: str, today: date) -> dict[str, str]:
    """The files of a template, its figures among them."""
    from fourfold.library.template import find_template
    from fourfold.library.template_figures import figures_text

    template = find_template(code)
    return template.texts(today) | {FIGURES: figures_text(template, template.definitions(today), today)}


def _write(path: Path, texts: dict[str, str]) -> None:
    try:
        for name, text in texts.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(text, encoding="utf-8")
            typer.echo(f"wrote {path / name}")
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misused(f"{path} cannot be made: {why}.", hint="Name a folder where you may write.") from None


def _name_in(email: str) -> str:
    """What to call somebody until they say it themselves.

    >>> _name_in("robin.van-dijk@example.org")
    'Robin Van Dijk'
    """
    return " ".join(re.split(r"[._+-]+", email.partition("@")[0])).title().strip() or email


def _empty(name: str, email: str) -> dict[str, str]:
    """An organisation with one unit, a draft strategy and the person who builds it."""
    from pydantic import ValidationError

    from fourfold.engine.definitions import Definitions
    from fourfold.engine.definitions.write import write
    from fourfold.engine.words import as_code

    code = as_code(name).lower()
    if not email:
        raise Misused("Nobody would be able to build it.", hint="Name who does: --email you@your-place.example")
    try:
        return write(Definitions.model_validate({
            "organisation": {"code": code, "name": name},
            "units": [{"code": code, "name": name, "kind": "corporate"}],
            "people": [{"code": "owner", "name": _name_in(email), "email": email, "role": "admin"}],
            "strategy": {"code": "strategy", "name": f"Strategy of {name}", "state": "draft"},
        }))  # fmt: skip
    except ValidationError as error:
        raise Misused(f"The name or the address cannot be used: {error.errors()[0]['msg']}.") from None
