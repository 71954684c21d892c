from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.evaluate_outlooks import evaluate_outlooks
from fourfold.actions.import_measurements import FEW, FileFacts, ImportResult, import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.cells import Mark
from fourfold.engine.period_states import PeriodState
from fourfold.errors import NotFound
from fourfold.records.frames.measurement import measurements_csv
from fourfold.records.models import Evaluation, Event, Import, Measurement, Organisation, Person, Result

pytestmark = pytest.mark.django_db
MAY = """kpi,unit,period,value,numerator,denominator,state,note
sales,north,2026-05,1234.50,,,,a fair in town
on_time,north,2026-05,,90,120,,
costs,north,2026-05,,,,missing,
sales,north,2026-01,1010.50,,,,
sales,north,2026-02,991,,,,
"""
WRONG = """kpi,unit,period,value
sales,north,2026-05,1234.50
sales,north,2026-13,1
sale,north,2026-05,2
sales,north,2026-06,2O
sales,south,2026-05,3
staff,north,2026-06,4
staff,north,2026-06,5
sales,north,2026-09,6
margin,north,2026-05,7
costs,,2026-05,7
costs,north,2026-05,
"""


def table(text: str) -> pl.DataFrame:
    rows = pl.read_csv(text.encode(), infer_schema=False)
    return rows.drop("row", strict=False).with_row_index("row", offset=2)


def steady(unit: str, value: str) -> str:
    """Two years of sales that hardly move, and one month after them."""
    months = [(2024 + i // 12, i % 12 + 1) for i in range(24)]
    rows = [f"sales,{unit},{year}-{month:02d},{1000 + 10 * (month % 3)}" for year, month in months]
    return "\n".join(["kpi,unit,period,value", *rows, f"sales,{unit},2026-05,{value}"])


def bring(text: str, **given: Any) -> Outcome[ImportResult]:
    return import_measurements(rows=table(text), source="may.csv", kind="file", **given)


def counts(outcome: Outcome[ImportResult]) -> tuple[int, int, int, int]:
    result = outcome.value
    assert result is not None
    assert result.read == result.loaded + result.unchanged + result.rejected == len(list(result.each()))
    return result.read, result.loaded, result.unchanged, result.rejected


def results() -> list[tuple[object, ...]]:
    fields = ("view", "node", "unit", "period", "value", "status", "state", "score")
    return sorted(Result.objects.values_list(*fields), key=str)


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Measurement, Event, Evaluation, Import))


def test_an_import_is_one_event_one_evaluation_and_the_figures_name_it(bob: Person, now: datetime) -> None:
    _, events, runs, imports = everything()
    outcome = bring(MAY, by=bob, at=now, file=FileFacts("ab" * 32, {"kpi": "kpi"}))
    assert outcome.ok and counts(outcome) == (5, 4, 1, 0), outcome.findings
    assert [row.outcome for row in outcome.value.each()] == ["loaded"] * 3 + ["unchanged", "loaded"]  # type: ignore[union-attr]
    assert everything()[1:] == (events + 1, runs + 1, imports + 1)
    run = Import.objects.latest("pk")
    assert (run.read, run.loaded, run.unchanged, run.rejected) == (5, 4, 1, 0)
    assert (run.kind, run.source, run.by, run.file_sha256, run.mapping) == (
        "file", "may.csv", bob, "ab" * 32, {"kpi": "kpi"},
    )  # fmt: skip
    assert run.measurements.count() == 4
    event = Event.objects.latest("pk")
    assert event.action == "measurement.import" and event.after["import"] == run.pk
    kept = Measurement.objects.get(kpi__code="sales", period="M:2026-05")
    assert (str(kept.value), kept.reason, kept.recorded_by, kept.recorded_at) == ("1234.50", "a fair in town", bob, now)
    old, new = Measurement.objects.filter(kpi__code="sales", unit__code="north", period="M:2026-02").order_by("pk")
    assert old.superseded_at == new.recorded_at and str(new.value) == "991"


def test_each_figure_knows_the_row_it_stands_in_and_keeps_it_when_the_same_comes_again(
    bob: Person, now: datetime
) -> None:
    def rows() -> dict[tuple[str, str], int | None]:
        found = Measurement.objects.current().exclude(source_row=None)
        return {(kpi, period): row for kpi, period, row in found.values_list("kpi__code", "period", "source_row")}

    bring(MAY, by=bob, at=now)
    may = {("sales", "M:2026-05"): 2, ("on_time", "M:2026-05"): 3, ("costs", "M:2026-05"): 4}
    there = may | {("sales", "M:2026-02"): 6}
    assert rows() == there, "new ones and a correction; the one that was known already is of where it came from"
    bring("kpi,unit,period,value\nsales,north,2026-02,991\ncosts,north,2026-05,12\n", by=bob, at=now)
    assert rows() == there | {("costs", "M:2026-05"): 3}
    record_measurement(by=bob, organisation="bakery", kpi="sales", unit="north", period="2026-05", value="7", at=now)
    assert rows() == {k: v for k, v in rows().items() if k != ("sales", "M:2026-05")}, "what is entered has no row"
    assert not any(Import.objects.values_list("adds_up", flat=True))


def test_a_figure_of_events_has_the_row_of_the_first_of_them(bob: Person, now: datetime) -> None:
    events = ("sales,north,2026-05-02,5", "sales,north,2026-05-03,6", "sales,north,2026-06-01,7")
    assert bring("\n".join(["kpi,unit,at,value", *events]), by=bob, at=now).ok
    run = Import.objects.get(kind="file")
    rows = dict(run.measurements.values_list("period", "source_row"))
    assert run.adds_up and rows == {"M:2026-05": 2, "M:2026-06": 4}


def test_what_is_evaluated_is_what_a_full_evaluation_gives(bob: Person, now: datetime) -> None:
    bring(MAY, by=bob, at=now)
    found = results()
    evaluate_organisation(by=None, as_of=now)
    assert results() == found


def test_the_same_rows_again_change_nothing(bob: Person, now: datetime) -> None:
    bring(MAY, by=bob, at=now)
    before = everything()
    again = bring(MAY.replace("1234.50", "1234.5000").replace("a fair in town", ""), by=bob, at=now)
    assert counts(again) == (5, 0, 5, 0) and everything() == before


def test_every_rejected_row_says_why_and_nothing_is_imported(bob: Person, now: datetime) -> None:
    before = everything()
    outcome = bring(WRONG, by=bob, at=now)
    assert not outcome.ok and everything() == before
    assert counts(outcome) == (11, 1, 1, 9)
    said = {row.row: row.reasons[0].code for row in outcome.value.each() if row.reasons}  # type: ignore[union-attr]
    assert said == {
        3: "ROW-PERIOD", 4: "ROW-KPI", 5: "ROW-LETTER", 6: "ROW-UNIT", 7: "ROW-CONFLICT", 8: "ROW-CONFLICT",
        9: "RECORD-EARLY", 10: "ROW-COMPUTED", 11: "ROW-EMPTY-KEY",
    }  # fmt: skip


def test_quarantine_keeps_the_bad_rows_apart_in_a_form_to_mend_and_import_again(bob: Person, now: datetime) -> None:
    outcome = bring(WRONG, by=bob, at=now, quarantine=True)
    assert outcome.ok and counts(outcome) == (11, 1, 1, 9)
    report = Import.objects.latest("pk").rejects
    kept = pl.read_csv(report.encode(), infer_schema=False)
    assert kept.columns == ["kpi", "unit", "period", "value", "row", "reason"]
    assert kept["row"].to_list() == [str(row) for row in range(3, 12)]
    assert kept["reason"].null_count() == 0 and "2O" in kept["value"].to_list()
    mended = report.replace("2O", "20")
    again = bring(mended, by=bob, quarantine=True, at=now)
    assert counts(again) == (9, 1, 0, 8)


def test_a_dry_run_says_what_would_be_and_records_nothing(bob: Person, now: datetime) -> None:
    before = everything()
    assert counts(bring(MAY, by=bob, at=now, dry_run=True)) == (5, 4, 1, 0)
    looked = bring(WRONG, by=bob, at=now, dry_run=True, quarantine=True)
    assert looked.ok and counts(looked) == (11, 1, 1, 9) and everything() == before


def test_a_closed_period_takes_no_figures_but_what_it_has_already(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    for state in (PeriodState.APPROVED, PeriodState.CLOSED):
        set_period_state(by=None, organisation="bakery", unit="bakery", period="2026-01", state=state, at=now)
    same = "kpi,unit,period,value\nsales,north,2026-01,1010.50\n"
    assert counts(bring(same, by=alice, at=now)) == (1, 0, 1, 0)
    other = bring(same + "sales,north,2026-02,5\ncosts,bakery,2026-01,1\nsales,south,2026-01,2\n", by=alice, at=now)
    assert not other.ok and counts(other) == (4, 1, 1, 2)
    assert [[r.code for r in row.reasons] for row in other.value.each()][2:] == [["IMPORT-CLOSED"]] * 2  # type: ignore[union-attr]
    apart = bring(same + "sales,north,2026-02,5\nsales,south,2026-01,2\n", by=alice, at=now, quarantine=True)
    assert counts(apart) == (3, 1, 1, 1)


def test_a_unit_that_is_not_seen_and_one_that_is_not_there_are_said_alike(bob: Person, now: datetime) -> None:
    outcome = bring("kpi,unit,period,value\nsales,south,2026-05,1\nsales,sauth,2026-05,1\n", by=bob, at=now)
    said = [row.reasons[0] for row in outcome.value.each()]  # type: ignore[union-attr]
    assert [r.message.replace("sauth", "south") for r in said] == [said[0].message] * 2
    assert not any("south" in r.fix for r in said)


def test_an_outsider_learns_nothing(charlie: Person, organisation: Organisation, now: datetime) -> None:
    with pytest.raises(NotFound):
        bring(MAY, by=charlie, organisation="bakery", at=now)


def test_a_table_without_a_needed_column_is_refused_as_a_whole(bob: Person, now: datetime) -> None:
    outcome = bring("kpi,unit,value\nsales,north,1\n", by=bob, at=now, quarantine=True)
    assert not outcome.ok and counts(outcome) == (1, 0, 0, 1)


def test_an_approval_is_asked_for_as_on_entry(organisation: Organisation, bob: Person, now: datetime) -> None:
    unit = organisation.unit_set.get(code="north")
    unit.spec |= {"needs_approval": True}
    unit.save()
    organisation.definitions_version += 1
    organisation.save()
    bring(MAY, by=bob, at=now)
    marks = dict(Measurement.objects.current().filter(period="M:2026-05").values_list("kpi__code", "marks"))
    assert marks == {"sales": Mark.UNAPPROVED, "on_time": Mark.UNAPPROVED, "costs": 0}


def test_what_is_exported_is_unchanged_when_it_is_imported(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    record_measurement(by=alice, kpi="sales", unit="south", period="2026-05", value="1e3", note="=1+1", at=now)
    text, count = measurements_csv(organisation)
    assert counts(bring(text.replace("'=", "="), by=alice, at=now)) == (count, 0, count, 0)


def test_many_figures_are_evaluated_after_they_are_recorded(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    months = [f"{year}-{month:02}" for year in range(2012, 2026) for month in range(1, 13)]
    pairs = [(kpi, unit) for kpi in ("sales", "costs") for unit in ("north", "south")]
    rows = [f"{kpi},{unit},{month},{i}" for kpi, unit in pairs for i, month in enumerate(months)]
    outcome = bring("\n".join(["kpi,unit,period,value", *rows]), by=alice, at=now)
    assert counts(outcome) == (len(rows), len(rows), 0, 0) and len(rows) > FEW
    found = results()
    evaluate_organisation(by=None, as_of=now)
    assert results() == found and found


@pytest.mark.parametrize(("value", "count"), [("1010", 0), ("9000", 1)])
def test_figures_unlike_those_before_are_recorded_and_remarked_on(
    organisation: Organisation, value: str, count: int
) -> None:
    assert bring(steady("south", "1010"), by=None).ok
    evaluate_outlooks(by=None, organisation="bakery", kpi=["sales"], unit="south")
    outcome = bring(f"kpi,unit,period,value\nsales,south,2026-06,{value}", by=None)
    remarks = [f for f in outcome.findings if f.code == "IMPORT-UNUSUAL"]
    assert outcome.ok and outcome.value is not None and outcome.value.loaded == 1
    assert len(remarks) == count
    assert all("1 without an explanation: sales/south/2026-06" in f.message for f in remarks)
