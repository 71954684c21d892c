"""What the database cannot do becomes a page that says what is saved, and when to try again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

from fourfold.records.faults import Fault, fault_of
from fourfold.records.read_only import ReadOnly

READING = ("GET", "HEAD", "OPTIONS")


def fault(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The page for a fault that is no mistake of ours; None for any other exception."""
    if isinstance(exception, ReadOnly):
        return read_only(request, exception)
    if isinstance(exception, UnreadablePostError):
        told = {"title": "What you sent was cut off", "text": "Nothing was saved by this request.",
                "hint": "Look at your connection, and send it again."}  # fmt: skip
        return render(request, "web/error.html", told, status=400)
    match fault_of(exception):
        case Fault.FULL:
            return unavailable(
                request, 507, "The disk of the server is full",
                "Nothing was saved by this request, and nothing that was saved before is lost.",
                "Tell the person who runs this server. Reading works.",
            )  # fmt: skip
        case Fault.READ_ONLY:
            return read_only(request, ReadOnly())
        case Fault.BUSY | Fault.GONE as found:
            return _gone(request, found)
    return None


def read_only(request: HttpRequest, error: ReadOnly) -> HttpResponse:
    """Nobody can write at the moment."""
    return unavailable(request, 503, "Nobody can write at the moment", error.message, error.hint or "")


def _gone(request: HttpRequest, found: Fault) -> HttpResponse:
    """The database went away or is busy. Whether a write was committed is not known then, and the page says so."""
    if found is Fault.BUSY or request.method in READING:
        said = "Nothing was saved by this request."
    else:
        said = "Whether your change was saved is not known: the connection broke while it was being written."
    return unavailable(
        request, 503, "The database does not answer", said, "Wait a few seconds and load the page again; it shows "
        "what is saved. What is there already is not saved twice.",
    )  # fmt: skip


def unavailable(request: HttpRequest, status: int, title: str, text: str, hint: str) -> HttpResponse:
    """Not now: why, whether anything was saved, and when to try again."""
    response = render(request, "web/error.html", {"title": title, "text": text, "hint": hint}, status=status)
    response["Retry-After"] = "30"
    return response
