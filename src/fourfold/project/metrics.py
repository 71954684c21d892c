"""Numbers for Prometheus, for whoever has the token: requests, the process, and what people would lose.

They say nothing of anybody: no figures, no names, no addresses with ids. Routes are counted by their pattern.
"""

from __future__ import annotations

import hmac
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from fourfold.records.queries.installation import figures_of_installation
from fourfold.records.read_only import is_read_only

REGISTRY: Final = CollectorRegistry()
_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
REQUESTS: Final = Counter(
    "fourfold_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY
)
SECONDS: Final = Histogram(
    "fourfold_request_seconds", "How long answers took.", ("route",), buckets=_BUCKETS, registry=REGISTRY
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ProcessCollector(registry=REGISTRY)


class MetricsMiddleware:
    """Count and time every request by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then count."""
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match and match.view_name else "none"
        SECONDS.labels(route).observe(time.perf_counter() - begun)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers; 404 for everybody who does not send the token of FOURFOLD_METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    return HttpResponse(
        generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )


class _Installation:
    """What the database knows, asked when somebody looks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each figure; those that are not known are absent, which is not zero."""
        found: dict[str, tuple[str, Any]] = {
            "disk_free_bytes": ("Free on the disk of the data folder.", shutil.disk_usage(settings.DATA_DIR).free),
            "read_only": ("1 while nobody may write.", int(is_read_only())),
        }
        try:
            known = figures_of_installation(now=datetime.now(UTC))
        except DatabaseError:
            known = None
        found["database_up"] = ("1 while the database answers.", int(known is not None))
        if known is not None:
            found |= {
                "backup_age_seconds": ("Since the newest backup was made.", known.backup_age),
                "drilled_backup_age_seconds": ("Since the newest drilled backup was made.", known.drilled_age),
                "organisations": ("Organisations.", known.organisations),
                "results_behind": ("Organisations with results older than their figures.", known.behind),
                "evaluation_age_seconds": ("Since the oldest last evaluation.", known.evaluation_age),
            }
        for name, (text, value) in found.items():
            if value is not None:
                yield GaugeMetricFamily(f"fourfold_{name}", text, value=float(value))


REGISTRY.register(_Installation())
