"""A folder of somebody's own brought up to date: what is different is written, the rest stays to the byte."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.export_folder import export_folder
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.update_folder import update_folder
from fourfold.errors import Conflict, Forbidden, NotFound, Outdated
from fourfold.records.models import Event, Organisation, Person
from tests.actions.conftest import FIGURES
from tests.actions.test_amend_definitions import AMENDMENTS, changed, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(organisation: Organisation, tmp_path: Path) -> Path:
    """The bakery in Alice's own words and files, in force."""
    folder = tmp_path / "kept"
    (folder / "measurements").mkdir(parents=True)
    for file in (Path(__file__).parent / "kept").iterdir():
        (folder / file.name).write_text(file.read_text())
    (folder / "measurements" / "till.csv").write_text(FIGURES)
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_bytes().decode() for p in folder.rglob("*") if p.is_file()}


def test_one_number_changed_in_the_browser_is_one_number_changed_in_the_text(kept: Path, now: datetime) -> None:
    load_folder(by=None, path=kept, at=now)
    before = texts(kept)
    weight = changed(written(Organisation.objects.get()), "perspectives", "finance", weight=Decimal(55))
    assert amend_definitions(by=None, amendments=[weight], at=now).ok
    outcome = update_folder(by=None, path=kept, at=now)
    assert outcome.summary == f"{kept}: 1 definition changed, written to strategy.yaml"
    old, new = "      weight: 60      # agreed in May", "      weight: 55      # agreed in May"
    assert texts(kept) == before | {"strategy.yaml": before["strategy.yaml"].replace(old, new)}
    assert load_folder(by=None, path=kept, at=now).summary == "nothing new"
    events = Event.objects.count()
    assert update_folder(by=None, path=kept, at=now).summary == f"{kept}: nothing is different"
    assert Event.objects.count() == events


def test_what_would_be_written_is_shown_first_and_nothing_else_is_written_then(kept: Path, now: datetime) -> None:
    load_folder(by=None, path=kept, at=now)
    before, bakery = texts(kept), Organisation.objects.get()
    amend_definitions(by=None, amendments=AMENDMENTS["a weight"](written(bakery)), at=now)
    seen = update_folder(by=None, path=kept, dry_run=True).value
    assert seen is not None and [e.name for e in seen.edits] == ["sales earn"] and seen.files == ("strategy.yaml",)
    assert texts(kept) == before
    amend_definitions(by=None, amendments=AMENDMENTS["a theme more"](written(bakery)), at=now)
    with pytest.raises(Outdated):
        update_folder(by=None, path=kept, expected=seen)
    assert texts(kept) == before


def test_figures_are_written_where_an_export_wrote_them_and_nowhere_else(
    kept: Path, tmp_path: Path, now: datetime
) -> None:
    exported = tmp_path / "out"
    export_folder(by=None, path=exported, at=now)
    record_measurement(by=None, kpi="sales", unit="north", period="2026-05", value="7", at=now)
    own = texts(kept)
    assert update_folder(by=None, path=exported).value.files == ("measurements/figures.csv",)  # type: ignore[union-attr]
    assert "sales,north,M:2026-05,7" in texts(exported)["measurements/figures.csv"]
    update_folder(by=None, path=kept)
    assert texts(kept)["measurements/till.csv"] == own["measurements/till.csv"]
    assert not (kept / "measurements" / "figures.csv").exists()


def test_a_folder_of_an_earlier_moment_can_be_had(kept: Path, now: datetime) -> None:
    load_folder(by=None, path=kept, at=now)
    before, later = texts(kept), now + timedelta(hours=1)
    amend_definitions(by=None, amendments=AMENDMENTS["a weight"](written(Organisation.objects.get())), at=later)
    update_folder(by=None, path=kept, at=later)
    assert texts(kept) != before
    update_folder(by=None, path=kept, as_of=now, at=later)
    assert texts(kept) == before


def test_a_folder_with_errors_or_of_others_is_not_written_to(kept: Path, now: datetime) -> None:
    strategy = kept / "strategy.yaml"
    text = strategy.read_text()
    strategy.write_text(text.replace("perspective: finance", "perspectiv: finance"))
    with pytest.raises(Conflict, match="has errors"):
        update_folder(by=None, path=kept)
    strategy.write_text(text)
    ours = kept / "bakery.yaml"
    ours.write_text(ours.read_text().replace("code: bakery          # for ever", "code: brewery"))
    before = texts(kept)
    with pytest.raises(NotFound, match="brewery"):
        update_folder(by=None, path=kept)
    with pytest.raises(Conflict, match="about the organisation brewery"):
        update_folder(by=None, path=kept, organisation="bakery")
    assert texts(kept) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_left_as_it_is(kept: Path, now: datetime) -> None:
    before = texts(kept)
    kept.chmod(0o555)
    try:
        with pytest.raises(Conflict, match="cannot be written"):
            update_folder(by=None, path=kept, at=now)
    finally:
        kept.chmod(0o755)
    assert texts(kept) == before


def test_alice_may_bob_may_not_and_charlie_finds_nothing(
    kept: Path, alice: Person, bob: Person, charlie: Person
) -> None:
    before = texts(kept)
    with pytest.raises(Forbidden):
        update_folder(by=bob, path=kept)
    with pytest.raises(NotFound):
        update_folder(by=charlie, path=kept)
    assert texts(kept) == before
    assert update_folder(by=alice, path=kept).ok
