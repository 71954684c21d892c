"""A Tryton server of a test's own, in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.connectors.tryton import shop

ROOT = Path(__file__).parents[3]
PROGRAMS = ROOT / ".tryton" / "bin"
#: Why there is nothing to test; empty where there is.
LACKING = "" if (PROGRAMS / "trytond").exists() else "Tryton is not here: make setup-tryton"
#: A database with the modules and no company, which takes a minute to make: kept as long as what is installed.
ACTIVATED = PROGRAMS.parent / "activated.sqlite"
DATABASE = "shop"
PASSWORD = "sesame-canary-7319"


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server with the database `shop`, filled by `fill.py`; its user is `admin`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "tryton.conf"
    configuration.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    (folder / "password").write_text(PASSWORD + "\n")
    told = os.environ | {"TRYTONPASSFILE": str(folder / "password")}
    made = folder / f"{DATABASE}.sqlite"
    if ACTIVATED.exists() and ACTIVATED.stat().st_mtime > (PROGRAMS / "trytond").stat().st_mtime:
        shutil.copy(ACTIVATED, made)
    else:
        made.touch()
        options = ["-u", "sale_opportunity", "--activate-dependencies", "--email", "a@example.org", "-p"]
        _run(["trytond-admin", "-c", str(configuration), "-d", DATABASE, *options], told)
        shutil.copy(made, ACTIVATED)
    _run(["python", str(Path(__file__).with_name("fill.py")), str(configuration), DATABASE], told)
    _date(made)
    with (folder / "log").open("w") as log:
        command = [PROGRAMS / "trytond", "-c", configuration, "-d", DATABASE]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _date(database: Path) -> None:
    """Tryton says today of each opportunity that ends; those of the tests ended on the days of `shop.py`."""
    with closing(sqlite3.connect(database)) as opened, opened:
        for state, days in (("won", [day for day, _ in shop.WON]), ("lost", shop.LOST)):
            found = opened.execute("SELECT id FROM sale_opportunity WHERE state = ? ORDER BY id", (state,)).fetchall()
            dated = [(day.isoformat(), key) for day, (key,) in zip(days, found, strict=True)]
            opened.executemany("UPDATE sale_opportunity SET end_date = ? WHERE id = ?", dated)


def _run(command: list[str], environment: dict[str, str]) -> None:
    program, *rest = command
    done = subprocess.run([PROGRAMS / program, *rest], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while True:
        assert process.poll() is None and time.monotonic() < end, "the server did not start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
