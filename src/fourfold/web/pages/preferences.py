"""How a person wants pages to look: theme and density, kept in cookies: signing in is not needed."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from fourfold.web.components.frame import DENSITIES, THEMES

YEAR: Final = 365 * 24 * 3600
_CHOICES: Final = {"theme": dict(THEMES), "density": dict(DENSITIES)}


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to the page it was chosen on."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    for name, choices in _CHOICES.items():
        if (value := request.POST.get(name)) in choices:
            _keep(response, name, value)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
