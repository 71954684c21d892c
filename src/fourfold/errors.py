"""The one family of errors that Fourfold raises for misuse; bad *data* are findings, never exceptions."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a caller can do about an error; the web, API and CLI map each kind to a status or exit code."""

    INVALID = "invalid"  # the request itself is wrong; change it
    NOT_FOUND = "not_found"  # no such thing, or not visible to this person
    FORBIDDEN = "forbidden"  # visible, but not allowed
    CONFLICT = "conflict"  # somebody else changed it first, or its state forbids it
    OUTDATED = "outdated"  # it was changed since the version that the caller knows
    REFUSED = "refused"  # it can be read, and a rule speaks against it
    LOCKED = "locked"  # the period is closed
    UNAVAILABLE = "unavailable"  # a dependency is down; the same call may work later
    CONFIGURATION = "configuration"  # the installation is set up wrongly


class FourfoldError(Exception):
    """Something went wrong."""

    kind: Kind = Kind.INVALID
    retry: bool = False

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        """Take the class docstring as the message where none is given; `hint` says what to do."""
        self.message = message or (self.__doc__ or "").strip().splitlines()[0]
        self.hint = hint
        super().__init__(self.message)

    def __str__(self) -> str:
        """Message, then the hint on its own line."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class NotFound(FourfoldError):
    """There is no such thing here, or you may not see it."""

    kind = Kind.NOT_FOUND


class Forbidden(FourfoldError):
    """You may not do this."""

    kind = Kind.FORBIDDEN


class Conflict(FourfoldError):
    """Somebody changed this since you opened it."""

    kind = Kind.CONFLICT


class Outdated(Conflict):
    """Somebody changed this since the version you know."""

    kind = Kind.OUTDATED


class ConfigurationError(FourfoldError):
    """The installation is not set up correctly."""

    kind = Kind.CONFIGURATION
