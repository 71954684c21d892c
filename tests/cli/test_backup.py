"""Backup, restore and drill on the database that the tests run on; each command a process of its own."""

from __future__ import annotations

import base64
import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from fourfold.records.backups.manifest import DATABASE, NAME
from tests.project.installations import Installation, New, backup, filled, new, template

__all__ = ["backup", "filled", "new", "template"]  # fixtures
pytestmark = pytest.mark.django_db

COUNTS = "SELECT count(*) FROM records_measurement UNION ALL SELECT count(*) FROM records_result"
RESULTS = "SELECT node, period, value, score FROM records_result ORDER BY unit_id, view, ordinal, node"


def rewritten(backup: Path, to: Path, **changes: bytes | None) -> Path:
    """A copy of a backup with other parts, or without some."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(to, "w") as fresh:
        for name in old.namelist():
            content = changes.get(name.replace(".", "_"), old.read(name))
            if content is not None:
                fresh.writestr(name, content)
    return to


def manifest(backup: Path) -> dict[str, object]:
    with zipfile.ZipFile(backup) as archive:
        found: dict[str, object] = json.loads(archive.read(NAME))
        return found


def test_a_restored_installation_has_every_figure_result_and_file(
    filled: Installation, backup: Path, new: New
) -> None:
    other = new("other")
    done = other.run("restore", backup)
    assert done.returncode == 0, done.stderr
    assert other.sql(COUNTS) == filled.sql(COUNTS)
    assert other.sql(RESULTS) == filled.sql(RESULTS) != []
    assert (other.data / "uploads" / "notes" / "a b.txt").read_text() == "kept"
    ((told,),) = other.sql("SELECT after FROM records_event WHERE action = 'chain.restored' AND organisation_id > 0")
    ((seq, head),) = filled.sql("SELECT seq, hash FROM records_chain WHERE seq > 0")
    told = json.loads(told) if isinstance(told, str) else told
    assert (told["verified"], told["head"]) == (seq, head) and "wrong" not in told
    assert other.run("verify").returncode == 0
    assert not list(other.data.glob(".restore-*"))


def test_a_drill_says_what_it_compared_and_is_kept(filled: Installation, backup: Path) -> None:
    done = filled.run("verify", backup)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "counts as in the manifest" in done.stdout and "all the same" in done.stdout
    ((drilled, seconds, failure),) = filled.sql("SELECT drilled_at, drill_seconds, drill_failure FROM records_backup")
    assert drilled and seconds > 0 and failure == ""
    assert not list(filled.data.glob(".drill-*"))


def test_a_result_that_the_figures_do_not_give_fails_the_drill(filled: Installation, tmp_path: Path) -> None:
    filled.sql("UPDATE records_result SET score = 77.7 WHERE id = (SELECT min(id) FROM records_result)")
    assert filled.run("verify").returncode == 1
    assert filled.run("backup", tmp_path / "wrong.backup").returncode == 0
    done = filled.run("verify", tmp_path / "wrong.backup")
    assert done.returncode == 1 and "1 of" in done.stdout and "differ" in done.stdout
    ((failure,),) = filled.sql("SELECT drill_failure FROM records_backup WHERE name = 'wrong.backup'")
    assert "differ" in failure


def test_the_dump_agrees_with_its_manifest_and_is_its_owners_alone(backup: Path) -> None:
    about = manifest(backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert about["engine"] == connection.vendor
    assert about["counts"]["records_measurement"] == 3  # type: ignore[index]
    assert set(about["parts"]) == {DATABASE, "uploads/notes/a b.txt"}  # type: ignore[call-overload]


def test_sessions_are_neither_in_a_backup_nor_revived_by_it(filled: Installation, tmp_path: Path, new: New) -> None:
    filled.sql(
        "INSERT INTO records_session (session_key, session_data, expire_date, address, browser)"
        " VALUES ('canary0session0key', 'canary0data', '2099-01-01', '', '')"
    )
    assert filled.run("backup", tmp_path / "b").returncode == 0
    with zipfile.ZipFile(tmp_path / "b") as archive:
        archive.extract(DATABASE, tmp_path)
    dump = tmp_path / DATABASE
    if connection.vendor == "postgresql":
        plain = subprocess.run(["pg_restore", "--file=-", dump], capture_output=True, check=True).stdout
    else:
        plain = dump.read_bytes()
    assert b"canary0" not in plain
    other = new("other")
    assert other.run("restore", tmp_path / "b").returncode == 0
    assert other.sql("SELECT count(*) FROM records_session") == [(0,)]


def test_a_backup_is_never_overwritten(filled: Installation, backup: Path) -> None:
    before = backup.read_bytes()
    again = filled.run("backup", backup)
    assert again.returncode == 5 and "never overwritten" in again.stderr
    assert backup.read_bytes() == before


def test_a_folder_gets_files_by_date(filled: Installation, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    assert filled.run("backup", tmp_path / "backups").returncode == 0
    (made,) = (tmp_path / "backups").iterdir()
    assert made.name.startswith("fourfold-") and made.suffix == ".backup"


def test_a_place_that_is_not_empty_is_refused_and_left_as_it_was(filled: Installation, backup: Path) -> None:
    before = filled.sql(RESULTS)
    done = filled.run("restore", backup)
    assert done.returncode == 5 and "--replace" in done.stderr
    assert filled.sql(RESULTS) == before


def test_replacing_brings_back_what_was_deleted_since(filled: Installation, backup: Path) -> None:
    before = filled.sql(RESULTS)
    filled.sql("DELETE FROM records_result")
    (filled.data / "uploads" / "later.txt").write_text("later")
    done = filled.run("restore", backup, "--replace")
    assert done.returncode == 0, done.stderr
    assert filled.sql(RESULTS) == before
    assert not (filled.data / "uploads" / "later.txt").exists()
    (aside,) = filled.data.glob("uploads.before-*")
    assert (aside / "later.txt").read_text() == "later"
    if connection.vendor == "sqlite":
        assert len(list(filled.data.glob("fourfold.sqlite3.before-*"))) == 1


def test_replacing_under_a_running_server_is_refused(filled: Installation, backup: Path) -> None:
    with filled._connect() as held:
        held.execute("UPDATE records_result SET score = 1").close()
        held.commit()
        done = filled.run("restore", backup, "--replace")
    assert done.returncode == 5 and "Stop the server" in done.stderr
    assert filled.sql("SELECT DISTINCT score FROM records_result") == [(1.0,)]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_backup_restores_nothing(backup: Path, new: New, tmp_path: Path, share: float) -> None:
    content = backup.read_bytes()
    (tmp_path / "short").write_bytes(content[: int(len(content) * share)])
    other = new("other")
    done = other.run("restore", tmp_path / "short")
    assert done.returncode == 2 and "damaged" in done.stderr and "Traceback" not in done.stderr
    assert other.run("verify").returncode == 1  # still no tables


def test_a_flipped_byte_restores_nothing(backup: Path, new: New, tmp_path: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        dump = bytearray(archive.read(DATABASE))
    dump[len(dump) // 2] ^= 1
    spoilt = rewritten(backup, tmp_path / "spoilt", database_dump=bytes(dump))
    done = new("other").run("restore", spoilt)
    assert done.returncode == 2 and "not what was put in" in done.stderr
    raw = bytearray(backup.read_bytes())
    raw[len(raw) // 3] ^= 1  # the archive's own check sums find this one
    (tmp_path / "raw").write_bytes(raw)
    done = new("third").run("restore", tmp_path / "raw")
    assert done.returncode == 2 and "damaged" in done.stderr


def test_a_backup_of_a_newer_version_is_refused(backup: Path, new: New, tmp_path: Path) -> None:
    about = manifest(backup)
    later = about | {"migrations": [*about["migrations"], "records.9999_later"], "version": "9.0"}  # type: ignore[misc]
    done = new("other").run("restore", rewritten(backup, tmp_path / "l", manifest_json=json.dumps(later).encode()))
    assert done.returncode == 5 and "newer version" in done.stderr and "9999_later" in done.stderr
    later = about | {"format": 99, "version": "9.0"}
    done = new("third").run("restore", rewritten(backup, tmp_path / "f", manifest_json=json.dumps(later).encode()))
    assert done.returncode == 5 and "newer version" in done.stderr


def test_a_backup_of_the_other_kind_of_database_is_refused(backup: Path, new: New, tmp_path: Path) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    about = json.dumps(manifest(backup) | {"engine": other}).encode()
    done = new("other").run("restore", rewritten(backup, tmp_path / "o", manifest_json=about))
    assert done.returncode == 5 and "fourfold export" in done.stderr


@pytest.mark.parametrize("name", ["uploads/../../evil", "uploads/..", "uploads/a\\..\\evil"])
def test_c05_a_backup_cannot_write_outside_its_folder(backup: Path, new: New, tmp_path: Path, name: str) -> None:
    about = manifest(backup)
    parts = about["parts"] | {name: about["parts"]["uploads/notes/a b.txt"]}  # type: ignore[index, operator]
    hostile = tmp_path / "hostile"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(hostile, "w") as fresh:
        for each in old.namelist():
            fresh.writestr(each, old.read(each) if each != NAME else json.dumps(about | {"parts": parts}))
        fresh.writestr(name, "kept")
    other = new("other")
    done = other.run("restore", hostile)
    assert done.returncode == 2 and "belongs nowhere" in done.stderr
    assert not list(tmp_path.rglob("*evil*"))


def test_a_full_disk_leaves_no_half_backup_and_the_old_one(filled: Installation, backup: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        (small / "old.backup").write_bytes(backup.read_bytes()[:40_000])
        room = os.statvfs(small)
        (small / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize - 24_576))
        there = {p.name: p.stat().st_size for p in small.iterdir()}
        done = filled.run("backup", small / "new.backup")
        assert done.returncode == 5 and "Traceback" not in done.stderr, done.stderr
        assert {p.name: p.stat().st_size for p in small.iterdir()} == there
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_folder_that_is_not_there_is_named(filled: Installation, tmp_path: Path) -> None:
    done = filled.run("backup", tmp_path / "none" / "b")
    assert done.returncode == 5 and "There is no folder" in done.stderr


def test_a_backup_before_an_upgrade_works_on_the_schema_of_before(filled: Installation, tmp_path: Path) -> None:
    for table in ("secret", "datakey", "backup"):
        filled.sql(f"DROP TABLE records_{table}")
    filled.sql("DELETE FROM django_migrations WHERE app = 'records' AND name >= '0005'")
    done = filled.run("backup", tmp_path / "before.backup")
    assert done.returncode == 0, done.stderr
    refused = filled.run("export", tmp_path / "out")
    assert refused.returncode == 3 and "fourfold migrate" in refused.stderr


def within(installation: Installation, script: str) -> str:
    """What a script prints that runs in an installation."""
    environment = os.environ | {"FOURFOLD_DATA": str(installation.data), "DATABASE_URL": installation.url}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    whole = f"from fourfold.cli.django_setup import set_up; set_up()\n{script}"
    done = subprocess.run([sys.executable, "-c", whole], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


SIGN_IN = """
from django.conf import settings
from django.test import Client
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # as they are written: no server has collected them
settings.STORAGES["staticfiles"] = {"BACKEND": plain}
browser = Client(headers={"host": "localhost"})
form = {"login": "alice@bakery.example", "password": "flour water salt"}
page = browser.post("/accounts/login/", form, follow=True)
print(page.status_code, "Sign out" in page.content.decode(), "Alice Archer" in page.content.decode())
"""


def test_after_a_restore_people_sign_in_and_an_export_loads_as_nothing_new(
    filled: Installation, tmp_path: Path, new: New
) -> None:
    within(
        filled,
        "from fourfold.actions.set_password import set_password\n"
        "set_password(by=None, email='alice@bakery.example', password='flour water salt')",
    )
    assert filled.run("backup", tmp_path / "b", "--keys", tmp_path / "keys.json").returncode == 0
    other = new("other")
    done = other.run("restore", tmp_path / "b", "--keys", tmp_path / "keys.json")
    assert done.returncode == 0, done.stderr
    assert within(other, SIGN_IN).split() == ["200", "True", "True"]
    assert other.run("export", tmp_path / "out").returncode == 0
    again = filled.run("load", tmp_path / "out")
    assert again.returncode == 0 and "nothing new" in again.stdout, again.stdout + again.stderr


ENGINE = "sqlite.py" if connection.vendor == "sqlite" else "postgres.py"
RESTORING = ("restore_backup.py:_extract", f"{ENGINE}:load", "restore_backup.py:_put_files",
             "migrate_database.py:migrate_database", "restore_backup.py:_note")  # fmt: skip
BACKING_UP = (f"{ENGINE}:dump", f"{ENGINE}:_counts", "archive.py:pack", "archive.py:_add",
              "make_backup.py:_note")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("point", RESTORING)
def test_a_restore_that_was_killed_left_all_or_nothing_and_is_done_again(
    filled: Installation, backup: Path, new: New, point: str
) -> None:
    other = new("other")
    assert other.run("restore", backup, killed_at=point).returncode == -signal.SIGKILL
    if other.has("records_result"):
        assert other.sql(RESULTS) == filled.sql(RESULTS) != []
    done = other.run("restore", backup, "--replace")
    assert done.returncode == 0, done.stderr
    assert other.sql(RESULTS) == filled.sql(RESULTS) != []
    assert (other.data / "uploads" / "notes" / "a b.txt").read_text() == "kept"
    assert other.run("verify").returncode == 0
    assert not list(other.data.glob(".restore-*"))


@pytest.mark.slow
@pytest.mark.parametrize("point", RESTORING)
def test_replacing_that_was_killed_left_the_old_or_the_new(filled: Installation, backup: Path, point: str) -> None:
    new = filled.sql(RESULTS)
    filled.sql("DELETE FROM records_result WHERE ordinal > (SELECT min(ordinal) FROM records_result)")
    old = filled.sql(RESULTS)
    assert filled.run("restore", backup, "--replace", killed_at=point).returncode == -signal.SIGKILL
    assert filled.sql(RESULTS) in (old, new) and old != new
    assert (filled.data / "uploads").exists() or list(filled.data.glob("uploads.before-*"))
    done = filled.run("restore", backup, "--replace")
    assert done.returncode == 0 and filled.sql(RESULTS) == new, done.stderr
    assert (filled.data / "uploads" / "notes" / "a b.txt").read_text() == "kept"


@pytest.mark.slow
@pytest.mark.parametrize("point", BACKING_UP)
def test_a_backup_that_was_killed_is_whole_or_not_there(filled: Installation, tmp_path: Path, point: str) -> None:
    target = tmp_path / "new.backup"
    ended = filled.run("backup", target, killed_at=point).returncode
    if target.exists():
        assert point.endswith(":_note") and ended == -signal.SIGKILL
        assert filled.run("verify", target).returncode == 0
        return
    assert ended == -signal.SIGKILL
    assert filled.run("backup", target).returncode == 0 and not list(tmp_path.glob(".*.part"))


@pytest.mark.slow
def test_secrets_come_back_with_their_keys_and_are_missed_without(
    filled: Installation, tmp_path: Path, new: New
) -> None:
    within(
        filled,
        "from fourfold.records.models import Organisation, Secret\n"
        "Secret.objects.create(organisation=Organisation.objects.get(), name='feed:erp', value='canary0secret')\n",
    )
    assert filled.run("backup", tmp_path / "b", "--keys", tmp_path / "keys.json").returncode == 0
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    (needed,) = manifest(tmp_path / "b")["master_keys"]  # type: ignore[misc]
    assert filled.run("verify", tmp_path / "b", "--keys", tmp_path / "keys.json").returncode == 0

    without = new("without")
    done = without.run("restore", tmp_path / "b")
    assert done.returncode == 0 and f"MISSING: master key {needed}" in done.stdout
    looked = without.run("verify")
    assert looked.returncode == 1 and needed in looked.stdout

    another = base64.b64encode(bytes(range(32))).decode()
    wrong = json.loads((tmp_path / "keys.json").read_text()) | {"master_keys": [another]}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    done = filled.run("verify", tmp_path / "b", "--keys", tmp_path / "wrong.json")
    assert done.returncode == 1 and needed in done.stdout

    whole = new("whole")
    done = whole.run("restore", tmp_path / "b", "--keys", tmp_path / "keys.json")
    assert done.returncode == 0 and "MISSING" not in done.stdout
    assert whole.run("verify").returncode == 0
