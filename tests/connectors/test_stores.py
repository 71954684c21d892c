"""Files of stores, SFTP servers and Google Sheets: who signs in how, what is read, and what is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from fourfold.connectors.download import DOWNLOAD
from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.keys import amazon_headers
from fourfold.connectors.port import Access, Connector, Limits, SourceError
from fourfold.connectors.sftp import SFTP
from fourfold.connectors.sheets import SHEETS
from fourfold.testing.connector import WINDOW, conform, refused
from fourfold.testing.google import google
from fourfold.testing.service import ROWS
from fourfold.testing.sftp import PASSWORD, USER, Sftp, sftp
from fourfold.testing.store import KEY, REGION, SECRET, Store, store

LIMITS = Limits(seconds=10)


def policy(port: int) -> EgressPolicy:
    return EgressPolicy(networks=(ip_network("127.0.0.1/32"),), ports=frozenset({port}))


def read(connector: Connector, access: Access, ask: dict[str, str]) -> list[tuple[str | None, ...]]:
    return list(connector.read(access, ask, WINDOW, LIMITS).rows)


def xlsx(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, lines in sheets:
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                sheet.write_row(row, 0, line)
    return target.getvalue()


def ods(lines: list[list[Any]]) -> bytes:
    """The least that the OpenDocument format asks of a spreadsheet."""
    def cell(value: Any) -> str:
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, line))}</table:table-row>" for line in lines)
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    text = (f'<?xml version="1.0"?><office:document-content {names} office:version="1.3"><office:body>'
            f'<office:spreadsheet><table:table table:name="Sales">{rows}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>")  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", text)
        packed.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
                        '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')  # fmt: skip
    return target.getvalue()


LINES: list[list[Any]] = [list(ROWS[0]), *(list(row.values()) for row in ROWS)]


@pytest.fixture
def bucket() -> Iterator[Store]:
    with store() as server:
        yield server


def stored(bucket: Store, **options: str) -> Access:
    told = {"url": bucket.url, "auth": "s3", "user": KEY, "region": REGION} | options
    return Access(told, SECRET, policy(bucket.server_port))


@pytest.mark.parametrize(("form", "content"), [
    ("xlsx", xlsx(("Notes", []), ("Sales", [[], *LINES, [], ["", "", ""]]))), ("ods", ods(LINES)),
])  # fmt: skip
def test_a_workbook_is_a_table_with_names_in_its_first_line(bucket: Store, form: str, content: bytes) -> None:
    bucket.objects[f"sales.{form}"] = content
    conform(DOWNLOAD, stored(bucket), {"path": f"sales.{form}", "form": form}, ROWS)


def test_what_is_wrong_with_a_workbook_is_said(bucket: Store) -> None:
    strange = [*LINES, ["north", "2026-03", 1, "", "lost"]]
    bucket.objects |= {"a": xlsx(("Sales", LINES), ("March", strange), ("Empty", [])), "half": xlsx(("S", LINES))[:900]}
    for ask, said in (
        ({"path": "a", "sheet": "April"}, "April"), ({"path": "a", "sheet": "March"}, "Line 8 holds something in "),
        ({"path": "a", "sheet": "Empty"}, "is empty"), ({"path": "half"}, "damaged"), ({"path": "none"}, "NoSuchKey"),
    ):  # fmt: skip
        assert said in str(refused(DOWNLOAD, stored(bucket), {"form": "xlsx", **ask})), ask


def test_a_signature_is_that_of_the_reference_of_amazon() -> None:
    """The three examples without a body of “Signature Calculations for the Authorization Header”, S3 API reference."""
    known = {
        "/test.txt": (
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", {"Range": "bytes=0-9"}),
        "/?lifecycle": ("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", {}),
        "/?max-keys=2&prefix=J": ("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", {}),
    }  # fmt: skip
    for path, (signature, more) in known.items():
        headers = amazon_headers(
            f"https://examplebucket.s3.amazonaws.com{path}", key="AKIAIOSFODNN7EXAMPLE",
            secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region="us-east-1",
            at=datetime(2013, 5, 24, tzinfo=UTC), more=more,
        )  # fmt: skip
        assert headers["Authorization"].endswith(f"Signature={signature}"), path


def test_an_object_is_given_to_who_signs_for_it_alone(bucket: Store) -> None:
    bucket.objects |= {"busy": b"a,b\n1,2\n", "cut": b"a,b\n1,2\n3,4\n", "{x}.csv": b"a\n1\n"}
    for wrong in (replace(stored(bucket), secret="another"), stored(bucket, region="us-east-1"),
                  stored(bucket, user="AKIANOBODY"), stored(bucket, auth="none")):  # fmt: skip
        error = refused(DOWNLOAD, wrong, {"path": "busy"})
        assert "403" in error.message and not error.retry
    bucket.seen.clear()
    assert read(DOWNLOAD, stored(bucket), {"path": "busy"}) == [("1", "2")] and bucket.seen == ["busy"] * 2
    assert refused(DOWNLOAD, stored(bucket), {"path": "cut"}).retry
    assert DOWNLOAD.reach(stored(bucket), LIMITS) == "The service answers (200)"


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_an_empty_file_is_no_file(bucket: Store, form: str) -> None:
    bucket.objects["none"] = b""
    assert refused(DOWNLOAD, stored(bucket), {"path": "none", "form": form}).retry


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Sftp, Path]]:
    pytest.importorskip("asyncssh")
    with sftp(tmp_path) as server:
        (tmp_path / "sales.csv").write_text("a,b\n1,2\n")
        yield server, tmp_path


def secure(server: Sftp, secret: str = PASSWORD, **options: str) -> Access:
    told = {"host": "127.0.0.1", "port": str(server.port), "host_key": server.fingerprint, "user": USER} | options
    return Access(told, secret, policy(server.port))


def test_a_file_of_a_sftp_server_is_read_with_a_password_or_a_key(files: tuple[Sftp, Path]) -> None:
    server, folder = files
    (folder / "2026-02-28.xlsx").write_bytes(xlsx(("Sales", LINES)))
    for secret in (PASSWORD, server.key, server.key.replace("\n", ""), server.key.replace("\n", " ")):
        assert read(SFTP, secure(server, secret), {"path": "sales.csv"}) == [("1", "2")]
    ask = {"path": "{until}.xlsx", "form": "xlsx"}
    assert [list(row) for row in read(SFTP, secure(server), ask)] == [[str(c) for c in line] for line in LINES[1:]]
    assert SFTP.reach(secure(server), LIMITS) == "The server lets the user in"


@pytest.mark.parametrize(
    ("options", "secret", "said"),
    [
        ({"host_key": "SHA256:" + "A" * 43}, PASSWORD, "another host key"),
        ({"host_key": "trust me"}, PASSWORD, "no fingerprint"),
        ({}, "another", "does not let the user in"),
        ({"user": "root"}, PASSWORD, "does not let the user in"),
        ({}, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "cannot be read"),
    ],
)
def test_nobody_gets_a_password_who_shows_another_key(
    files: tuple[Sftp, Path], options: dict[str, str], secret: str, said: str
) -> None:
    error = refused(SFTP, secure(files[0], secret, **options), {"path": "sales.csv"})
    assert said in error.message and not error.retry


def test_a_file_that_is_not_there_or_not_whole_gives_nothing(files: tuple[Sftp, Path]) -> None:
    server, folder = files
    for name in ("short", "slow"):
        (folder / name).write_text("a,b\n1,2\n")
    assert "no such file" in refused(SFTP, secure(server), {"path": "none.csv"}).message
    for path, said in (("short", "and 8 came"), ("slow", "longer than a run may")):
        error = refused(SFTP, secure(server), {"path": path}, seconds=10 if path == "short" else 0.5)
        assert said in error.message and error.retry
    away = replace(secure(server, port="1"), policy=policy(1))
    assert refused(SFTP, away, {"path": "sales.csv"}).retry
    with pytest.raises(SourceError, match="larger than 5 bytes"):
        SFTP.read(secure(server), {"path": "sales.csv"}, WINDOW, Limits(seconds=10, size=5))


@contextmanager
def sheet(lines: list[list[Any]]) -> Iterator[tuple[Access, dict[str, str]]]:
    with google() as server:
        server.values["1x", "Sales"] = lines
        access = Access({"url": server.url}, server.key_file, policy(server.server_port))
        yield access, {"spreadsheet": "1x", "range": "Sales"}


def test_cells_of_a_sheet_are_texts_and_short_lines_are_filled_up() -> None:
    with sheet([["region", "month", "amount", ""], ["north", "2026-01", 1000.0], ["south", "2026-01"], [],
                ["west", "2026-02", 0.5, ""]]) as (access, ask):  # fmt: skip
        found = SHEETS.read(access, ask, WINDOW, LIMITS)
        assert found.columns == ("region", "month", "amount")
        assert found.rows == (("north", "2026-01", "1000"), ("south", "2026-01", None), ("west", "2026-02", "0.5"))
        assert SHEETS.reach(access, LIMITS) == "Google knows the service account"


def test_google_gives_nothing_to_who_does_not_hold_the_key() -> None:
    with sheet(LINES) as (access, ask), google() as other:
        stranger = replace(access, secret=access.secret.replace("fourfold@", "someone@"))
        forged = other.key_file.replace(other.url, access.options["url"])
        for secret, said in (("{}", "no key of a service account"), ("sesame", "no key of a service account"),
                             (stranger.secret, "No token was given"), (forged, "No token was given")):  # fmt: skip
            error = refused(SHEETS, replace(access, secret=secret), ask)
            assert said in error.message and not error.retry
        assert "404" in refused(SHEETS, access, ask | {"range": "None"}).message
