"""`fourfold demo`."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import Annotated, Final

import typer

import fourfold
from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import folder, print_findings
from fourfold.cli.serve import free_address, open_at, start, stop_at_once

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
    """Build the demo organisation in its own database, print the sign-in, start the server, print its address.

    A second start finds the database built and only sets a fresh password. Remove the data folder to begin anew.
    """
    stop_at_once()
    folder(path)
    address = "" if only_build else free_address(host, port, instead="fourfold demo --port {0}, or make demo PORT={0}")
    database = data / "fourfold.sqlite3"
    is_new = not database.exists()
    os.environ["FOURFOLD_DATA"] = str(data.absolute())
    os.environ["DATABASE_URL"] = f"sqlite:///{database.absolute()}"
    open_at(host, port)
    if is_new:
        typer.echo(f"making {database} …")
    set_up()
    prepare(migrate=True)
    _load(path, data / STAMP, is_new=is_new)
    if only_build:
        return
    password = _password(email)
    typer.echo(f"\n  Sign in   {email}\n  Password  {password}\n")
    start(address, port)


def _load(path: Path, stamp: Path, *, is_new: bool) -> None:
    """Load the folder unless just this folder was loaded before."""
    files = sorted(f for f in path.rglob("*") if f.is_file())
    content = b"".join(str(f.relative_to(path)).encode() + f.read_bytes() for f in files)
    digest = hashlib.sha256(fourfold.__version__.encode() + content).hexdigest()
    if not is_new and stamp.exists() and stamp.read_text() == digest:
        typer.echo(f"{path} is loaded already")
        return
    from fourfold.actions.load_folder import load_folder  # not before: half a second of every start

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
