"""A body that ends before it should is none: what Django would take for a shorter form is refused."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError
from django.test import RequestFactory

from fourfold.project.wsgi import WholeBody
from fourfold.web.pages.faults import fault

FORM = b"\r\n".join((
    b"--edge", b'Content-Disposition: form-data; name="file"; filename="a.csv"', b"", b"kpi,unit\nsales,north",
    b"--edge--", b"",
))  # fmt: skip
KIND = "multipart/form-data; boundary=edge"


def request_of(content: bytes, told: int, kind: str = KIND, *, guarded: bool = True) -> WSGIRequest:
    body: Any = WholeBody(BytesIO(content), told) if guarded else BytesIO(content)
    return WSGIRequest({"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_TYPE": kind,
                        "CONTENT_LENGTH": str(told), "wsgi.input": body})  # fmt: skip


def test_a_whole_form_is_read_and_django_alone_takes_half_a_figure_for_a_figure() -> None:
    assert request_of(FORM, len(FORM)).FILES["file"].read() == b"kpi,unit\nsales,north"
    fields, kind = b"unit=north&value=1234", "application/x-www-form-urlencoded"
    assert request_of(fields, len(fields), kind).POST["value"] == "1234"
    assert request_of(fields[:-2], len(fields), kind, guarded=False).POST["value"] == "12"


@pytest.mark.parametrize("there", range(1, len(FORM), 9))
@pytest.mark.parametrize("kind", [KIND, "application/x-www-form-urlencoded"])
def test_a_form_that_is_cut_anywhere_is_refused(there: int, kind: str) -> None:
    with pytest.raises(UnreadablePostError) as refused:
        _ = request_of(FORM[:there], len(FORM), kind).POST
    answer = fault(RequestFactory().post("/"), refused.value)
    assert answer is not None and answer.status_code == 400
