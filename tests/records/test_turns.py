"""One process at a time evaluates an organisation; the next finds that it is done, or leaves it to the first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.project.installations import Installation
from tests.project.installations import filled as filled
from tests.project.installations import template as template

pytestmark = pytest.mark.django_db
#: Evaluates when told to, and says what came of it. As "first" it stops midway until it is told to go on.
PROGRAM = """
import sys
import django
django.setup()
from fourfold.actions.evaluate_organisation import evaluate_organisation
part = sys.argv[1]
def tell(stage, done, total):
    if part == "first" and (stage, done) == ("Evaluated", 1):
        print("midway", flush=True)
        sys.stdin.readline()
print("asked", flush=True)
print(evaluate_organisation(by=None, waits=part != "hasty", tell=tell).summary, flush=True)
"""


@contextmanager
def evaluating(made: Installation, part: str) -> Iterator[subprocess.Popen[str]]:
    settings = {"FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url, "PYTHONUNBUFFERED": "1"}
    settings["DJANGO_SETTINGS_MODULE"] = "fourfold.project.settings"
    command = [sys.executable, "-c", PROGRAM, part]
    with subprocess.Popen(
        command, env={**os.environ, **settings}, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def changed(made: Installation) -> int:
    """Something is different since everything was evaluated; so many runs there were."""
    made.sql("UPDATE records_organisation SET version = version + 1")
    return runs(made)


def runs(made: Installation) -> int:
    return int(made.sql("SELECT count(*) FROM records_evaluation")[0][0])


def test_who_waited_finds_that_all_was_evaluated_and_who_does_not_wait_leaves_it(filled: Installation) -> None:
    before = changed(filled)
    with evaluating(filled, "first") as first:
        assert (said(first), said(first)) == ("asked", "midway")
        with evaluating(filled, "hasty") as hasty:
            assert (said(hasty), said(hasty)) == ("asked", "another process is evaluating it")
        with evaluating(filled, "next") as second:
            assert said(second) == "asked"
            time.sleep(2)  # a few statements later it waits
            go_on(first)
            assert said(first) == "0 results changed"
            assert said(second) == "evaluated meanwhile"
    assert runs(filled) == before + 1


def test_a_process_that_is_killed_leaves_its_turn_to_the_next(filled: Installation) -> None:
    before = changed(filled)
    with evaluating(filled, "first") as first:
        assert (said(first), said(first)) == ("asked", "midway")
        with evaluating(filled, "next") as second:
            assert said(second) == "asked"
            first.kill()
            first.wait()
            assert said(second) == "0 results changed"
    assert runs(filled) == before + 1
