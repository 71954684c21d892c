"""A database that is killed, or may not write, under a running server: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.postgres import Postgres, programs, server
from tests.faults.writing import PERIODS, lost_or_double, served
from tests.project.installations import Installation, bakery_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with server() as made:
        yield made


@pytest.mark.parametrize("which", ["backends", "postmaster", "everything"])
def test_f03_a_server_of_postgresql_killed_in_mid_write_loses_and_doubles_nothing(
    postgres: Postgres, tmp_path: Path, which: str
) -> None:
    (tmp_path / "data").mkdir()
    made = Installation(tmp_path / "data", postgres.url)
    with served(made, tmp_path) as writer:
        thread = writer.begin(enough=4)
        postgres.kill(which)
        thread.join(timeout=120)
        assert not thread.is_alive()
        told = list(writer.acknowledged)
        assert len(told) < len(PERIODS) and set(writer.statuses) <= {201, 503, 429}
        postgres.start()
        assert not lost_or_double(made, told)
        writer.send_all(patience=90)  # the same keys: what was done already is not done again
        assert sorted(writer.acknowledged) == sorted(PERIODS), writer.statuses
        assert not lost_or_double(made, writer.acknowledged)
    looked = made.run("verify")
    assert looked.returncode == 0, looked.stdout


def small_disk(place: Path, kilobytes: int) -> None:
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    small_disk(place, 24_000)
    try:
        yield place
    finally:
        subprocess.run(["mount", "-o", "remount,rw", place], capture_output=True)
        subprocess.run(["umount", "-l", place], check=True)


def on_sqlite(data: Path) -> Installation:
    return Installation(data, f"sqlite:///{data}/fourfold.sqlite3")


def test_f05_a_full_disk_takes_nothing_by_halves_and_writing_goes_on_when_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    made = on_sqlite(disk)
    with served(made, tmp_path) as writer:
        writer.send(PERIODS[0])
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize - 4096))
        writer.begin(enough=len(PERIODS)).join(timeout=120)
        assert 507 in writer.statuses and set(writer.statuses) <= {201, 507, 429}
        assert not lost_or_double(made, writer.acknowledged)
        (disk / "filler").unlink()
        writer.send_all(patience=60)
        assert sorted(writer.acknowledged) == sorted(PERIODS), writer.statuses
        assert not lost_or_double(made, writer.acknowledged)
    assert made.run("verify").returncode == 0


def test_f07_a_start_on_a_file_system_that_is_read_only_says_what_to_do(disk: Path, tmp_path: Path) -> None:
    made = on_sqlite(disk)
    assert made.run("load", bakery_folder(tmp_path / "bakery")).returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = made.run("serve", "--port", "8998")
    assert done.returncode not in (0, 1) and "Traceback" not in done.stderr, done.stderr
    assert str(disk) in done.stderr and "write" in done.stderr, done.stderr
