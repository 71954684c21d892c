"""A PostgreSQL server of a test's own, on a disk with fsync, for killing: it does not start again by itself."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True)
class Postgres:
    """One server: its programs, its folder, its port, and the user it runs as."""

    programs: Path
    folder: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        for left in ("data/postmaster.pid", f".s.PGSQL.{self.port}.lock", f".s.PGSQL.{self.port}"):
            (self.folder / left).unlink(missing_ok=True)  # of one that was killed, which its parent may not know yet
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        options += " -c restart_after_crash=off"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop", check=False)

    def make(self) -> None:
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8")

    def pids(self) -> tuple[int, list[int]]:
        """The postmaster and its children."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return main, [int(p) for p in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def kill(self, which: str) -> None:
        """SIGKILL: the backends of clients, the postmaster alone, or everything."""
        main, children = self.pids()
        if which == "backends":
            with psycopg.connect(self.url) as connection:
                rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
                doomed = [pid for (pid,) in rows if pid != connection.info.backend_pid]
        else:
            doomed = [main] if which == "postmaster" else [main, *children]
        for pid in doomed:
            with suppress(ProcessLookupError):  # one that ended by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        self._wait_until_gone(main, children)

    def _wait_until_gone(self, main: int, children: list[int]) -> None:
        """A killed backend takes the others with it; a lost postmaster is noticed by its children."""
        end = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() and not _is_dead(pid) for pid in (main, *children)):
            assert time.monotonic() < end, "some of the server is still there"
            time.sleep(0.1)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        about: dict[str, Any] = {"cwd": self.folder, "user": self.user, "stdout": subprocess.DEVNULL}
        subprocess.run([self.programs / program, *arguments], check=check, stderr=subprocess.STDOUT, **about)


def _is_dead(pid: int) -> bool:
    """Dead and waiting for whoever started it to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def programs() -> Path | None:
    """Where they are; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[Postgres]:
    """A server that runs, and is gone afterwards."""
    binaries = programs()
    assert binaries is not None
    user = "postgres" if os.geteuid() == 0 else None
    with socket.socket() as probe, tempfile.TemporaryDirectory(prefix="fourfold-fault-") as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        if user:
            shutil.chown(folder, user)
        made = Postgres(binaries, Path(folder), port, user)
        made.make()
        made.start()
        try:
            yield made
        finally:
            made.stop()
