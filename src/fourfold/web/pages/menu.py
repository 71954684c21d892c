"""The menu of the phone: everything that the rail holds on a wide screen."""

from __future__ import annotations

from django.http import HttpResponse

from fourfold.web.address import here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.requests import Request, signed_in


@signed_in
def menu(request: Request, unit: str) -> HttpResponse:
    """Pages, scorecards, theme, density and the way out."""
    here = here_at(request, unit)
    return show(request, "web/menu.html", here, page="menu", title="Menu", crumbs=[crumb_of(here)])
