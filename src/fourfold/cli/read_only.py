"""`fourfold read-only on|off`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import make_data_folder, set_up

NAME: Final = "read-only"


class Switch(StrEnum):
    """The two positions."""

    ON = "on"
    OFF = "off"


def run(
    switch: Annotated[Switch, typer.Argument(help="on: people read, nobody writes.")],
    why: Annotated[str, typer.Option("--why", help="What people are told, such as “until 18:00, upgrade”.")] = "",
) -> None:
    """Let people read and nobody write, from the next request on; or end that.

    Every page says so, and what would write answers 503 and saves nothing. Signing in works. The setting
    FOURFOLD_READ_ONLY does the same for one process.
    """
    set_up()
    make_data_folder()
    from fourfold.actions.switch_read_only import switch_read_only

    typer.echo(switch_read_only(by=None, on=switch is Switch.ON, why=why).summary)
