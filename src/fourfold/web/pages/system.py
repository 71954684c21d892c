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
from fourfold.records.queries.people import administers
from fourfold.records.queries.system import Level, states_of_installation
from fourfold.records.scope import principal_of
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
    """Schema, results, backups, keys, disk, and versions; nothing of any organisation's figures."""
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
    shown = {"title": "System", "states": states, "versions": versions.items(), "packages": packages()}
    return render(request, "web/system.html", shown)
