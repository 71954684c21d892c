"""The installation, for administrators of an organisation: how it stands, and what it is made of."""

from __future__ import annotations

import platform
from datetime import UTC, datetime

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

import fourfold
from fourfold.engine.statuses import Status
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Import
from fourfold.records.queries.people import administers
from fourfold.records.queries.system import Level, newest_loads, states_of_installation
from fourfold.records.rounds import Rounds, rounds
from fourfold.records.scope import principal_of
from fourfold.web.components.dates import moment_text
from fourfold.web.components.packages import packages
from fourfold.web.requests import Request, signed_in

MARKS = {
    Level.WELL: (Status.ON, "Well"),
    Level.LOOK: (Status.NEAR, "Have a look"),
    Level.WRONG: (Status.OFF, "Wrong"),
}


@never_cache
@signed_in
def system(request: Request) -> HttpResponse:
    """Schema, results, backups, keys, disk, mails, jobs, versions; of organisations, when they loaded figures."""
    organisations = principal_of(request.user).organisations
    if not organisations:
        raise NotFound
    if not any(administers(request.user, pk) for pk in organisations):
        raise Forbidden("You may not see how this server is doing.")
    states = [(*MARKS[state.level], state) for state in states_of_installation(now=datetime.now(UTC))]
    versions = {
        "Fourfold": fourfold.__version__,
        "Python": platform.python_version(),
        connection.display_name: ".".join(map(str, connection.get_database_version())),
    }
    shown = {
        "title": "System", "states": states, "jobs": [_job(each) for each in rounds()],
        "loads": [_load(each) for each in newest_loads(request.user)],
        "versions": versions.items(), "packages": packages(),
    }  # fmt: skip
    return render(request, "web/system.html", shown)


def _job(known: Rounds) -> dict[str, str]:
    failed = f"{moment_text(known.failed)}: {known.failure}" if known.failed else "–"
    return {
        "name": known.job.replace("_", " ").capitalize(),
        "where": "one process for all" if known.shared else "this process",
        "last": moment_text(known.last) if known.last else "–" if known.shared else "runs now",
        "next": moment_text(known.next) if known.next else "–",
        "failed": failed,
    }


def _load(load: Import) -> dict[str, object]:
    return {
        "source": load.source, "organisation": load.organisation.name, "at": moment_text(load.at),
        "loaded": load.loaded, "unchanged": load.unchanged, "rejected": load.rejected,
    }  # fmt: skip
