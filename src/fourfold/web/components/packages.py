"""The packages this server is made of, with version and licence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

#: Those that a person asks about; all others are in the lock.
NAMED: Final = (
    "Django", "django-allauth", "django-csp", "granian", "a2wsgi", "whitenoise", "numpy", "polars", "pyarrow",
    "pydantic", "lark", "argon2-cffi", "cryptography", "httpx", "prometheus-client", "structlog", "psycopg",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """One package; the licence in the words of those who made it."""

    name: str
    version: str
    licence: str


@cache
def packages() -> tuple[Package, ...]:
    """Those named above that are installed."""
    return tuple(found for name in NAMED if (found := _package(name)) is not None)


def _package(name: str) -> Package | None:
    try:
        about = distribution(name)
    except PackageNotFoundError:
        return None
    return Package(name, about.version, _licence(about))


def _licence(about: Distribution) -> str:
    classifiers = about.metadata.get_all("Classifier") or []
    names = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License")]
    given = (about.metadata.get_all("License-Expression") or [", ".join(names)])[0]
    given = given or (about.metadata.get_all("License") or [""])[0]
    return given.strip().splitlines()[0] if given.strip() else "not named"
