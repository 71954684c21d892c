"""Findings that somebody has decided to live with: shown as information, with the reason, until the day is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from fourfold.engine.definitions import Waiver
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import show


def waive(
    findings: Iterable[Finding], waivers: Iterable[Waiver], *, today: date, gates: Collection[str]
) -> Iterator[Finding]:
    """The findings, those that are waived on this day as information; and a word about waivers that waive nothing.

    An error cannot be waived, except one of a check in `gates`: these block a strategy, not a calculation. A waiver
    that has run out is named in the finding that counts again; one whose day cannot be read waives nothing.
    """
    idle = list(waivers)
    given = tuple(idle)
    for finding in findings:
        waiver = next((w for w in given if _is_about(w, finding)), None)
        if waiver is None or (finding.level is Level.ERROR and finding.code not in gates):
            yield finding
            continue
        if waiver in idle:
            idle.remove(waiver)
        until = _day(waiver.until)
        if until is None:
            yield finding
        elif until < today:
            yield replace(finding, message=f"{finding.message} Its waiver ran out on {waiver.until}.")
        else:
            by = f" by {waiver.author}" if waiver.author else ""
            message = f"{finding.message} Waived{by} until {waiver.until}: {waiver.reason.rstrip('.')}."
            yield replace(finding, level=Level.INFO, message=message)
    for waiver in idle:
        what = f"{show(waiver.check)}{f' of {waiver.thing}' if waiver.thing else ''}"
        message = f"The waiver for {what} matches no finding that can be waived."
        fix = "Delete it, or copy code and thing from the finding."
        yield Finding("WAIVER", Level.INFO, Place(thing="strategy.waivers"), message, fix)


def _is_about(waiver: Waiver, finding: Finding) -> bool:
    thing = finding.place.thing or ""
    return waiver.check == finding.code and (
        waiver.thing in ("", thing) or thing.startswith(f"{waiver.thing}.") or thing.startswith(f"{waiver.thing}@")
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
