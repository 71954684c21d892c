"""People who come over HTTP are sent to HTTPS; programs are refused, since a token sent openly is known by then."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.security import SecurityMiddleware

#: Where programs come in.
PROGRAMS: Final = ("/api/", "/hooks/", "/scim/", "/metrics")


class TransportMiddleware(SecurityMiddleware):
    """Django's, but for programs."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:  # type: ignore[override]
        """A redirect to HTTPS for a browser, 403 for a program."""
        answer = super().process_request(request)
        if answer is None or not request.path.startswith(PROGRAMS):
            return answer
        title = "Come over https. A token that was sent without it may be known to others: make a new one."
        return JsonResponse({"title": title, "status": 403}, status=403, content_type="application/problem+json")
