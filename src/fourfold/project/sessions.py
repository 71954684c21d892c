"""Beginning a session, keeping it while it is used, and knowing the devices that people sign in from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from fourfold.project.origin import client_address
from fourfold.records.models import Person
from fourfold.records.sessions import begin, note_request
from fourfold.web.live import is_by_itself

#: A device is known for so long after somebody signed in from it.
KNOWN: Final = timedelta(days=180)
_SALT: Final = "fourfold.device"


@receiver(user_logged_in, dispatch_uid="fourfold.begin_session")
def begin_session(request: HttpRequest | None = None, user: Person | None = None, **_: Any) -> None:
    """Write down where and when, so that people can tell their sessions apart."""
    if request is not None and user is not None:
        begin(request.session, request, address=client_address(request), at=datetime.now(UTC))
        request.META["fourfold.device"] = _device_of(user.email or "")


def keep_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session in use goes on, up to its longest time; a device that signed in is known from now on."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not is_by_itself(request):
            note_request(request.session, request, address=client_address(request), at=datetime.now(UTC))
        response = get_response(request)
        if device := request.META.get("fourfold.device"):
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME, device, max_age=KNOWN, secure=settings.SESSION_COOKIE_SECURE,
                httponly=True, samesite="Lax",
            )  # fmt: skip
        return response

    return answer


def known_device(request: HttpRequest, email: str) -> str | None:
    """What names the device, when somebody signed in to this account from it before."""
    try:
        device: str = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=KNOWN)
    except signing.BadSignature:
        return None
    return device if device.startswith(_account(email)) else None


def _device_of(email: str) -> str:
    """The device as its cookie has it: signed, and without the address itself."""
    return signing.dumps(f"{_account(email)}:{get_random_string(16)}", salt=_SALT)


def _account(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower()).hexdigest()[:16]
