"""The commands that need a database, run as people run them, each on a data folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
import yaml

from fourfold import library
from fourfold.cli import demo

COMMAND = (sys.executable, "-m", "fourfold")
ROOT = Path(__file__).parents[2]
WHO = "robin@example.org"
FIGURES = len((Path(library.__file__).parent / "starter/measurements/figures.csv").read_text().splitlines()) - 1
LOADED = f"{FIGURES} figures loaded"
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(data: Path, **settings: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DJANGO_", "DATABASE_URL"))}
    return kept | {"FOURFOLD_DATA": str(data)} | settings


def fourfold(*arguments: object, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; whatever happens, no traceback."""
    ran = subprocess.run(
        [*COMMAND, *map(str, arguments)], env=environment(data, **settings), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran


def content(data: Path) -> list[str]:
    """Everything that a database holds, but for the counters of numbers that were given and taken back."""
    with closing(sqlite3.connect(data / "fourfold.sqlite3")) as connection:
        return [line for line in connection.iterdump() if "sqlite_sequence" not in line]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A starter folder."""
    folder = tmp_path_factory.mktemp("folder") / "company"
    assert fourfold("init", folder, data=folder.parent).returncode == 0
    return folder


@pytest.fixture(scope="module")
def loaded(company: Path) -> Path:
    """A data folder that holds the starter folder."""
    data = company.with_name("data")
    ran = fourfold("load", company, data=data)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert LOADED in ran.stdout
    return data


@pytest.fixture
def data(loaded: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copytree(loaded, tmp_path / "data"))


def spoiled(company: Path, folder: Path) -> Path:
    """The starter folder with one figure corrected and one wrong row."""
    shutil.copytree(company, folder)
    figures = folder / "measurements" / "figures.csv"
    text = figures.read_text()
    assert "revenue,north,2026-01,293" in text and "cost,north,2026-01" in text
    figures.write_text(
        text.replace("revenue,north,2026-01,293", "revenue,north,2026-01,294").replace(
            "cost,north,2026-01", "cots,north,2026-01"
        )
    )
    return folder


# load and export


def test_loading_twice_changes_nothing(company: Path, data: Path) -> None:
    before = content(data)
    ran = fourfold("load", company, data=data)
    assert (ran.returncode, ran.stdout) == (0, f"{company}: nothing new\n")
    assert content(data) == before


def test_a_folder_with_one_wrong_row_loads_nothing(company: Path, data: Path, tmp_path: Path) -> None:
    before = content(data)
    ran = fourfold("load", spoiled(company, tmp_path / "spoiled"), data=data)
    assert ran.returncode == 1
    assert "error measurements/figures.csv:3 ROW-KPI" in ran.stdout and "1 error; nothing was loaded" in ran.stdout
    assert content(data) == before


def test_a_mistyped_folder_makes_no_database(tmp_path: Path) -> None:
    ran = fourfold("load", tmp_path / "compnay", data=tmp_path / "data")
    assert (ran.returncode, "is not a folder" in ran.stderr) == (4, True)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_is_shown_and_applied_and_then_nothing_is_left_to_do(company: Path, data: Path, tmp_path: Path) -> None:
    before = content(data)
    new = Path(shutil.copytree(company, tmp_path / "new"))
    strategy = new / "strategy.yaml"
    text = strategy.read_text()
    strategy.write_text(text.replace("weight: 2}", "weight: 5}", 1))
    assert strategy.read_text() != text
    assert fourfold("plan", company, "--check", data=data).returncode == 0
    drifted = fourfold("diff", new, "--check", data=data)
    assert drifted.returncode == 1 and "weight" in drifted.stdout
    planned = fourfold("plan", new, "--check", data=data)
    assert planned.returncode == 1 and "1 changed" in planned.stdout and "weight" in planned.stdout
    unasked = fourfold("apply", new, data=data)
    assert unasked.returncode == 2 and "--yes" in unasked.stderr
    assert content(data) == before
    applied = fourfold("apply", new, "--yes", data=data)
    assert (applied.returncode, applied.stderr) == (0, "") and "1 definition changed" in applied.stdout
    assert fourfold("plan", new, "--check", data=data).returncode == 0


def test_who_is_second_to_apply_changes_nothing_and_sees_what_is_different_now(
    company: Path, data: Path, tmp_path: Path
) -> None:
    folders = [Path(shutil.copytree(company, tmp_path / name)) for name in ("one", "two")]
    for folder, weight in zip(folders, (5, 7), strict=True):
        text = (folder / "strategy.yaml").read_text()
        (folder / "strategy.yaml").write_text(text.replace("weight: 2}", f"weight: {weight}}}", 1))
    one, two = folders
    with subprocess.Popen(
        [*COMMAND, "apply", str(one)], env=environment(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asked:  # fmt: skip
        assert asked.stdin is not None and asked.stdout is not None
        shown = b""
        while b"Apply one?" not in shown:
            more = os.read(asked.stdout.fileno(), 1 << 16)
            assert more, shown
            shown += more
        assert fourfold("apply", two, "--yes", data=data).returncode == 0
        said, errors = asked.communicate(b"y\n", timeout=120)
    assert asked.returncode == 5 and b"what the folder would change now" in errors
    assert b"2" in shown and b"7" in said and b"5" in said
    assert fourfold("diff", two, "--check", data=data).returncode == 0


def test_what_would_go_is_named_and_goes_only_where_that_is_allowed(company: Path, data: Path, tmp_path: Path) -> None:
    before = content(data)
    new = Path(shutil.copytree(company, tmp_path / "new"))
    for file in new.glob("initiatives*"):
        file.unlink()
    strategy = new / "strategy.yaml"
    lines = strategy.read_text().splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("links:"))
    end = next((i for i in range(start + 1, len(lines)) if lines[i][0] not in " #\n"), len(lines))
    strategy.write_text("".join(lines[:start] + lines[end:]))
    refused = fourfold("apply", new, "--yes", data=data)
    assert refused.returncode == 5 and "would go" in refused.stderr and "--allow-destroy" in refused.stderr
    assert content(data) == before
    assert fourfold("apply", new, "--yes", "--allow-destroy", data=data).returncode == 0
    assert fourfold("plan", new, "--check", data=data).returncode == 0


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_is_exported_loads_elsewhere_and_exports_to_the_same_bytes(data: Path, tmp_path: Path) -> None:
    first, second, elsewhere = tmp_path / "first", tmp_path / "second", tmp_path / "elsewhere"
    for step, where in ((("export", first), data), (("load", first), elsewhere), (("export", second), elsewhere)):
        ran = fourfold(*step, data=where)
        assert (ran.returncode, ran.stderr) == (0, "")
    assert len(files(first)["measurements/figures.csv"].splitlines()) == 1 + FIGURES
    assert files(first) == files(second)


def test_an_export_overwrites_nothing_but_a_scorecard_and_that_after_a_question(
    company: Path, data: Path, tmp_path: Path
) -> None:
    other, new = tmp_path / "other", Path(shutil.copytree(company, tmp_path / "new"))
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    ran = fourfold("export", other, data=data)
    assert (ran.returncode, "Name a folder that is new or empty." in ran.stderr) == (5, True)
    before = files(new)
    assert fourfold("export", new, data=data).stdout == f"{new}: nothing is different\n"
    strategy = new / "strategy.yaml"
    strategy.write_text(strategy.read_text().replace("weight: 2}", "weight: 5}", 1))
    drifted = files(new)
    unasked = fourfold("export", new, data=data)
    assert unasked.returncode == 2 and "--yes" in unasked.stderr and "1 changed" in unasked.stdout
    assert files(new) == drifted != before
    ran = fourfold("export", new, "--yes", data=data)
    assert (ran.returncode, ran.stderr) == (0, "") and "1 definition changed, written to strategy.yaml" in ran.stdout
    assert files(new) == before


def test_an_export_names_an_organisation_that_is_there(data: Path, tmp_path: Path) -> None:
    ran = fourfold("export", tmp_path / "out", "--organisation", "nobody", data=data)
    assert (ran.returncode, "There is no organisation nobody." in ran.stderr) == (4, True)
    assert not (tmp_path / "out").exists()


# password


def test_an_unknown_person_gets_no_password(data: Path) -> None:
    before = content(data)
    ran = fourfold("password", "charlie@example.org", data=data)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert "There is nobody with the address charlie@example.org." in ran.stderr and WHO in ran.stderr
    assert content(data) == before


def test_a_password_is_fresh_each_time_and_not_kept_as_it_is(data: Path) -> None:
    ran = [fourfold("password", WHO, data=data) for _ in range(2)]
    first, second = (r.stdout.split()[-1] for r in ran)
    assert [r.returncode for r in ran] == [0, 0]
    assert first != second and min(len(first), len(second)) >= 20
    assert not any(first in line or second in line for line in content(data))


# serve: what is refused before anything is touched

REFUSED = {
    "a host of another machine": (["--host", "192.0.2.1"], {}, 2, "--host 127.0.0.1"),
    "a name of no machine": (["--host", "alice.invalid"], {}, 2, "--host 127.0.0.1"),
    "a short secret key": ([], {"FOURFOLD_SECRET_KEY": "swordfish"}, 3, "FOURFOLD_SECRET_KEY 50 or more"),
    "a database that is no address": ([], {"DATABASE_URL": "swordfish"}, 3, "postgresql://user:password@host"),
    "a server that does not answer": ([], {"DATABASE_URL": "postgresql://a:swordfish@127.0.0.1:1/x"}, 3, "E004"),
    "a database in no folder": ([], {"DATABASE_URL": "sqlite:////none/there.sqlite3"}, 3, "Check DATABASE_URL"),
    "a zone on another planet": ([], {"FOURFOLD_TIME_ZONE": "Mars/Phobos"}, 3, "FOURFOLD_TIME_ZONE=Europe/London"),
    "a language without words": ([], {"FOURFOLD_LANGUAGE": "xx"}, 3, "FOURFOLD_LANGUAGE=en-gb"),
    "a level nobody knows": ([], {"FOURFOLD_LOG_LEVEL": "loud"}, 3, "DEBUG, INFO, WARNING, ERROR"),
    "a data folder that is a file": ([], {"FOURFOLD_DATA": __file__}, 3, "Let FOURFOLD_DATA name a folder"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_the_server_refuses_and_says_what_to_do(tmp_path: Path, case: str) -> None:
    arguments, settings, code, said = REFUSED[case]
    with free_port() as port:
        ran = fourfold("serve", "--port", port, *arguments, data=tmp_path, **settings)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert said in ran.stderr and "swordfish" not in ran.stderr.replace("DATABASE_URL", "")
    assert not (tmp_path / "fourfold.sqlite3").exists() or not content(tmp_path)[1:-1]


def test_a_taken_port_is_refused_before_the_database_is_made(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in (["serve"], ["demo", "--folder", ROOT / demo.FOLDER]):
            ran = fourfold(*command, "--port", port, data=tmp_path / "data")
            assert (ran.returncode, ran.stdout) == (2, "")
            assert f"Port {port} on 127.0.0.1 is in use." in ran.stderr
            assert re.search(r"choose another: .*--port \d+", ran.stderr)
    assert not (tmp_path / "data").exists()


def test_a_database_of_a_newer_version_is_left_alone(data: Path) -> None:
    with closing(sqlite3.connect(data / "fourfold.sqlite3")) as connection:
        newer = "insert into django_migrations(app, name, applied) values ('records', '9999_later', '2031-01-01')"
        connection.execute(newer)
        connection.commit()
    before = content(data)
    with free_port() as port:
        ran = fourfold("serve", "--port", port, data=data)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "newer version of Fourfold (9999_later)" in ran.stderr and "restore a backup" in ran.stderr
    assert content(data) == before


# serve and demo: from start to end


@contextmanager
def free_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    yield port


class Running:
    """A server in a session of its own, as a terminal would give it."""

    def __init__(self, *arguments: object, data: Path, port: int) -> None:
        self.address = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments), "--port", str(port)], env=environment(data), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.said = ""

    def read_until(self, words: str) -> str:
        assert self.process.stdout
        while words not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended and said:\n{self.said}"
            self.said += line
        return self.said

    def interrupt(self) -> int:
        """Press Ctrl C, which reaches every process of the session; how it ended."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.said += self.process.communicate(timeout=60)[0]
        assert "Traceback" not in self.said and "Exception" not in self.said
        with pytest.raises(ProcessLookupError):
            os.killpg(self.process.pid, 0)
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def begin(*arguments: object, data: Path) -> Running:
        with free_port() as port:
            running.append(Running(*arguments, data=data, port=port))
        return running[-1]

    yield begin
    for server in running:
        server.close()


def ask(browser: OpenerDirector, address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    try:
        with browser.open(address, urlencode(form).encode() if form else None, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def sign_in(address: str, email: str, password: str) -> tuple[int, str]:
    """The page after signing in."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    browser.addheaders = [("Origin", address)]
    page = ask(browser, f"{address}/accounts/login/")[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
    return ask(browser, f"{address}/accounts/login/", form)


REFUSAL = "This address and password do not belong together."


def test_the_server_says_where_it_is_answers_and_ends_with_ctrl_c(start: Callable[..., Running], data: Path) -> None:
    server = start("serve", data=data)
    said = server.read_until("Ctrl C stops it.").splitlines()
    assert said[-2:] == [f"Fourfold is at {server.address}", "Ctrl C stops it."]
    assert "starting …" in said[:-2]
    assert ask(build_opener(), f"{server.address}/health") == (200, "ok\n"), "who reads it and goes there is answered"
    assert server.interrupt() == 0


def test_the_server_ends_when_it_is_told_to(start: Callable[..., Running], data: Path) -> None:
    server = start("serve", "--host", "localhost", data=data)
    server.read_until("Ctrl C stops it.")
    server.process.terminate()
    assert server.process.wait(60) == 0


def test_the_demo_prints_how_to_sign_in_and_that_works(
    start: Callable[..., Running], company: Path, tmp_path: Path
) -> None:
    arguments = ("demo", "--folder", company, "--email", WHO)
    passwords = []
    for greeting in (LOADED, "is loaded already"):
        server = start(*arguments, data=tmp_path)
        said = server.read_until("Ctrl C stops it.")
        assert greeting in said
        (shown,) = re.findall(r"Sign in +(\S+)\n +Password +(\S+)\n\nstarting …\nFourfold is at (\S+)\n", said)
        assert (shown[0], shown[2]) == (WHO, server.address)
        passwords.append(shown[1])
        status, page = sign_in(server.address, WHO, passwords[-1])
        assert (status, "My organisation" in page, REFUSAL in page) == (200, True, False)
        if len(passwords) == 2:
            assert REFUSAL in sign_in(server.address, WHO, passwords[0])[1], "the earlier password is no more"
        assert server.interrupt() == 0
    assert passwords[0] != passwords[1]


@pytest.mark.parametrize("words", ["making", "loading", "starting", "Ctrl C stops it."])
def test_ctrl_c_ends_a_start_and_the_next_one_finishes_it(
    start: Callable[..., Running], company: Path, tmp_path: Path, words: str
) -> None:
    server = start("demo", "--folder", company, "--email", WHO, data=tmp_path)
    server.read_until(words)
    assert server.interrupt() in (0, 130, -signal.SIGINT)
    again = fourfold("demo", "--folder", company, "--only-build", data=tmp_path)
    assert again.returncode == 0
    assert ("is loaded already" in again.stdout) == (words in ("starting", "Ctrl C stops it."))


def test_a_folder_that_changed_is_loaded_again_by_the_demo(company: Path, data: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(company, tmp_path / "company"))
    build = ("demo", "--folder", folder, "--only-build")
    assert "nothing new" in fourfold(*build, data=data).stdout
    assert "is loaded already" in fourfold(*build, data=data).stdout
    figures = folder / "measurements" / "figures.csv"
    figures.write_text(figures.read_text().replace("revenue,north,2026-01,293", "revenue,north,2026-01,294"))
    assert "1 figure loaded" in fourfold(*build, data=data).stdout


@pytest.mark.slow
def test_a_demo_whose_database_was_taken_away_is_built_anew(company: Path, data: Path) -> None:
    build = ("demo", "--folder", company, "--only-build")
    fourfold(*build, data=data)
    (data / "fourfold.sqlite3").unlink()
    assert LOADED in fourfold(*build, data=data).stdout


def test_a_demo_folder_with_errors_starts_nothing(company: Path, tmp_path: Path) -> None:
    with free_port() as port:
        ran = fourfold("demo", "--folder", spoiled(company, tmp_path / "f"), "--port", port, data=tmp_path / "data")
    assert (ran.returncode, "figures.csv:3 ROW-KPI" in ran.stdout, "Password" in ran.stdout) == (1, True, False)


def test_who_signs_in_to_the_demo_is_in_its_folder() -> None:
    texts = [yaml.safe_load(p.read_text()) for p in (ROOT / demo.FOLDER).glob("*.yaml")]
    assert demo.WHO in [person.get("email") for text in texts for person in text.get("people", ())]
