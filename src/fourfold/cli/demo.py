"""`fourfold demo`."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused, folder, print_findings
from fourfold.cli.serve import start

NAME: Final = "demo"
WHO: Final = "ingrid.holm@caldervale.example"
STAMP: Final = "demo.sha256"
FOLDER: Final = Path("examples/calder_vale")


def run(
    path: Annotated[Path, typer.Option("--folder", help="The scorecard folder to show.")] = FOLDER,
    data: Annotated[
        Path, typer.Option(envvar="FOURFOLD_DATA", help="Where the demo keeps its database.")
    ] = Path(".demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    email: Annotated[str, typer.Option(help="Who signs in.")] = WHO,
    only_build: Annotated[bool, typer.Option("--only-build", help="Build the database and stop.")] = False,
) -> None:
    """Build the demo organisation in its own database, start the server, print address and sign-in.

    A second start finds the database built and only sets a fresh password. Remove the data folder to begin anew.
    """
    folder(path)
    if not only_build:
        _require_free(host, port)
    data = data.absolute()
    data.mkdir(parents=True, exist_ok=True)
    os.environ["FOURFOLD_DATA"] = str(data)
    os.environ["DATABASE_URL"] = f"sqlite:///{data / 'fourfold.sqlite3'}"
    os.environ.setdefault("FOURFOLD_URL", f"http://{'localhost' if host == '127.0.0.1' else host}:{port}")
    set_up(data)
    prepare()
    _load(path, data)
    if only_build:
        return
    password = _password(email)
    typer.echo(f"\n  Open      {os.environ['FOURFOLD_URL']}\n  Sign in   {email}\n  Password  {password}")
    typer.echo("\n  Ctrl C stops it.\n")
    start(host, port)


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            hint = f"Stop what listens there, or choose another: fourfold demo --port {port + 1}"
            raise Misused(f"Port {port} on {host} is in use.", hint=hint) from None


def _load(path: Path, data: Path) -> None:
    """Load the folder unless just this folder was loaded before."""
    import fourfold
    from fourfold.actions.load_folder import load_folder

    files = sorted(f for f in path.rglob("*") if f.is_file() and f.suffix in (".yaml", ".csv"))
    content = b"".join(f.name.encode() + f.read_bytes() for f in files)
    digest = hashlib.sha256(fourfold.__version__.encode() + content).hexdigest()
    stamp = data / STAMP
    if stamp.exists() and stamp.read_text() == digest:
        typer.echo(f"{path} is loaded already")
        return
    typer.echo(f"loading {path} …")
    begun = time.monotonic()
    outcome = load_folder(by=None, path=path)
    if not outcome.ok:
        print_findings(outcome.findings)
        raise typer.Exit(1)
    stamp.write_text(digest)
    typer.echo(f"{outcome.summary} ({time.monotonic() - begun:.1f} s)")


def _password(email: str) -> str:
    from fourfold.actions.set_password import set_password

    password = secrets.token_urlsafe(12)
    set_password(by=None, email=email, password=password)
    return password
