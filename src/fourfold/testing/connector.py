"""What every kind of source has to do, as one suite that each of them passes; authors of other kinds call it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.port import Access, Connector, Limits, Rows, SourceError, Window

#: The days that the runs of the suite are about.
WINDOW: Final = Window(date(2026, 1, 1), date(2026, 2, 28))
_SECONDS: Final = 10.0


def conform(
    connector: Connector, access: Access, ask: Mapping[str, str], expected: tuple[Mapping[str, Any], ...]
) -> Rows:
    """Assert that a kind keeps the promises of its port, where asking so has to give the `expected` rows.

    `access` needs a secret, also where the source does not ask for it, so that it can be looked for where it must not
    be. Gives the rows, for further tests.
    """
    assert connector.missing(connector.place, access.options) == {}
    assert connector.missing(connector.ask, ask) == {}
    found = connector.read(access, ask, WINDOW, Limits(seconds=_SECONDS))
    _is_a_table(found, expected)
    assert connector.read(access, ask, WINDOW, Limits(seconds=_SECONDS)) == found, "a second run gives something else"
    _refuses_more_rows_than_allowed(connector, access, ask, len(expected))
    _refuses_what_is_not_said(connector, access, ask)
    if access.policy.networks:
        _stays_where_it_may_go(connector, access, ask)
    return found


def refused(connector: Connector, access: Access, ask: Mapping[str, str], *, seconds: float = _SECONDS) -> SourceError:
    """The error that asking so has to end in; it may hold no secret, and it has to say something."""
    try:
        found = connector.read(access, ask, WINDOW, Limits(seconds=seconds))
    except SourceError as error:
        assert not access.secret or access.secret not in str(error), "the message holds the secret"
        assert error.message.strip(), "the message says nothing"
        return error
    raise AssertionError(f"{connector.name} gave {len(found.rows)} rows instead of an error")


def _is_a_table(found: Rows, expected: tuple[Mapping[str, Any], ...]) -> None:
    assert all(len(row) == len(found.columns) for row in found.rows)
    assert all(cell is None or isinstance(cell, str) for row in found.rows for cell in row)
    told = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    texts = [{name: None if value is None else str(value) for name, value in row.items()} for row in expected]
    order = sorted(texts[0])
    assert sorted(told, key=lambda row: [str(row[name]) for name in order]) == sorted(
        texts, key=lambda row: [str(row[name]) for name in order]
    )


def _refuses_more_rows_than_allowed(connector: Connector, access: Access, ask: Mapping[str, str], count: int) -> None:
    try:
        connector.read(access, ask, WINDOW, Limits(seconds=_SECONDS, rows=count - 1))
    except SourceError as error:
        assert f"{count - 1:,}" in error.message, error.message
    else:
        raise AssertionError("more rows than allowed were given")


def _refuses_what_is_not_said(connector: Connector, access: Access, ask: Mapping[str, str]) -> None:
    for options, given in ((connector.place, access.options), (connector.ask, ask)):
        for option in (o for o in options if o.required):
            assert option.name in connector.missing(options, {k: v for k, v in given.items() if k != option.name})
    assert access.secret not in repr(access), "the secret shows itself"


def _stays_where_it_may_go(connector: Connector, access: Access, ask: Mapping[str, str]) -> None:
    """Without the operator’s word it reaches no network that is not public, and no host that is not listed."""
    ports = access.policy.ports
    for policy in (EgressPolicy(ports=ports), replace(access.policy, hosts=frozenset({"listed.example"}))):
        error = refused(connector, replace(access, policy=policy), ask)
        assert not error.retry, "what may never be asked is not tried again"
