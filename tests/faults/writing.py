"""A program that writes figures through the API of a running server and remembers what was acknowledged."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.project.installations import Installation, bakery_folder
from tests.project.test_serve import free_port, wait_for

#: The periods it writes, one figure each.
PERIODS = tuple(f"{year}-{month:02}" for year in (2022, 2023, 2024) for month in range(1, 13))


@dataclass
class Writer:
    """Sends one figure for each period, each with a key of its own; `acknowledged` are periods with a 201."""

    url: str
    token: str
    acknowledged: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def send(self, period: str) -> int:
        """The status of the answer; 0 where there was none."""
        asked = urllib.request.Request(
            f"{self.url}/api/v1/organisations/bakery/kpis/staff/measurements",
            json.dumps({"unit": "north", "period": period, "value": value_of(period)}).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": period},
            method="POST",
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.statuses.append(status)
        if status == 201:
            self.acknowledged.append(period)
        return status

    def read(self) -> int:
        """The status of the page that shows who asks."""
        asked = urllib.request.Request(f"{self.url}/api/v1/me", headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def send_all(self, *, patience: float = 0) -> None:
        """Every period that is not acknowledged; with patience (seconds) again and again until none is left."""
        end = time.monotonic() + patience
        while True:
            for period in PERIODS:
                if period not in self.acknowledged:
                    self.send(period)
            if len(self.acknowledged) == len(PERIODS) or time.monotonic() > end:
                return
            time.sleep(1)

    def begin(self, *, enough: int) -> threading.Thread:
        """Send all of them beside the test, which goes on when so many are acknowledged."""
        thread = threading.Thread(target=self.send_all)
        thread.start()
        while len(self.acknowledged) < enough and thread.is_alive():
            time.sleep(0.005)
        return thread


def lost_or_double(installation: Installation, acknowledged: list[str]) -> list[str]:
    """Acknowledged periods whose figure is not there just once, and figures that are another period's."""
    rows = [int(float(value)) for (value,) in installation.sql("SELECT value FROM records_measurement")]
    found = [str(value) for value in rows if value > 200_000]
    wanted = {value_of(period) for period in PERIODS}
    return sorted(
        {p for p in acknowledged if found.count(value_of(p)) != 1} | {v for v in found if v not in wanted}
        | {v for v in found if found.count(v) > 1}
    )  # fmt: skip


def written(installation: Installation) -> int:
    """How many bytes its database has put into the journal: whoever waits for more is in the midst of a write."""
    if installation.url.startswith("sqlite"):
        journal = installation.data / "fourfold.sqlite3-wal"
        return journal.stat().st_size if journal.exists() else 0
    return int(installation.sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")[0][0])


def value_of(period: str) -> str:
    """A figure that tells which period it is of."""
    return period.replace("-", "")


@contextmanager
def served(installation: Installation, folder: Path) -> Iterator[Writer]:
    """The bakery on a running server, and a program with a token of Alice."""
    loaded = installation.run("load", bakery_folder(folder / "bakery"))
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    made = installation.run("token", "make", "Till", "--scope", "record", "--person", "bob@bakery.example")
    assert made.returncode == 0, made.stderr
    token = next(word for word in made.stdout.split() if word.startswith("fourfold_") and word.count("_") >= 2)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        server = installation.begin("serve", "--port", str(port), log=log, FOURFOLD_URL=f"http://localhost:{port}")
        try:
            wait_for(f"{url}/accounts/login/", 90)
            yield Writer(url, token)
        finally:
            server.terminate()
            server.communicate(timeout=60)
