"""Events as people read them: when, who and from where, what to what, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.timezone import localtime

from fourfold.records.models import Event

VIAS: Final = {"ui": "page", "api": "API", "cli": "command line", "mcp": "agent", "job": "server", "": ""}
AGENTS: Final = {"machine": "The machine", "nobody": "Nobody signed in"}
_FEW: Final = 6  # things of a list that are named


@dataclass(frozen=True, slots=True)
class Shown:
    """One event in words. `changes` are `(what, before, after)`; texts are empty where there was nothing."""

    seq: int
    day: str
    time: str
    who: str
    for_whom: str
    place: str
    action: str
    thing: str
    changes: tuple[tuple[str, str, str], ...]
    reason: str
    is_denial: bool


def shown(event: Event) -> Shown:
    """An event, in the time zone of the server."""
    at = localtime(event.at)
    return Shown(
        seq=event.seq,
        day=f"{at.day} {at:%b %Y}",
        time=f"{at:%H:%M:%S}",
        who=event.person.name if event.person else AGENTS.get(event.agent, event.agent),
        for_whom=event.on_behalf_of.name if event.on_behalf_of else "",
        place=", ".join(part for part in (VIAS[event.via], event.address) if part),
        action=event.action.replace(".", " ").replace("_", " "),
        thing=event.object,
        changes=changes(event.before, event.after),
        reason=event.reason,
        is_denial=event.action.startswith(("access.", "session.fail", "token.refuse", "guest_link.refuse")),
    )


def changes(before: Any, after: Any) -> tuple[tuple[str, str, str], ...]:
    """What differs between before and after, part by part; what stayed as it was is left out.

    >>> changes({"value": "4.1", "state": "number"}, {"value": "4.4", "state": "number"})
    (('value', '4.1', '4.4'),)
    """
    if not (isinstance(before, Mapping | None) and isinstance(after, Mapping | None)):
        return () if before == after else (("", _text(before), _text(after)),)
    old, new = before or {}, after or {}
    names = [*new, *(name for name in old if name not in new)]
    return tuple((n.replace("_", " "), _text(old.get(n)), _text(new.get(n))) for n in names if old.get(n) != new.get(n))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(part)}".strip() for name, part in value.items())
    if value == []:
        return "none"
    if isinstance(value, list):
        more = f" and {len(value) - _FEW} more" if len(value) > _FEW else ""
        return ("; " if value and isinstance(value[0], Mapping) else ", ").join(map(_text, value[:_FEW])) + more
    return str(value)
