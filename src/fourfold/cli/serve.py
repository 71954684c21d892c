"""`fourfold serve`."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused

NAME: Final = "serve"
HERE: Final = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "::"})


def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    migrate: Annotated[
        bool, typer.Option("--migrate/--no-migrate", help="Bring an older database up to date, or refuse it.")
    ] = True,
) -> None:
    """Start the web server; settings come from the environment (see docs/reference/settings.md)."""
    stop_at_once()
    # Before the database is touched: a server that runs already is not to have it changed beneath it.
    address = free_address(host, port, instead="--port {}")
    open_at(host, port)
    set_up()
    prepare(migrate=migrate)
    start(address, port)


def stop_at_once() -> None:
    """Let Ctrl C end this process wherever it is; what it was writing is a transaction.

    As an exception it could get lost in a finaliser, of which the migrations have many, and the server would start.
    """
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))


def free_address(host: str, port: int, *, instead: str) -> str:
    """The IP address of a host of this machine where nobody listens on the port; `instead` says how to take another."""
    try:
        # Where a name has several addresses, the old kind is the one that every browser tries.
        found = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), key=lambda f: f[0] != socket.AF_INET)
        family, kind, _, _, place = found[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise _refused(host, port, error, instead) from None
    except UnicodeError:  # a name that the domain name system has no room for
        raise _refused(host, port, OSError(), instead) from None
    return str(place[0])


def _refused(host: str, port: int, error: OSError, instead: str) -> Misused:
    if error.errno == errno.EADDRINUSE:
        hint = "Stop what listens there, or choose another: " + instead.format(port + 1 if port < 65535 else 8000)
        return Misused(f"Port {port} on {host} is in use.", hint=hint)
    if error.errno == errno.EACCES:
        hint = "Choose one above 1023, with a reverse proxy before it: docs/how-to/run-on-a-server.md"
        return Misused(f"This user may not listen on port {port}.", hint=hint)
    hint = "Write --host 127.0.0.1 for this machine alone, or --host 0.0.0.0 for all that can reach it."
    return Misused(f"{host} is not an address of this machine.", hint=hint)


def open_at(host: str, port: int) -> None:
    """Where the environment does not say what address people open, it is that of this server."""
    if not os.environ.get("FOURFOLD_URL", "").strip():
        name = "localhost" if host in HERE else f"[{host}]" if ":" in host else host
        os.environ["FOURFOLD_URL"] = f"http://{name}:{port}"


def start(address: str, port: int) -> None:
    """Replace this process by the server, so that signals reach it and nothing is held in memory twice.

    It takes a few seconds until the server listens; then it says where it is.
    """
    from django.conf import settings
    from django.core.management import call_command

    typer.echo("starting …")
    call_command("collectstatic", verbosity=0, interactive=False)
    command = [sys.executable, "-m", "fourfold.project.server", "--host", address, "--port", str(port)]
    os.environ["FOURFOLD_DATA"] = str(settings.DATA_DIR)
    # glibc keeps up to eight heaps for each processor, one for each busy thread; two hold 6 MB less and cost no time.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    sys.stdout.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl C waits until the server can hear it
    os.execv(command[0], command)
