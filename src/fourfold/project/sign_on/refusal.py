"""Why somebody could not be signed in, in the product's look."""

from __future__ import annotations

import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fourfold.access.directory import Directory
from fourfold.actions.note_denial import note_denial
from fourfold.errors import FourfoldError, Kind

log = logging.getLogger("fourfold.sign_on")

class DirectoryDown(FourfoldError):
    """The directory does not answer."""

    kind = Kind.UNAVAILABLE
    retry = True

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__(hint="Try again in a few minutes. An account with a password of its own still works.")


_AGAIN: Final = "Begin again from the sign-in page."
UNREADABLE: Final = {
    "cancelled": FourfoldError("You broke off the sign-in, or it was refused there.", hint=_AGAIN),
    "broken": FourfoldError(
        "The sign-in could not be completed: it took too long, was begun in another window, or the answer does not "
        "hold.",
        hint=f"{_AGAIN} When it happens again, whoever runs this server finds the reason in its log.",
    ),
}


def refused(request: HttpRequest, directory: Directory, error: FourfoldError) -> HttpResponse:
    """What is wrong and whom to ask; a mistake of the set-up is for the log and not for visitors."""
    if error.kind is Kind.CONFIGURATION:
        log.error("Sign-in with %s is not set up right: %s", directory.code, error)
        ask = directory.contact or "whoever runs this server"
        error = FourfoldError("This way to sign in is not set up right.", hint=f"Tell {ask}; the log says what it is.")
    elif isinstance(error, DirectoryDown):
        log.error("Sign-in with %s failed: it does not answer: %s", directory.code, error.reason)
    else:
        note_failure(directory)
        if error not in UNREADABLE.values():
            log.warning("Sign-in with %s refused: %s", directory.code, error.message)
    shown = {"directory": directory, "text": error.message, "hint": error.hint or _AGAIN}
    return render(request, "account/not_signed_in.html", shown, status=503 if error.kind is Kind.UNAVAILABLE else 403)


def note_failure(directory: Directory) -> None:
    """An event: somebody was not let in by this way."""
    note_denial(by=None, action="session.fail", thing=f"directory {directory.code}")
