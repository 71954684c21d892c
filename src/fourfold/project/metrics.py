"""Numbers for Prometheus, for whoever has the token.

Without a token nobody can ask, so nothing is counted, and what counts takes no memory: it is read when it is needed.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


class MetricsMiddleware:
    """Count and time every request by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then count."""
        from fourfold.project.meters import count

        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match and match.view_name else "none"
        count(request.method, route, response.status_code, time.perf_counter() - begun)
        return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers; 404 for everybody who does not send the token of FOURFOLD_METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    from fourfold.project.meters import exposition

    body, kind = exposition()
    return HttpResponse(body, content_type=kind, headers={"Cache-Control": "no-store"})
