"""Records of a model as a table: `search_read` page by page, with the rights of the user who signs in.

Tryton answers 200 also where it refuses, with `error` in the place of `result`; numbers and days are objects that name
their class. See “Remote Procedure Call” and `trytond/protocols/jsonrpc.py` of Tryton 8.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceError, Window, filled
from fourfold.connectors.rest.read import chosen_rows, expression, table_of
from fourfold.connectors.service import Service

_PLACE: Final = (
    Option("url", "Address", "Of the server, such as https://erp.example.org", True),
    Option("database", "Name of the database", "As it is chosen when one signs in.", True),
    Option("user", "User", "One who may read, and nothing else.", True),
    Option("secret", "Password", "Kept encrypted and never shown again.", form="secret"),
)
_ASK: Final = (
    Option("model", "Model", "Such as account.invoice or sale.opportunity.", True),
    Option("domain", "Domain", 'Which records, as JSON: [["state", "=", "won"]]. It may name {since} and {until}.',
           form="text"),
    Option("fields", "Fields", "Between commas; party.name is the name of the party.", True),
    Option("rows", "Rows", "JMESPath to the list of rows, such as [].{day: end_date, won: '1'}. Without one each "
           "record is a row.", form="text"),
)  # fmt: skip
#: So many records are asked for at once.
PAGE: Final = 1000


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of all pages. Raises `SourceError`, as where Tryton refuses; then nothing is given."""
    chosen = expression(ask.get("rows", ""))
    found: list[Mapping[str, Any]] = []
    for records in _pages(_Client(access, limits), ask, window):
        found += chosen_rows(chosen.search(records) if chosen else records)
        if len(found) > limits.rows:
            break
    return table_of(found, limits)


def reach(access: Access, limits: Limits) -> str:
    """See `port.Reach`: what everybody who may sign in may read."""
    _Client(access, limits).call("model.res.user.get_preferences", True, {})
    return "Tryton answers"


TRYTON: Final = Connector("tryton", "Tryton", _PLACE, _ASK, read, reach)


class _Client:
    """Calls methods of one database. Each call signs in by itself, so that no session has to be ended."""

    def __init__(self, access: Access, limits: Limits) -> None:
        self._service = Service(replace(access, options={**access.options, "auth": "basic"}), limits)
        self._address = self._service.address(f"{quote(access.options.get('database', ''), safe='')}/rpc/")
        self._calls = 0

    def call(self, method: str, *parameters: Any) -> Any:
        """What the method gives, with days and numbers as texts. Raises `SourceError` where Tryton refuses."""
        self._calls += 1
        content = json.dumps({"id": self._calls, "method": method, "params": parameters}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        said = self._service.json(self._service.ask(self._address, method="POST", content=content, headers=headers))
        if not isinstance(said, dict) or not said.keys() & {"result", "error"}:
            raise SourceError("The answer is none of Tryton.", hint="Is it the right address?")
        if "error" in said:
            words = " ".join(_words(said["error"]))[:300]
            hint = "Look at the model, the domain, the fields, and at what the user may read."
            raise SourceError(f"Tryton says: {words}.", hint=hint)
        return _plain(said["result"])


def _pages(client: _Client, ask: Mapping[str, str], window: Window) -> Iterator[list[Mapping[str, Any]]]:
    """Records in the order in which they were made, so that one that is added meanwhile moves no other."""
    domain = _domain(filled(ask.get("domain", ""), window, is_address=False))
    names = [name.strip() for name in ask["fields"].split(",") if name.strip()]
    start = 0
    while True:
        order = [["id", "ASC"]]
        page = client.call(f"model.{ask['model'].strip()}.search_read", domain, start, PAGE, order, names, {})
        records: list[Mapping[str, Any]] = [_flat(record) for record in chosen_rows(page)]
        yield records
        if len(records) < PAGE:
            return
        start += PAGE


def _domain(text: str) -> Any:
    """JSON, with days as Tryton wants them."""
    try:
        said = json.loads(text or "[]")
    except json.JSONDecodeError as error:
        message = f"The domain is not JSON: {error.msg} at character {error.pos:,}."
        raise SourceError(message, hint='Write it such as [["state", "=", "posted"]].') from None
    return _dated(said)


def _dated(part: Any) -> Any:
    if isinstance(part, list):
        return [_dated(p) for p in part]
    try:
        day = date.fromisoformat(part) if isinstance(part, str) and len(part) == 10 else None
    except ValueError:
        return part
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day} if day else part


def _plain(part: Any) -> Any:
    """What stands in an answer, without the objects that name a class."""
    if isinstance(part, list):
        return [_plain(p) for p in part]
    if not isinstance(part, dict):
        return part
    kind = part.get("__class__")
    if kind == "Decimal":
        return part["decimal"]
    if kind == "date":
        return date(part["year"], part["month"], part["day"]).isoformat()
    if kind == "datetime":
        hour = (part["hour"], part["minute"], part["second"])
        return datetime(part["year"], part["month"], part["day"], *hour).isoformat()  # noqa: DTZ001  (it says no zone)
    if kind == "timedelta":
        return part["seconds"]
    return {name: _plain(value) for name, value in part.items()}


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """`{"party.": {"name": …}}` as `{"party.name": …}`."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if name.endswith(".") and isinstance(value, dict | None):
            found |= {name + inner: v for inner, v in _flat(value or {}).items() if inner != "id"}
        else:
            found[name] = value
    return found


def _words(error: Any) -> Iterator[str]:
    """What a refusal says, without what the server wrote for its developers: its name, its message, or a few words."""
    if isinstance(error, str):
        if error.strip() and not error.startswith("Traceback"):
            yield error.strip().splitlines()[0].rstrip(". ")
    elif isinstance(error, list):
        for part in error[:2]:
            yield from _words(part)
