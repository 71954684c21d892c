"""Who asks: every page is for somebody who is signed in, and errors of the product become answers of HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from fourfold.errors import FourfoldError, Kind

if TYPE_CHECKING:
    from fourfold.records.models import Person

    class Request(HttpRequest):
        """A request of a person who is signed in."""

        user: Person
else:
    Request: TypeAlias = HttpRequest

P = ParamSpec("P")
Page: TypeAlias = Callable[Concatenate[Request, P], HttpResponseBase]


def signed_in(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send anybody else to the sign-in page; 404 for what does not exist or may not be seen, 403 for the rest."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            return page(request, *args, **kwargs)  # type: ignore[arg-type]
        except FourfoldError as error:
            if error.kind is Kind.NOT_FOUND:
                raise Http404(error.message) from error
            if error.kind is Kind.FORBIDDEN:
                raise PermissionDenied(error.message) from error
            raise

    return guarded
