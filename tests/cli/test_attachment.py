"""`fourfold attachment`: a file attached, listed, saved and removed on the server itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fourfold.records.models import Attachment
from tests.cli.running import Ran
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
Fourfold = Callable[..., Ran]


def test_a_file_is_attached_listed_saved_and_removed(loaded: None, fourfold: Fourfold, tmp_path: Path) -> None:
    bill, out = tmp_path / "bill.pdf", tmp_path / "out.pdf"
    bill.write_bytes(b"%PDF-1 april")
    where = ("sales", "north", "2026-04")
    added = fourfold("attachment", "add", *where, bill, "--organisation", "bakery")
    key = added.out.strip()
    assert added.code == 0 and Attachment.objects.get().pk.hex == key.replace("-", "")
    assert key in fourfold("attachment", "list", "--kpi", "sales").out
    assert fourfold("attachment", "list", "--kpi", "costs").out == ""
    assert fourfold("attachment", "save", key, "--to", out).code == 0 and out.read_bytes() == b"%PDF-1 april"
    again = fourfold("attachment", "save", key, "--to", out)
    assert again.code == 2 and "there already" in again.err
    assert "removed" in fourfold("attachment", "remove", key).out
    assert "removed 20" in fourfold("attachment", "list").out


def test_what_is_no_proof_and_what_is_not_there_say_so(loaded: None, fourfold: Fourfold, tmp_path: Path) -> None:
    page = tmp_path / "page.pdf"
    page.write_text("<html>")
    where = ("attachment", "add", "sales", "north", "2026-04")
    refused = fourfold(*where, page, "--organisation", "bakery")
    assert refused.code == 1 and "ATTACHMENT-KIND" in refused.out + refused.err
    assert fourfold(*where, tmp_path / "none.pdf").code == 2
    assert fourfold("attachment", "save", "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4a").code == 4
