"""Things of the definitions as events keep them: plain data without floating point numbers, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.records.defined import spec_of


def text_of(thing: Definition | None) -> dict[str, Any] | None:
    """A thing as it was written; its types read numbers from text just as well."""
    return None if thing is None else _plain(spec_of(thing))


def amendment_of(told: Mapping[str, Any]) -> Amendment:
    """The amendment that an event tells."""
    kind = TYPES[told["noun"]]
    before, after = (None if told[side] is None else kind.model_validate(told[side]) for side in ("before", "after"))
    return Amendment(told["noun"], before, after)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return repr(value) if isinstance(value, float) else value
