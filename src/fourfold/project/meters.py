"""What is counted for Prometheus: requests, the process, and what people would lose.

It says nothing of anybody: no figures, no names, no addresses with ids. Routes are counted by their pattern.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from fourfold.records.queries.installation import figures_of_installation
from fourfold.records.read_only import is_read_only

REGISTRY: Final = CollectorRegistry()
_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_REQUESTS: Final = Counter(
    "fourfold_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY
)
_SECONDS: Final = Histogram(
    "fourfold_request_seconds", "How long answers took.", ("route",), buckets=_BUCKETS, registry=REGISTRY
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ProcessCollector(registry=REGISTRY)


def count(method: str | None, route: str, status: int, seconds: float) -> None:
    """One answered request."""
    _SECONDS.labels(route).observe(seconds)
    _REQUESTS.labels(method if method in _METHODS else "other", route, status).inc()


def exposition() -> tuple[bytes, str]:
    """All that was counted as Prometheus reads it, and the type of that."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


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
