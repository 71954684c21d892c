"""A large file through the pages: it is looked at and brought in beside them, and can be stopped."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fourfold.actions.run_import_job import run_import_job
from fourfold.records.import_jobs import Stage, claim_job, forget, hear
from fourfold.records.models import Import, ImportJob, Upload
from tests.web.pages.test_imports import PAGE, form_of, hand_over

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold.web.pages.imports._AT_ONCE", 10)


def begin(client: Client, do: str, **more: str) -> tuple[str, str]:
    """The addresses of the upload and of its job."""
    at = hand_over(client)
    answer = client.post(at, form_of(client.get(at).content.decode()) | {"do": do, **more})
    assert answer.status_code == 302, answer.content.decode()
    return at, str(answer["Location"])


def work() -> None:
    job = claim_job()
    assert job is not None
    run_import_job(by=None, job=job.pk, token=job.token, tell=lambda *_: None)


def test_a_large_file_is_checked_and_imported_beside_the_pages(bob: Client) -> None:
    at, job = begin(bob, "check")
    page = bob.get(job).content.decode()
    assert "Checking spring.csv" in page and "Waiting for its turn" in page and ">Stop</button>" in page
    assert bob.get(at)["Location"] == job
    assert f'<a href="{job}">spring.csv</a>' in bob.get(PAGE).content.decode()
    hear(ImportJob.objects.get(), Stage("Checked", 1234, 5000))
    assert "Checked: 1,234 of 5,000" in bob.get(job).content.decode()
    forget(ImportJob.objects.get())
    work()
    assert bob.get(job)["Location"] == at
    checked = bob.get(at).content.decode()
    assert "Import 1 figure, keep 2 rows apart" in checked and 'name="code-kpi=Takings"' in checked
    form = form_of(checked)
    assert b"South Pier" in bob.post(at, form | {"do": "report"}).content
    begun = bob.post(at, form | {"do": "apart", "code-kpi=Takings": "sales"})
    work()
    done = bob.get(begun["Location"], follow=True).content.decode()
    assert "2 figures loaded, 1 unchanged, 1 rejected" in done and not Upload.objects.exists()
    assert Import.objects.get(kind="file").rejected == 1


def test_what_keeps_a_large_file_out_is_said_where_it_can_be_mended(bob: Client) -> None:
    at, job = begin(bob, "import")
    work()
    assert bob.get(job)["Location"] == at
    page = bob.get(at).content.decode()
    assert "Nothing was imported" in page and "Import 1 figure, keep 2 rows apart" in page


def test_it_is_stopped_by_who_began_it_and_nobody_else_finds_it(bob: Client, alice: Client, charlie: Client) -> None:
    at, job = begin(bob, "check")
    for client in (alice, charlie):
        assert client.get(job).status_code == client.post(job).status_code == 404
    assert "Stopping" in bob.get(bob.post(job)["Location"]).content.decode()
    assert claim_job() is None and bob.get(job)["Location"] == at
    assert "It was stopped. Nothing of it is recorded." in bob.get(at).content.decode()


def test_a_large_text_is_looked_at_from_its_beginning(bob: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("fourfold.web.components.upload.LOOKED_AT", 60)
    monkeypatch.setattr("fourfold.records.uploads.PART", 60)
    text = "kpi,unit,period,value\n" + "".join(f"sales,north,2024-{m:02},{m}\n" for m in range(1, 13))
    assert "More than 1 row below line 1" in bob.get(hand_over(bob, text)).content.decode()
