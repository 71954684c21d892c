"""What people see when there is no page: what is wrong, and where to go from here."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fourfold.records.queries.audit import organisations_audited
from fourfold.records.queries.members import managed_units
from fourfold.web.pages.faults import fault
from fourfold.web.requests import Request


def plain(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: object) -> HttpResponse:
    """A page without the frame."""
    return render(request, template, {"title": title, **context}, status=status)


def nothing_here(request: Request) -> HttpResponse:
    """For somebody who is signed in and sees no scorecard: they may manage members, or have a log to read."""
    logs, managed = organisations_audited(request.user), managed_units(request.user)
    return plain(request, "web/nothing.html", title="No scorecard yet", logs=logs, managed=managed)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request cannot be read."""
    return plain(
        request, "web/error.html", status=400,
        title="This request cannot be read",
        text="Its address or what was sent with it is not complete.",
        hint="Go back, load the page again and repeat what you did.",
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may see the thing and not do this."""
    return plain(
        request, "web/error.html", status=403,
        title="You may not do this",
        text=str(exception) or "Your role does not allow it.",
        hint="An administrator of your organisation can give you another role.",
    )  # fmt: skip


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the mark of the page it came from: an old page, or cookies are off."""
    return plain(
        request, "web/error.html", status=403,
        title="This form has expired",
        text="Nothing was saved: the page was open for too long, you signed in elsewhere, or cookies are off.",
        hint="Go back, load the page again and repeat what you did.",
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page, or the person may not know that there is."""
    return plain(
        request, "web/error.html", status=404,
        title="There is no such page",
        text="The address is wrong, the thing was removed, or you may not see it.",
        hint="Look for it by name, or ask the person who gave you the address.",
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    """Our mistake. Nothing half done is left behind: a request is one transaction where it writes."""
    return fault(request, sys.exception()) or plain(
        request, "web/error.html", status=500,
        title="Something went wrong on our side",
        text="It was written to the server’s log. Nothing was saved by this request.",
        hint="Try again. When it happens again, tell the person who runs this server.",
    )  # fmt: skip
