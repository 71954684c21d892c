"""`fourfold serve`."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "serve"


def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Start the web server; settings come from the environment (see docs/reference/settings.md)."""
    set_up()
    prepare()
    start(host, port)


def start(host: str, port: int) -> None:
    """Replace this process by the server, so that signals reach it and nothing is held in memory twice."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "warning", "fourfold.project.asgi:application",
    ]  # fmt: skip
    os.environ["FOURFOLD_DATA"] = str(settings.DATA_DIR)
    sys.stdout.flush()
    os.execv(command[0], command)
