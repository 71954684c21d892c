"""Several processes of a server count together, and each due job is done by one of them; on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.core.cache import cache

from fourfold.actions.remove_memos import remove_memos
from fourfold.records.job_runs import KEPT, TRIES, claim, database_time, end, renew
from fourfold.records.limits import TOKEN, forget, seconds_to_wait
from fourfold.records.models import JobRun, Memo
from fourfold.records.read_only import refuse_writes
from fourfold.records.rounds import forget_rounds, note_job, rounds
from tests.house.source import ROOT
from tests.project.installations import New, new

from .at_once import ASKED, JOBS

__all__ = ["new"]  # fixtures
DAY, OVER = timedelta(days=1), timedelta(seconds=-1)


@pytest.fixture
def both(new: New) -> list[dict[str, Any]]:
    """What two processes got that began together."""
    made = new("shared")
    assert made.run("migrate").returncode == 0
    settings = {"DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **settings, "FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url}
    command = [sys.executable, "-m", "tests.records.at_once"]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    begun = [subprocess.Popen(command, env=environment, cwd=ROOT, text=True, **pipes) for _ in range(2)]
    assert [process.stdout.readline() for process in begun] == ["ready\n"] * 2  # type: ignore[union-attr]
    for process in begun:
        process.stdin.write("now\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    said = [process.communicate(timeout=120) for process in begun]
    assert [process.returncode for process in begun] == [0, 0], said
    return [json.loads(out) for out, _ in said]


@pytest.mark.django_db
def test_two_processes_let_through_as_much_as_one_and_share_the_jobs(both: list[dict[str, Any]]) -> None:
    assert 2 * ASKED > sum(each["asked"] for each in both) == TOKEN.burst
    assert 0 < sum(each["guessed"] for each in both) <= 20, "one that waited too long for its turn is refused"
    assert sorted(chain(*(each["marked"] for each in both))) == list(range(10))
    assert sorted(chain(*(each["ran"] for each in both))) == sorted(JOBS)


@pytest.mark.django_db
def test_a_run_of_a_process_that_was_killed_is_taken_over_and_its_lease_holds_no_more() -> None:
    killed = claim("job", DAY, lease=OVER)
    taken = claim("job", DAY)
    assert killed and taken and (killed.pk, 2) == (taken.pk, taken.tries)
    assert claim("job", DAY) is None, "somebody is at it"
    assert not renew(killed) and not end(killed)
    assert renew(taken) and end(taken)
    assert claim("job", DAY) is None, "it is done"
    assert JobRun.objects.count() == 1


@pytest.mark.django_db
def test_a_run_that_ends_every_process_is_given_up_and_told() -> None:
    note_job("job", DAY, shared=True)
    try:
        assert all(claim("job", DAY, lease=OVER) for _ in range(TRIES))
        assert claim("job", DAY) is None
        (told,) = rounds()
        assert told.is_failing and told.failure == "GivenUp" and told.next and told.next > database_time()
    finally:
        forget_rounds()


@pytest.mark.django_db
def test_what_a_memo_said_ends_and_makes_room() -> None:
    assert cache.add("a", 1, 300) and not cache.add("a", 2, 300) and cache.get("a") == 1
    cache.set("a", [2.5], 300)
    assert cache.get("a") == [2.5] and cache.touch("a", -1) and cache.get("a", "over") == "over"
    assert cache.add("a", 3, 300) and cache.delete("a") and not cache.delete("a")
    cache.set("a", 1, -1)
    cache.set("b", 1, None)
    long_ago = datetime.now(UTC) - KEPT - DAY
    JobRun.objects.create(job="job", due_at=long_ago, token="t", lease_until=long_ago)
    assert remove_memos().value == 2
    assert [memo.key for memo in Memo.objects.all()] == [":1:b"]


@pytest.mark.django_db
def test_where_nobody_may_write_a_process_counts_for_itself() -> None:
    from django.db import connection

    with connection.execute_wrapper(refuse_writes):
        passed = sum(not seconds_to_wait("token", "t", TOKEN, now=0) for _ in range(100))
    assert passed == TOKEN.burst and not Memo.objects.exists()


@pytest.mark.django_db
def test_a_clock_that_was_set_back_closes_nobody_out() -> None:
    while not seconds_to_wait("token", "t", TOKEN, now=10_000):
        pass
    forget()
    assert seconds_to_wait("token", "t", TOKEN, now=9_990) > 0, "another machine's clock is behind"
    forget()
    assert seconds_to_wait("token", "t", TOKEN, now=1_000) > 0
    assert seconds_to_wait("token", "t", TOKEN, now=1_001) in (0, 0.1)
