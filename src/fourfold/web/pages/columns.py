"""Which columns of the scorecard a person sees: the choice is sent from the table and leads back to it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from fourfold.actions.choose_columns import choose_columns
from fourfold.records.queries.scorecard import COLUMNS
from fourfold.web.address import here_at
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def columns(request: Request, unit: str) -> HttpResponse:
    """Keep the columns that are named, or with `all` every one, and go back."""
    here = here_at(request, unit)
    if request.method == "POST":
        chosen = COLUMNS if "all" in request.POST else request.POST.getlist("column")
        choose_columns(by=request.user, columns=chosen)
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else here.unit("scorecard"))
