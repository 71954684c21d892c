"""A large file is brought in beside the pages: whole or not at all, by one process at a time, and it can be stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from fourfold.actions.begin_import_job import begin_import_job
from fourfold.actions.keep_upload import keep_upload
from fourfold.actions.run_import_job import run_import_job
from fourfold.actions.stop_import_job import stop_import_job
from fourfold.engine.progress import Stopped
from fourfold.errors import Conflict, NotFound
from fourfold.records.import_jobs import TRIES, claim_job, end_with, keep, release, stage_of
from fourfold.records.models import Import, ImportJob, Measurement, Person, Upload
from tests.web.conftest import ADDRESSES
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
FILE = "kpi,unit,period,value\nsales,north,2026-02,1001\nsales,nowhere,2026-02,5\ncosts,north,2026-02,700\n"
READ = {"columns": {name: name for name in ("kpi", "unit", "period", "value")}, "decimal": "."}


def bob() -> Person:
    return Person.objects.get(email=ADDRESSES["bob"])


def begin(way: str, text: str = FILE) -> ImportJob:
    parts: Iterator[bytes] = (text.encode()[i : i + 7] for i in range(0, len(text), 7))
    kept = keep_upload(by=bob(), name="may.csv", content=parts, size=len(text)).value
    assert kept is not None
    job = begin_import_job(by=bob(), upload=kept.pk, mapping=READ, way=way).value
    assert job is not None
    return job


def done(job: ImportJob, tell: Any = lambda *_: None) -> ImportJob:
    claimed = claim_job()
    assert claimed is not None and claimed.pk == job.pk
    run_import_job(by=None, job=job.pk, token=claimed.token, tell=tell)
    job.refresh_from_db()
    return job


def test_a_check_says_what_would_become_of_each_row_and_records_nothing(loaded: None) -> None:
    before, stages = Measurement.objects.count(), []
    job = done(begin("check"), lambda *stage: stages.append(stage))
    told = job.outcome
    assert (told["read"], told["loaded"], told["unchanged"], told["rejected"]) == (3, 1, 1, 1)
    assert told["unknown"] == [["unit", "nowhere"]] and told["rows"][0]["row"] == 3
    assert "nowhere" in job.rejects and not job.failure and job.ended_at
    assert Measurement.objects.count() == before and Upload.objects.exists()
    assert [stage for stage, *_ in stages] == ["Read", "Checked", "Compared"]


def test_the_good_rows_are_recorded_and_the_job_ends_with_them(loaded: None) -> None:
    job = done(begin("apart"))
    assert job.outcome["summary"] == "1 figure loaded, 1 unchanged, 1 rejected"
    assert job.run == Import.objects.get(kind="file") and not Upload.objects.exists()


def test_all_rows_or_none_and_the_reason_stays_with_the_job(loaded: None) -> None:
    before = Measurement.objects.count()
    job = done(begin("import"))
    assert "Nothing was imported: 1 of 3 rows" in job.failure and "nowhere" in job.remedy
    assert Measurement.objects.count() == before and Upload.objects.exists()


@pytest.mark.parametrize("stage", ["Read", "Checked", "Recorded"])
def test_a_job_that_ends_early_leaves_nothing_and_is_done_again(loaded: None, stage: str) -> None:
    before, job = Measurement.objects.count(), begin("apart")

    def stop(name: str, *_: int) -> None:
        if name == stage:
            raise SystemExit  # what a broken pipe or a kill leaves behind, without the process

    with pytest.raises(SystemExit):
        done(job, stop)
    job.refresh_from_db()
    assert job.ended_at is None and Measurement.objects.count() == before and not Import.objects.filter(kind="file")
    release(job, counts=True)
    assert done(job).outcome["summary"].startswith("1 figure loaded")


def test_a_job_that_was_ended_after_all_was_recorded_is_not_done_twice(loaded: None, monkeypatch: Any) -> None:
    job = begin("apart", FILE + "".join(f"sales,north,2025-{m:02},{m}\n" for m in range(1, 13)))
    monkeypatch.setattr("fourfold.actions.import_measurements.FEW", 1)

    def stop(name: str, *_: int) -> None:
        if name == "Evaluated":
            raise SystemExit

    with pytest.raises(SystemExit):
        done(job, stop)
    job.refresh_from_db()
    end_with(job, "It was stopped.", "Nothing of it is recorded.")
    job.refresh_from_db()
    assert job.failure == "" and job.ended_at and job.run is not None, "what is recorded is said to be"
    ImportJob.objects.update(ended_at=None, lease_until=None)
    count = Measurement.objects.count()
    assert done(job).outcome["summary"].startswith("13 figures loaded")
    assert Measurement.objects.count() == count and Import.objects.filter(kind="file").count() == 1


def test_one_process_has_a_job_while_it_says_so_and_another_takes_it_over_afterwards(loaded: None) -> None:
    job = begin("check")
    first = claim_job()
    assert first is not None and keep(first) and claim_job() is None
    ImportJob.objects.update(lease_until=first.asked_at - timedelta(days=1))
    second = claim_job()
    assert second is not None and second.token != first.token and not keep(first) and keep(second)
    with pytest.raises(NotFound):
        run_import_job(by=None, job=job.pk, token=first.token, tell=lambda *_: None)
    for _ in range(TRIES):
        release(second, counts=True)
        second = claim_job() or second
    job.refresh_from_db()
    assert job.ended_at and "ended its process each time" in job.failure


def test_a_job_is_stopped_by_its_person_alone_and_a_file_has_one_at_a_time(loaded: None) -> None:
    job = begin("import")
    with pytest.raises(Conflict):
        begin_import_job(by=bob(), upload=job.upload_id, mapping=READ, way="check")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        stop_import_job(by=Person.objects.get(email=ADDRESSES["alice"]), job=job.pk)
    taken = claim_job()
    assert taken is not None and keep(taken)
    stop_import_job(by=bob(), job=job.pk)
    assert not keep(taken) and stage_of(taken).name == ""
    end_with(taken, "It was stopped.", "Nothing of it is recorded.")
    job.refresh_from_db()
    assert job.failure == "It was stopped." and claim_job() is None


def test_a_hearer_may_stop_an_import(loaded: None) -> None:
    def stop(*_: Any) -> None:
        raise Stopped

    assert done(begin("apart"), stop).failure == "It was stopped before it was done."
