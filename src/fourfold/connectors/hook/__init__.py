"""A source that sends by itself: each delivery is signed (Standard Webhooks), and its body is rows of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fourfold.connectors.hook.signature import SHORTEST, Unsigned, check_signature, new_secret
from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceError, Window
from fourfold.connectors.rest.read import rows_in

__all__ = ["HOOK", "SHORTEST", "Unsigned", "check_signature", "new_secret", "rows_of_delivery"]

_PLACE: Final = (
    Option("secret", "Secret", "What it signs with, 24 characters or more. Or save without one, and make one then.",
           form="secret"),
)  # fmt: skip
_ASK: Final = (
    Option("rows", "Rows", "JMESPath to the list of rows, such as data[].{region: region, amount: total}. Without one "
           "the body itself is the list, or the one row.", form="text"),
)  # fmt: skip


def _read(_access: Access, _ask: Mapping[str, str], _window: Window, _limits: Limits) -> Rows:
    raise SourceError("This source sends by itself; nobody can ask it.", hint="Send a delivery, and look at its run.")


def _reach(_access: Access, _limits: Limits) -> str:
    raise SourceError("This source sends by itself; nobody can ask it.", hint="Send a delivery, and look at its run.")


HOOK: Final = Connector("hook", "Service that sends (webhook)", _PLACE, _ASK, _read, _reach)


def rows_of_delivery(body: bytes, ask: Mapping[str, str], limits: Limits) -> Rows:
    """What a delivery says, as a table of texts. Raises `SourceError`."""
    return rows_in(body, ask.get("rows", ""), limits)
