"""Whatever is done in the browser, the folder that is exported says it, and loading it changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pydantic import ValidationError

from fourfold.access.roles import Role
from fourfold.actions.add_library_kpi import add_library_kpi
from fourfold.actions.amend_definitions import EVENT, amend_definitions
from fourfold.actions.export_folder import export_folder
from fourfold.actions.import_benchmark_set import import_benchmark_set
from fourfold.actions.invite_person import invite_person
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.rename_person import rename_person
from fourfold.actions.undo_amendment import undo_amendment
from fourfold.actions.update_folder import update_folder
from fourfold.engine.amendments import Amendment, Amendments, removal, things_of
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.schema import field_schema
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.edits import KEYS, edits
from fourfold.engine.map_moves import Place, connect, move, tidy
from fourfold.engine.unit_moves import move_unit
from fourfold.errors import FourfoldError
from fourfold.library import catalogue
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation, Person
from fourfold.scorecard.benchmark_set import BenchmarkRow
from tests.actions.conftest import FIGURES, NOW
from tests.engine.definitions.strategies import values

#: The bakery as somebody keeps it: in two files, with comments, in more than one manner.
FOLDER = Path(__file__).parent / "kept"
NOUNS = sorted(TYPES.keys() - {"people", "notes", "steps"})
CODES = ("n1", "n2", "n3")
DAYS = ("2026-01-01", "2026-05-04", "2026-12-25")
MONTHS = ("M:2026-01", "2026-05", "2026-09")
#: What a field may say that names something, or is read as more than text; the rest is drawn from its type.
WORDS: dict[str, tuple[Any, ...]] = {
    "owner": ("alice", "bob", None), "author": ("alice", None), "steward": ("bob",), "accepted_by": ("alice",),
    "approver": ("alice", None), "perspective": ("finance", "customers", *CODES), "themes": ((), ("growth",), ("n1",)),
    "unit": ("north", None), "objective": ("earn", "delight", *CODES), "source": ("earn", "delight", *CODES),
    "target": ("earn", "delight", *CODES), "kpi": ("sales", "margin", "staff", *CODES), "since": MONTHS,
    "objectives": ((), ("earn",), ("delight", "earn")), "kpis": ((), ("sales",), ("sales", "staff")),
    "start": DAYS, "end": DAYS, "due": (None, *MONTHS), "until": DAYS, "review_by": DAYS, "formula": (
        None, "sales - costs", "rolling_sum(sales, 3)"), "numerator": (None, "sales"), "denominator": (None, "costs"),
    "only_in": ((), ("north",)), "not_applicable_in": ((), ("south",)), "paired_with": ((), ("costs",)),
    "weighted_by": (None, "staff"), "headcount": (None, "staff"), "cascaded_from": (None, "earn"), "parent": ("bakery",
        "north", "south"), "holidays": ((), DAYS), "time_zone": ("", "Europe/London"), "currency": ("", "GBP"),
    "waivers": ((), ({"check": "LINK-DEAD-END", "reason": "A duty: “no” step.", "until": "2027-01-01"},)),
    "lag": ("P0D", "P3B", (1, 2)), "formerly": ((),), "rates": ((),), "expected_end": (None, *DAYS), "code": CODES,
    "source_date": (None, "2026", "2026-03", *DAYS),
}  # fmt: skip


class Browser(RuleBasedStateMachine):
    """One organisation, edited by its forms, its map and its other pages; two folders follow it."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.temporary = tempfile.TemporaryDirectory()
        self.kept, self.at, self.folders = Path(self.temporary.name, "kept"), NOW, 0
        self.kept.mkdir()
        for file in FOLDER.iterdir():
            (self.kept / file.name).write_text(file.read_text())
        (self.kept / "measurements").mkdir()
        (self.kept / "measurements" / "till.csv").write_text(FIGURES)
        assert load_folder(by=None, path=self.kept, at=NOW).ok
        self.followed = Event.objects.count()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        self.temporary.cleanup()

    @property
    def now(self) -> Definitions:
        found = read_definitions(Organisation.objects.get())
        assert found is not None
        return found

    def tries(self, what: Callable[[datetime], object]) -> None:
        """Something is done, or refused for a reason; both is right."""
        self.at += timedelta(minutes=1)
        try:
            with transaction.atomic():
                what(self.at)
        except (FourfoldError, ValidationError):
            pass

    def amend(self, make: Callable[[Definitions], Amendments]) -> None:
        self.tries(lambda at: amend_definitions(by=None, amendments=make(self.now), at=at))

    @rule(data=st.data(), noun=st.sampled_from(NOUNS), pick=st.integers(0, 20))
    def change(self, data: st.DataObject, noun: str, pick: int) -> None:
        things = things_of(self.now, noun)
        if not things:
            return
        thing = things[pick % len(things)]
        names = st.sampled_from(sorted(type(thing).model_fields.keys() - set(KEYS[noun])))
        given = {name: self.value(data, noun, name) for name in data.draw(st.sets(names, min_size=1, max_size=3))}
        fields = thing.model_dump(exclude_unset=True) | given
        self.amend(lambda _: (Amendment(noun, thing, type(thing).model_validate(fields)),))

    @rule(data=st.data(), noun=st.sampled_from(sorted({*NOUNS} - {"organisation", "strategy"})))
    def create(self, data: st.DataObject, noun: str) -> None:
        needed = [name for name, field in TYPES[noun].model_fields.items() if field.is_required()]
        more = data.draw(st.sets(st.sampled_from(sorted(TYPES[noun].model_fields)), max_size=2))
        if noun == "units":
            more |= {"parent"}
        given = {name: self.value(data, noun, name) for name in dict.fromkeys([*needed, *sorted(more)])}
        self.amend(lambda _: (Amendment(noun, None, TYPES[noun].model_validate(given)),))

    @rule(noun=st.sampled_from(sorted({*NOUNS} - {"organisation", "strategy"})), pick=st.integers(0, 20))
    def remove(self, noun: str, pick: int) -> None:
        if things := things_of(self.now, noun):
            self.amend(lambda d: removal(d, noun, things[pick % len(things)]))

    @rule(unit=st.sampled_from(("north", "south", *CODES)), to=st.sampled_from(("bakery", "north", *CODES)),
          since=st.sampled_from((None, date(2026, 4, 1), date(2026, 8, 1))))  # fmt: skip
    def move_a_unit(self, unit: str, to: str, since: date | None) -> None:
        self.amend(lambda d: move_unit(d, unit, to, since=since))

    @rule(code=st.sampled_from(("earn", "delight", *CODES)), place=st.sampled_from(("finance", "customers")),
          slot=st.integers(0, 4))  # fmt: skip
    def move_on_the_map(self, code: str, place: str, slot: int) -> None:
        drawn = {o.code: Place(o.perspective, i) for i, o in enumerate(self.now.objectives)}
        self.amend(lambda d: move(d, drawn, code, Place(place, slot)) or tidy(d, drawn))

    @rule(ends=st.tuples(*[st.sampled_from(("earn", "delight", *CODES))] * 2))
    def draw_a_link(self, ends: tuple[str, str]) -> None:
        self.amend(lambda d: connect(d, *ends))

    @rule(pick=st.integers(0, 20))
    def take_back(self, pick: int) -> None:
        numbers = list(Event.objects.filter(action=EVENT).order_by("-seq").values_list("seq", flat=True))
        if numbers:
            self.tries(lambda at: undo_amendment(by=None, number=numbers[pick % len(numbers)], at=at))

    @rule(pick=st.sampled_from(sorted(catalogue.kpis())), objective=st.sampled_from(("earn", "delight", "n1")))
    def add_from_the_library(self, pick: str, objective: str) -> None:
        self.tries(lambda at: add_library_kpi(by=None, objective=objective, kpi=pick, at=at))

    @rule(kpi=st.sampled_from(("sales", "Margin", *CODES)), unit=st.sampled_from(("", "north", "n1")),
          dated=st.sampled_from(("2025", "2026-03", *DAYS)), value=st.sampled_from(("7", "7.50", "x")))  # fmt: skip
    def import_a_benchmark(self, kpi: str, unit: str, dated: str, value: str) -> None:
        row = BenchmarkRow(2, kpi, unit, value, source="Peers: “all”", date=dated)
        self.tries(lambda at: import_benchmark_set(by=None, name="peers.csv", rows=[row], at=at))

    @rule(name=st.sampled_from(("Bo", "Bob: “B”", "no")))
    def rename_somebody(self, name: str) -> None:
        bob = Person.objects.get(email="bob@bakery.example")
        self.tries(lambda at: rename_person(by=bob, name=name, at=at))

    @rule(name=st.sampled_from(("dan", "eve")))
    def invite_somebody(self, name: str) -> None:
        alice = Person.objects.get(email="alice@bakery.example")
        self.tries(lambda at: invite_person(
            by=alice, email=f"{name}@bakery.example", name=name, role=Role.VIEWER, unit="north"))  # fmt: skip

    @rule(value=st.sampled_from(("1", "1100.50", "0")))
    def enter_a_figure(self, value: str) -> None:
        self.tries(lambda at: record_measurement(
            by=None, kpi="sales", unit="north", period="2026-05", value=value, at=at))  # fmt: skip

    def value(self, data: st.DataObject, noun: str, name: str) -> Any:
        if name in WORDS and not (noun == "kpis" and name in ("unit", "source")):
            return data.draw(st.sampled_from(WORDS[name]))
        exact = "Decimal" in str(TYPES[noun].model_fields[name].annotation)
        return data.draw(values(field_schema(TYPES[noun], name), exact=exact))

    @invariant()
    def folders_say_what_is_there(self) -> None:
        if Event.objects.count() == self.followed:
            return
        now, before = self.now, {p.name: p.read_text() for p in self.kept.glob("*.yaml")}
        update = update_folder(by=None, path=self.kept, at=self.at).value
        assert update is not None
        after = {p.name: p.read_text() for p in self.kept.glob("*.yaml")}
        assert edits(read(self.kept), now) == ()
        for name in before:  # only what is different is written, and headings stay
            assert before[name] == after[name] or name in update.files
            assert [line for line in after[name].splitlines() if line.startswith("# ==")] == HEADINGS.get(name, [])
        self.folders += 1
        new = Path(self.temporary.name, str(self.folders))
        export_folder(by=None, path=new, at=self.at)
        assert read(new) == now
        for folder in (self.kept, new):
            assert load_folder(by=None, path=folder, at=self.at).summary.split(";")[0] == "nothing new"
        self.followed = Event.objects.count()


HEADINGS = {p.name: [x for x in p.read_text().splitlines() if x.startswith("# ==")] for p in FOLDER.glob("*.yaml")}


def read(folder: Path) -> Definitions:
    found = parse({p.name: p.read_text() for p in folder.glob("*.yaml")})
    assert found.definitions is not None, found.findings
    return found.definitions


QUICK = settings(max_examples=3, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=60, stateful_step_count=25)


@pytest.mark.django_db
@pytest.mark.parametrize("much", [QUICK, pytest.param(LONG, marks=pytest.mark.slow)], ids=["few", "many"])
def test_any_edits_exported_and_loaded_are_the_same_again(much: settings) -> None:
    run_state_machine_as_test(Browser, settings=much)
