"""A set of benchmarks taken into the definitions: all of it or nothing, once, and named in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.export_folder import export_folder
from fourfold.actions.import_benchmark_set import MOST, FileFacts, import_benchmark_set
from fourfold.actions.load_folder import load_folder
from fourfold.actions.undo_amendment import undo_amendment
from fourfold.engine.amendments import Amendment
from fourfold.engine.benchmarks import benchmark_at
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.errors import Forbidden, NotFound
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, FormerDefinition, Mapping, Organisation, Person, Result
from fourfold.scorecard import load
from fourfold.scorecard.benchmark_set import Became, BenchmarkRow

pytestmark = pytest.mark.django_db
ON_TIME = BenchmarkRow(2, kpi="Orders on time", value="97.5", source="Peer median", date="2026-03-31")
MARGIN = BenchmarkRow(3, kpi="margin", unit="north", value="24", source="Guild", date="2026")
SET = (ON_TIME, MARGIN)


def there() -> Definitions:
    found = read_definitions(Organisation.objects.get(code="bakery"))
    assert found is not None
    return found


def benchmarks() -> list[tuple[str, str | None, str, str]]:
    """KPI, unit, period and value of each."""
    return [(t.kpi, t.unit, t.since, f"{t.value:f}") for t in there().targets if t.kind == "benchmark"]


def test_a_set_is_written_evaluated_and_named_in_the_log(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    scores = set(Result.objects.values_list("node", "unit", "period", "score"))
    outcome = import_benchmark_set(by=alice, name="peers.csv", rows=SET, at=now)
    assert outcome.ok and outcome.summary == "2 benchmarks added"
    assert benchmarks() == [("on_time", None, "2026-03", "97.5"), ("margin", "north", "2026-01", "24")]
    assert {t.author for t in there().targets if t.kind == "benchmark"} == {"alice"}
    event = Event.objects.get(action="definitions.amend")
    assert (event.person, event.reason) == (alice, "Benchmark set peers.csv")
    assert [each["after"]["source_date"] for each in event.after["amendments"]] == ["2026-03-31", "2026"]
    organisation.refresh_from_db()
    assert is_evaluated(organisation, on=now)
    assert set(Result.objects.values_list("node", "unit", "period", "score")) == scores  # nobody is judged by them


def test_looking_at_a_set_changes_nothing(organisation: Organisation, alice: Person, now: datetime) -> None:
    before = there()
    outcome = import_benchmark_set(by=alice, name="peers.csv", rows=SET, dry_run=True, at=now)
    assert outcome.ok and outcome.summary == "nothing was imported: 2 benchmarks added"
    assert there() == before and not Event.objects.filter(action="definitions.amend").exists()


def test_the_same_set_again_changes_nothing(organisation: Organisation, now: datetime) -> None:
    import_benchmark_set(by=None, name="peers.csv", rows=SET, at=now)
    organisation.refresh_from_db()
    before, version = there(), organisation.version
    again = import_benchmark_set(by=None, name="peers.csv", rows=SET, at=now + timedelta(days=1))
    assert again.ok and again.summary == "2 benchmarks unchanged"
    organisation.refresh_from_db()
    assert there() == before and organisation.version == version
    assert Event.objects.filter(action="definitions.amend").count() == 1


def test_one_row_that_is_wrong_keeps_all_others_out(organisation: Organisation, now: datetime) -> None:
    rows = (*SET, replace(ON_TIME, line=4, kpi="sales", source=""))
    outcome = import_benchmark_set(by=None, name="peers.csv", rows=rows, at=now)
    assert not outcome.ok and outcome.summary == "nothing was imported" and benchmarks() == []
    assert outcome.value is not None and len(outcome.value.of(Became.ADDED)) == 2
    (finding,) = outcome.findings
    assert (finding.code, finding.place.line) == ("BENCHMARK-SOURCE", 4)


def test_what_the_checks_say_is_said_of_the_row(organisation: Organisation, now: datetime) -> None:
    below = replace(ON_TIME, line=7, kpi="sales", value="-5")
    outcome = import_benchmark_set(by=None, name="peers.csv", rows=(ON_TIME, below), dry_run=True, at=now)
    assert outcome.ok and outcome.value is not None
    (finding,) = outcome.value.rows[1].reasons
    assert (finding.code, finding.level, finding.place.line) == ("KPI-RANGE", Level.WARNING, 7)
    assert outcome.value.rows[0].reasons == ()


def test_what_they_say_of_other_targets_of_the_kpi_is_not_told_again(organisation: Organisation, now: datetime) -> None:
    target = next(t for t in there().targets if t.kpi == "on_time")
    bare = Amendment("targets", target, target.model_copy(update={"value": Decimal(0), "red_line": None}))
    assert "TARGET-RED-LINE" in {f.code for f in amend_definitions(by=None, amendments=[bare], at=now).findings}
    assert import_benchmark_set(by=None, name="peers.csv", rows=SET, dry_run=True, at=now).findings == ()


def test_a_newer_date_is_a_new_version_and_the_older_one_holds_in_its_time(
    organisation: Organisation, now: datetime
) -> None:
    import_benchmark_set(by=None, name="peers.csv", rows=SET, at=now)
    newer = replace(ON_TIME, value="98", date="2026-06-30")
    assert import_benchmark_set(by=None, name="peers 2.csv", rows=[newer], at=now).summary == "1 benchmark added"
    d = there()
    held = [benchmark_at(d, d.kpi["on_time"], "north", d.calendar.parse(p)) for p in ("2026-05", "2026-06")]
    assert [f"{t.value:f}" for t in held if t is not None] == ["97.5", "98"]


def test_a_correction_keeps_what_it_corrects(organisation: Organisation, now: datetime) -> None:
    import_benchmark_set(by=None, name="peers.csv", rows=[ON_TIME], at=now)
    later = now + timedelta(days=1)
    outcome = import_benchmark_set(by=None, name="peers.csv", rows=[replace(ON_TIME, value="97.4")], at=later)
    assert outcome.summary == "1 benchmark changed" and benchmarks() == [("on_time", None, "2026-03", "97.4")]
    former = FormerDefinition.objects.filter(noun="targets").latest("pk")
    assert former.spec["value"] == "97.5"


def test_a_set_is_taken_back_as_a_whole(organisation: Organisation, alice: Person, now: datetime) -> None:
    before = there()
    import_benchmark_set(by=alice, name="peers.csv", rows=SET, at=now)
    assert undo_amendment(by=alice, number=Event.objects.get(action="definitions.amend").seq, at=now).ok
    assert there() == before


def test_a_formula_that_asks_for_the_benchmark_gets_it(organisation: Organisation, now: datetime) -> None:
    kpi = there().kpi["on_time"]
    gap = type(kpi).model_validate({
        "code": "gap", "name": "Short of peers", "kind": "stock", "unit": "%", "aggregate_units": "none",
        "formula": "benchmark(on_time) - on_time",
    })  # fmt: skip
    assert amend_definitions(by=None, amendments=[Amendment("kpis", None, gap)], at=now).ok

    def value() -> float | None:
        return Result.objects.get(node="kpi:gap", unit__code="north", period="M:2026-02", view="month").value

    assert value() is None
    import_benchmark_set(by=None, name="peers.csv", rows=[replace(ON_TIME, date="2026-01")], at=now)
    assert value() == pytest.approx(97.5 - 88)


def test_the_folder_that_is_exported_says_it_and_loading_it_changes_nothing(
    organisation: Organisation, tmp_path: Path, now: datetime
) -> None:
    rows = [*SET, replace(MARGIN, line=4, unit="south", note="Counted\nthe same way.")]
    import_benchmark_set(by=None, name="peers.csv", rows=rows, at=now)
    import_benchmark_set(by=None, name="2.csv", rows=[replace(ON_TIME, value="98", date="2026-04")], at=now)
    export_folder(by=None, path=tmp_path / "out", at=now)
    assert load(tmp_path / "out").definitions.targets == there().targets
    assert "definition" not in load_folder(by=None, path=tmp_path / "out", at=now).summary


def test_how_the_columns_were_read_is_remembered(organisation: Organisation, alice: Person, now: datetime) -> None:
    facts = FileFacts("0" * 64, {"columns": {"kpi": "A"}}, "1" * 64)
    import_benchmark_set(by=alice, name="peers.csv", rows=SET, file=facts, dry_run=True, at=now)
    assert not Mapping.objects.exists()
    import_benchmark_set(by=alice, name="peers.csv", rows=SET, file=facts, at=now)
    assert Mapping.objects.get(organisation=organisation).spec == {"columns": {"kpi": "A"}}


def test_who_may_not_change_definitions_imports_nothing(
    organisation: Organisation, bob: Person, charlie: Person, now: datetime
) -> None:
    for dry_run in (True, False):
        with pytest.raises(Forbidden):
            import_benchmark_set(by=bob, name="peers.csv", rows=SET, dry_run=dry_run, at=now)
        with pytest.raises(NotFound):
            import_benchmark_set(
                by=charlie, organisation="bakery", name="peers.csv", rows=SET, dry_run=dry_run, at=now
            )
    assert benchmarks() == []


def test_a_confidential_kpi_is_not_known_without_a_clearance(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    kpi = there().kpi["margin"]
    secret = Amendment("kpis", kpi, kpi.model_copy(update={"classification": "confidential"}))
    assert amend_definitions(by=None, amendments=[secret], at=now).ok
    refused = import_benchmark_set(by=alice, name="peers.csv", rows=[MARGIN], at=now)
    assert [f.code for f in refused.findings] == ["BENCHMARK-KPI"]
    nowhere = import_benchmark_set(by=alice, name="peers.csv", rows=[replace(MARGIN, kpi="nothing")], at=now)
    said = [f.message.replace("margin", "nothing") for f in refused.findings]
    assert said == [f.message for f in nowhere.findings] and refused.findings[0].fix == nowhere.findings[0].fix
    assert import_benchmark_set(by=None, name="peers.csv", rows=[MARGIN], at=now).ok


def test_a_set_has_an_end(organisation: Organisation, now: datetime) -> None:
    outcome = import_benchmark_set(by=None, name="peers.csv", rows=[ON_TIME] * (MOST + 1), at=now)
    assert [f.code for f in outcome.findings] == ["BENCHMARK-MANY"] and outcome.value is None
