"""Run a command with DATABASE_URL naming a PostgreSQL server: `python .ci/postgres.py pytest …`.

Which server: the one in DATABASE_URL; else one on 127.0.0.1:5432 that lets us in without a password; else a
throw-away one, made where `initdb` is installed and gone afterwards. Each run has a database name of its own.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

DATABASE = f"fourfold_{os.getpid()}"
HELP = """
The tests on PostgreSQL need a server, and there is none here. One of:
  sudo apt install postgresql                                 then the same command again
  DATABASE_URL=postgresql://user:password@host/name make …    one of yours, whose user may create databases
"""


def running_server() -> str | None:
    """The address of a server on this machine that needs no password."""
    for user in dict.fromkeys(("postgres", getpass.getuser())):
        try:
            with psycopg.connect(host="127.0.0.1", user=user, dbname="postgres", connect_timeout=2) as connection:
                row = connection.execute("select rolcreatedb from pg_roles where rolname = current_user").fetchone()
        except psycopg.OperationalError:
            continue
        if row and row[0]:
            return f"postgresql://{user}@127.0.0.1:5432/{DATABASE}"
    return None


def programs() -> Path | None:
    """The folder with initdb and pg_ctl; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def throw_away_server(binaries: Path) -> Iterator[str]:
    """A server of our own in a temporary folder, stopped and removed at the end. It refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="fourfold-postgres-") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, "user": user}
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], check=True, **quiet
        )  # type: ignore[call-overload]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        control = [binaries / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], check=True, **quiet)  # type: ignore[call-overload]
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/{DATABASE}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]


def main(command: list[str]) -> int:
    """The exit code of the command."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    with ExitStack() as stack:
        given = os.environ.get("DATABASE_URL", "")
        if given.startswith("postgres"):
            url, which = given, "the server in DATABASE_URL"
        elif running := running_server():
            url, which = running, "the server on 127.0.0.1:5432"
        elif binaries := programs():
            url, which = stack.enter_context(throw_away_server(binaries)), f"a throw-away server ({binaries})"
        else:
            print(HELP, file=sys.stderr)
            return 1
        print(f"PostgreSQL: {which}", flush=True)
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
