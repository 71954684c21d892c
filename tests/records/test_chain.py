from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.records.chain import START, canonical, event_text, link, stamp, walk

#: The two events and hashes that were published with the method.
FIRST = '{"action":"value.update","actor":"u7","after":"4.4","before":"4.1","object":"kpi:12/2026-03","seq":1,"ts":"2026-04-03T08:12:11.000000Z"}'  # noqa: E501
SECOND = '{"action":"period.lock","actor":"u3","object":"2026-03","seq":2,"ts":"2026-04-05T16:00:00.000000Z"}'
HASHES = (
    "d4b2a2da16094ff974fc0532fa6260b624f850076c6eeaa7a6fa3c54c1aa1b12",
    "da8258c107659440ce77600189086bdf330b366fd4b270ca76ba31f1bc232a29",
)


def published() -> list[tuple[int, str, str]]:
    first = event_text(
        seq=1, ts=stamp(datetime(2026, 4, 3, 8, 12, 11, tzinfo=UTC)), action="value.update", actor="u7",
        object="kpi:12/2026-03", before=canonical(Decimal("4.1")), after=canonical("4.4"),
    )  # fmt: skip
    second = event_text(
        seq=2, ts=stamp(datetime(2026, 4, 5, 18, tzinfo=timezone(timedelta(hours=2)))), action="period.lock",
        actor="u3", object="2026-03",
    )  # fmt: skip
    return [(1, first, HASHES[0]), (2, second, HASHES[1])]


def test_the_published_events_have_the_published_texts_and_hashes() -> None:
    (_, first, _), (_, second, _) = published()
    assert (first, second) == (FIRST, SECOND)
    head = link(START, first)
    assert (head.hex(), link(head, second).hex()) == HASHES
    assert hashlib.sha256(bytes(32) + FIRST.encode()).hexdigest() == HASHES[0]


def test_a_chain_that_holds_is_walked_to_its_end() -> None:
    found = walk(published(), marks=[1])
    assert (found.ok, found.seq, found.head.hex()) == (True, 2, HASHES[1])
    assert found.at == {1: bytes.fromhex(HASHES[0])}
    assert walk([]).seq == 0


@pytest.mark.parametrize("place", range(len(FIRST)))
def test_no_byte_of_an_event_can_be_changed_unseen(place: int) -> None:
    (_, text, digest), second = published()
    changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
    found = walk([(1, changed, digest), second])
    assert (found.ok, found.seq) == (False, 0)
    assert found.wrong.startswith("event 1 is not what was written")


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(PLAIN)
def test_the_canonical_text_says_the_same_and_there_is_only_one(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF)), st.integers(0, 9)))
def test_keys_stand_in_order_whatever_order_they_came_in(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical(backwards) == canonical(value) == json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )  # fmt: skip


def test_keys_beyond_the_basic_plane_stand_where_rfc_8785_puts_them() -> None:
    # The example of RFC 8785, section 3.2.3.
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical(keys)).values()) == [2, 4, 6, 7, 1, 5, 3]


@given(thing=TEXT, reason=TEXT, address=TEXT, after=PLAIN, seq=st.integers(1, 10**9))
def test_the_text_of_an_event_is_canonical(thing: str, reason: str, address: str, after: Any, seq: int) -> None:
    fields: dict[str, Any] = {
        "action": "a.b", "actor": "u1", "object": thing, "seq": seq, "ts": "2026", "via": "ui", "tenant": "o1",
        "unit": "4", "request_id": "r", "on_behalf_of": "u2", "reason": reason, "address": address,
    }  # fmt: skip
    whole = {name: value for name, value in fields.items() if value != ""} | {"object": thing, "after": after}
    assert event_text(**fields, after=canonical(after)) == canonical(whole)


@pytest.mark.parametrize("value", [0.1, {"a": [1.0]}, object(), datetime(2026, 1, 1), {1}])
def test_what_two_programs_could_write_differently_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_a_whole_number_that_some_readers_round_is_refused() -> None:
    with pytest.raises(ValueError):
        canonical(2**53)
