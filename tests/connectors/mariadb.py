"""A MariaDB server of a test's own, in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

PASSWORD = "sesame-canary-7319"


def programs() -> tuple[str, str] | None:
    """The server and what makes its folder; Debian keeps the first off the PATH."""
    server = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    install = shutil.which("mariadb-install-db")
    return (server, install) if server and install else None


@contextmanager
def server() -> Iterator[int]:
    """The port of a server with a database `shop`, and a user `feed` who may only read it."""
    found = programs()
    assert found is not None
    with socket.socket() as probe, tempfile.TemporaryDirectory(prefix="fourfold-maria-") as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        user = ["--user=root"] if os.geteuid() == 0 else []
        data, quiet = Path(folder) / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        made = [found[1], "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", *user]
        subprocess.run([*made, "--skip-test-db"], check=True, **quiet)  # type: ignore[call-overload]
        told = [f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", *user]
        small = ["--innodb-buffer-pool-size=8M", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"]
        process = subprocess.Popen([found[0], "--no-defaults", *told, *small], **quiet)  # type: ignore[call-overload]
        try:
            _fill(f"{folder}/s")
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _fill(path: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            connection = pymysql.connect(unix_socket=path, user="root", autocommit=True)
            break
        except pymysql.Error:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.1)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE shop")
        cursor.execute(f"CREATE USER feed@'%' IDENTIFIED BY '{PASSWORD}'")
        cursor.execute("GRANT ALL ON shop.* TO feed@'%'")
