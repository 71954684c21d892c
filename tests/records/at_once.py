"""One of several processes of a server: it asks, guesses and claims as often as it may, and says what it got."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

JOBS = tuple(f"job_{n}" for n in range(25))
ASKED = 60


def got() -> dict[str, Any]:
    """How many requests and guesses were let through, which marks and which jobs were this process's."""
    from allauth.core.internal.ratelimit import consume
    from django.core.cache import cache
    from django.test import RequestFactory

    from fourfold.records.job_runs import claim, end
    from fourfold.records.limits import TOKEN, seconds_to_wait

    asked = sum(not seconds_to_wait("token", "one", TOKEN, now=1_800_000_000) for _ in range(ASKED))
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")
    limit = {"guess": "20/h/key"}
    guesses = [consume(request, app="fourfold", action="guess", config=limit, key="alice") for _ in range(15)]
    marked = [n for n in range(10) if cache.add(f"code {n}", True, 300)]
    runs = [run for job in JOBS if (run := claim(job, timedelta(days=1)))]
    assert all(end(run) for run in runs)
    return {
        "asked": asked, "guessed": sum(usage is not None for usage in guesses), "marked": marked,
        "ran": [run.job for run in runs],
    }  # fmt: skip


def main() -> None:
    """Begin when told to, once all are ready."""
    import django

    django.setup()
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(got()))


if __name__ == "__main__":
    main()
