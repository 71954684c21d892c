"""What can be wrong with a file, in words; every code begins with `FILE-`."""

from __future__ import annotations

from fourfold.engine.findings import Finding, Level, Place


class Refused(Exception):
    """This file cannot be used; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


def problem(code: str, place: Place, message: str, fix: str, level: Level = Level.ERROR) -> Finding:
    """A finding about a file."""
    return Finding(f"FILE-{code}", level, place, message, fix)


def refuse(code: str, file: str, message: str, fix: str, line: int | None = None) -> Refused:
    """The error that a file as a whole is left out for."""
    return Refused(problem(code, Place(file, line), message, fix))


def not_readable(file: str, error: OSError) -> Refused:
    """What the operating system says when it does not let us read."""
    if isinstance(error, PermissionError):
        fix = "Give the account that runs Fourfold the right to read it."
        return refuse("ACCESS", file, "The file may not be read: permission denied.", fix)
    why = error.strerror or type(error).__name__
    return refuse("ACCESS", file, f"The file cannot be read: {why.lower()}.", "Look at the disk, or copy it again.")
