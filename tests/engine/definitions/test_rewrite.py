"""Texts brought up to date: what says the same stays to the byte, comments, order, quotes and all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.amendments import find_thing
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Link, Note, Person, Target, Unit
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.definitions.text.folder import SINGLES
from fourfold.engine.definitions.text.rewrite import rewrite
from fourfold.engine.definitions.write import fields_of, write
from fourfold.engine.edits import KEYS, edits
from fourfold.errors import Conflict
from tests.engine.definitions.strategies import definitions, things

#: Written by hand in as many manners as people have.
COMMENTED = {p.name: p.read_text() for p in (Path(__file__).parent / "commented").iterdir()}


def said(texts: Mapping[str, str]) -> Definitions:
    found = parse(texts)
    assert found.definitions is not None, found.findings
    return found.definitions


HAND = said(COMMENTED)


def changed(noun: str, *key: object, **fields: Any) -> Definitions:
    thing = find_thing(HAND, noun, key)
    new = type(thing).model_validate(thing.model_dump(exclude_unset=True) | fields)
    if noun in SINGLES:
        return HAND.model_copy(update={noun: new})
    return HAND.model_copy(update={noun: tuple(new if t is thing else t for t in getattr(HAND, noun))})


def without(noun: str, *key: object) -> Definitions:
    gone = find_thing(HAND, noun, key)
    return HAND.model_copy(update={noun: tuple(t for t in getattr(HAND, noun) if t is not gone)})


def more(noun: str, thing: Definition, before: Definitions = HAND) -> Definitions:
    return before.model_copy(update={noun: (*getattr(before, noun), thing)})


NEW = more("uses", KpiUse(kpi="new", objective="earn"), more("kpis", Kpi(code="new", name="New"), more(
    "targets", Target(kpi="new", since="2028-01", value=Decimal(9)))))  # fmt: skip
#: What is changed, the lines that go, and those that come.
CASES: tuple[tuple[Definitions, str, str], ...] = (
    (changed("organisation", "o", name="It's new"), "  name: 'Old name'   # quoted", "  name: 'It''s new'   # quoted"),
    (changed("organisation", "o", currency="EUR"), "", "  currency: EUR"),
    (changed("kpis", "costs", name="Costs: some"), '    name: "Costs: all"', '    name: "Costs: some"'),
    (changed("units", "n", parent="s"), "  parent: hq   # since 2020", "  parent: s   # since 2020"),
    (changed("units", "n", description="a\nb"), "", "  description: >-\n    a\n\n    b"),
    (changed("objectives", "earn", weight=Decimal("2.50")), "", "    weight: 2.50"),
    (changed("objectives", "earn", name="Earn"),
     "    name: >-\n      Earn more than\n      we spend", "    name: Earn"),
    (changed("kpis", "sales", definition="New\nwords"), "      Line one\n      line two", "      New\n      words"),
    (changed("uses", "costs", "earn", weight=Decimal(5)), "    kpis: [sales, {kpi: costs, weight: 2}]",
     "    kpis: [sales, {kpi: costs, weight: 5}]"),
    (changed("uses", "sales", "earn", role="lead"), "    kpis: [sales, {kpi: costs, weight: 2}]",
     "    kpis: [{kpi: sales, role: lead}, {kpi: costs, weight: 2}]"),
    (changed("uses", "nps", "please", weight=Decimal(1)), "        weight: 3", ""),
    (changed("targets", "sales", None, "commit", "2026-01", value=Decimal(7)),
     "      - {since: 2026-01, value: 5} # first", "      - {since: 2026-01, value: 7} # first"),
    (changed("kpis", "nps", tags=("a", "c", "d, e")), "       b, # bee\n       c]}", '       c, "d, e"]}'),
    (changed("strategy", "s", values=("kind", "brave", "fair"), waivers=()),
     "strategy: {code: s, name: S, values: [kind, fair], waivers: [{check: A, reason: r, until: 2027-01-01}]}"
     "   # one line",
     "strategy: {code: s, name: S, values: [kind, brave, fair]}   # one line"),
    (without("units", "n"), "# the north\n- code: n\n  name: North\n  parent: hq   # since 2020\n", ""),
    (without("units", "s"), "\n- code: s\n  name: South\n  parent: hq", ""),
    (without("uses", "nps", "please"), "    kpis:\n      - kpi: nps   # loved\n        weight: 3", ""),
    (without("targets", "sales", None, "commit", "2026-01"), "      - {since: 2026-01, value: 5} # first", ""),
    (without("perspectives", "c"), "  - {code: c, name: Customers}", ""),
    (more("units", Unit(code="w", name="West", parent="s")), "", "\n- code: w\n  name: West\n  parent: s"),
    (more("uses", KpiUse(kpi="costs", objective="please")), "", "      - kpi: costs"),
    (more("targets", Target(kpi="costs", since="2026-01", value=Decimal(3))), "",
     "    targets:\n      - since: 2026-01\n        value: 3"),
    (more("links", Link(source="please", target="earn", lag=(1, 2))), "",
     "\nlinks:\n  - source: please\n    target: earn\n    lag: [1, 2]"),
    (more("people", Person(code="a", name="Alice")), "", "people:\n  - code: a\n    name: Alice"),
    (NEW, "    kpis: [sales, {kpi: costs, weight: 2}]",
     "    kpis: [sales, {kpi: costs, weight: 2}, {kpi: new}]\n"
     "  - {code: new, name: New, targets: [{since: 2028-01, value: 9}]}"),
)  # fmt: skip


def lines_of(texts: Mapping[str, str]) -> list[str]:
    return [line for name in sorted(texts) for line in texts[name].split("\n")]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_only_the_lines_that_say_something_else_are_written_anew(number: int) -> None:
    after, gone, come = CASES[number]
    new = {**COMMENTED, **rewrite(COMMENTED, after)}
    assert edits(said(new), after) == ()
    told = list(unified_diff(lines_of(COMMENTED), lines_of(new), n=0, lineterm=""))[2:]
    assert [line[1:] for line in told if line[0] == "-" and line[1:]] == [line for line in gone.split("\n") if line]
    assert [line[1:] for line in told if line[0] == "+" and line[1:]] == [line for line in come.split("\n") if line]


def test_what_says_the_same_in_other_words_is_left_as_it_is() -> None:
    assert rewrite(COMMENTED, HAND) == {}
    assert rewrite(COMMENTED, changed("targets", "sales", None, "commit", "2026-01", value=Decimal("5.0"))) == {}


def test_line_ends_of_windows_and_a_mark_at_the_beginning_stay() -> None:
    texts = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in COMMENTED.items()}
    after = more("notes", Note(kpi="nps", period="2026-01", text="Ünï 🙂"), changed("units", "n", description="a\nb"))
    new = rewrite(texts, after)
    assert edits(said({**texts, **new}), after) == ()
    assert new["ours.yaml"] == texts["ours.yaml"].replace(
        "since 2020\r\n", "since 2020\r\n  description: >-\r\n    a\r\n\r\n    b\r\n"
    )


def test_a_file_without_a_last_line_end_and_one_of_comments_alone_are_added_to() -> None:
    ours, rest = COMMENTED["ours.yaml"].rstrip(), COMMENTED["strategy.yml"]
    texts = {"a.yaml": ours, "people.yaml": "# nobody yet", "z.yml": rest}
    after = more("people", Person(code="a", name="Alice"), more("units", Unit(code="w", name="West", parent="hq")))
    new = rewrite(texts, after)
    assert new["a.yaml"].endswith("  parent: hq\n\n- code: w\n  name: West\n  parent: hq")
    assert new["people.yaml"] == "# nobody yet\n\npeople:\n  - code: a\n    name: Alice\n"


def test_the_last_of_a_list_goes_with_its_key() -> None:
    texts = {**COMMENTED, "z.yaml": "# who\n\npeople:\n  - code: a\n    name: Alice\n"}
    new = rewrite(texts, HAND)
    assert new == {"z.yaml": "# who\n"} and edits(said({**texts, **new}), HAND) == ()


def test_texts_with_an_error_are_not_touched() -> None:
    with pytest.raises(Conflict):
        rewrite({**COMMENTED, "z.yaml": "kpis: [}"}, HAND)


def dumped(**manner: Any) -> Callable[[Definitions], dict[str, str]]:
    def texts(d: Definitions) -> dict[str, str]:
        return {"all.yaml": yaml.dump(plain(d), allow_unicode=True, sort_keys=False, **manner)}

    return texts


def plain(value: Any) -> Any:
    """As another program would write it: numbers as text, nothing nested."""
    if isinstance(value, Definitions):
        return {key: plain(each) for key in Definitions.model_fields if (each := getattr(value, key))}
    if isinstance(value, Definition):
        return plain(fields_of(value))
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if isinstance(value, bool | None) else str(value)


MANNERS: dict[str, Callable[[Definitions], dict[str, str]]] = {
    "ours": write,
    "block": dumped(default_flow_style=False),
    "mixed": dumped(default_flow_style=None, width=40),
    "flow": dumped(default_flow_style=True, width=60),
    "windows": dumped(default_flow_style=False, line_break="\r\n", indent=4),
}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Definitions, Definitions]:
    """Definitions, and the same with fields changed, things taken away and others added, all over."""
    before = draw(definitions())
    after: dict[str, Any] = {}
    for noun, type_ in TYPES.items():
        written = getattr(before, noun)
        kept = [draw(varied(noun, t)) for t in (written if isinstance(written, tuple) else (written,))]
        new = [] if noun in SINGLES else draw(st.lists(things(type_), max_size=1))
        after[noun] = kept[0] if noun in SINGLES else tuple(t for t in (*kept, *new) if t is not None)
    return before, Definitions.model_validate(after)


def varied(noun: str, thing: Definition) -> st.SearchStrategy[Definition | None]:
    """As it is, with some of its fields from another one, or gone."""

    def mixed(other: Definition, names: set[str]) -> Definition:
        given = other.model_dump(exclude_unset=True)
        kept = {k: v for k, v in thing.model_dump(exclude_unset=True).items() if k not in names - set(KEYS[noun])}
        return type(thing).model_validate(kept | {k: given[k] for k in names - set(KEYS[noun]) if k in given})

    names = st.sets(st.sampled_from(sorted(type(thing).model_fields)), max_size=4)
    other = st.builds(mixed, things(type(thing)), names)
    return st.just(thing) | other | (st.nothing() if noun in SINGLES else st.none())


def test_what_is_nested_in_a_thing_that_goes_and_stays_itself_is_written_apart() -> None:
    texts = {"all.yaml": "organisation: {code: o, name: O}\nstrategy: {code: s, name: S}\nunits: [{code: u, name: U}]\n"
                         "kpis:\n  - code: sales\n    name: Sales\n    targets: [{since: 2026-01, value: 5}]\n"}
    before = said(texts)
    after = before.model_copy(update={"kpis": ()})
    assert edits(said({**texts, **rewrite(texts, after)}), after) == () and after.targets


@given(st.sampled_from(sorted(MANNERS)), pairs())
@settings(max_examples=4)
def test_any_change_can_be_written_into_texts_of_any_manner(
    manner: str, drawn: tuple[Definitions, Definitions]
) -> None:
    holds_both_ways(manner, drawn)


@pytest.mark.slow
@pytest.mark.parametrize("manner", MANNERS)
@given(pairs())
@settings(max_examples=200)
def test_many_changes_can_be_written_into_texts_of_any_manner(
    manner: str, drawn: tuple[Definitions, Definitions]
) -> None:
    holds_both_ways(manner, drawn)


def holds_both_ways(manner: str, drawn: tuple[Definitions, Definitions]) -> None:
    before, after = drawn
    texts = MANNERS[manner](before)
    assert edits(said(texts), before) == () and rewrite(texts, before) == {}
    new = {**texts, **rewrite(texts, after)}
    assert edits(said(new), after) == ()
    assert rewrite(new, after) == {}
    back = {**new, **rewrite(new, before)}
    assert edits(said(back), before) == ()
