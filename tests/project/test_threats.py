"""The classes C1 to C19 of the threat model, as far as no other test states them; see docs/explanation/threat-model.md.

A class about a part that does not exist yet has a test that fails when the part appears, and says what it must have.
"""

from __future__ import annotations

import ast
import csv
import re
import secrets
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db.models import Q
from django.test import Client
from django.urls import get_resolver

from fourfold.access.scopes import Scope
from fourfold.actions.load_folder import load_folder
from fourfold.actions.make_token import make_token
from fourfold.connectors.database import DATABASE
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.project.checks import check_database_transport, is_random
from fourfold.records.models import Event, Organisation, Person
from fourfold.testing.bakery import bakery
from tests.access.routes import address, operations, routes
from tests.house.source import PACKAGE, ROOT, calls, dotted, imports, modules

pytestmark = pytest.mark.django_db
THREATS = ROOT / "docs" / "explanation" / "threat-model.md"
FIGURES = "kpi,unit,period,value,reason\nstaff,north,2026-01,4,{}\n"


def loaded(folder: Path, definitions: Definitions | None = None, reason: str = "ok") -> Client:
    """The bakery in the database; Alice's browser."""
    (folder / "measurements").mkdir(parents=True)
    for name, text in write(definitions or bakery()).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "measurements" / "figures.csv").write_text(FIGURES.format(reason))
    outcome = load_folder(by=None, path=folder)
    assert outcome.ok, outcome.findings
    client = Client()
    client.force_login(Person.objects.get(email="alice@bakery.example"))
    return client


def pages() -> dict[str, str]:
    """An address of the bakery for every route that is a page to read."""
    skipped = {"metrics", "account_logout"}
    return {name: address(pattern, "own") for name, pattern in routes().items() if name not in skipped}


# --- C1 a known default secret; the matrix of bad settings is in test_checks.py
KNOWN = [
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET_KEY_PLEASE_DO_IT_NOW", "thisISaSECRET_1234" * 3, "x" * 64, "0123456789" * 6,
    "django-insecure-" + secrets.token_urlsafe(40), "your-secret-key-goes-here-and-must-be-long-enough-ok", "ab" * 40,
    "\2\1thisismyscretkey\1\2\\e\\y\\y\\h" * 2, "correct horse battery staple default password phrase",
]  # fmt: skip


@pytest.mark.parametrize("key", KNOWN, ids=range(len(KNOWN)))
def test_c01_a_key_from_an_example_is_refused(key: str) -> None:
    assert not is_random(key)


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex])
@pytest.mark.parametrize("size", [32, 64, 128])
def test_c01_a_random_key_is_taken(make: Any, size: int) -> None:
    assert all(is_random(make(size)) for _ in range(50))


def test_c01_no_account_is_there_before_somebody_makes_one() -> None:
    assert Person.objects.count() == 0


# --- C2 what can be done without signing in
def test_c02_what_a_visitor_may_read_is_a_short_list() -> None:
    with (ROOT / "tests" / "access" / "routes.csv").open(newline="") as file:
        open_ = {row["route"] for row in csv.DictReader(file) if row["visitor"] == "200"}
    assert {"account_login", "health", "ready"} <= open_
    assert len(open_) <= 12, "each of these is open to the whole world"
    assert not [name for name in open_ if re.search("setup|install|admin|debug", name)]


def test_c02_nobody_signs_up_and_there_is_no_page_to_set_up(client: Client) -> None:
    data = {"email": "eve@evil.example", "password1": "correct horse battery staple"}
    client.post("/accounts/signup/", data)
    assert Person.objects.count() == 0
    for path in ("/setup/", "/install/", "/admin/", "/api/setup", "/accounts/password/reset/"):
        assert client.get(path).status_code in (302, 404)


# --- C3, C4 what asks databases; hostile statements are in tests/connectors/sql
def test_c03_no_address_of_a_database_can_be_written_on_a_page() -> None:
    takes = [m.path for m in modules("web", "api") if re.search(r"connectors\.sql|DATABASE_URL|create_engine", m.text)]
    assert not takes, "a page that takes one needs fields, an allow-list of drivers and options, and a test like this"


def test_c03_a_page_takes_the_fields_of_a_database_and_its_driver_is_one_of_a_list() -> None:
    # what is written into them: test_a_name_of_a_database_is_a_name_and_no_options
    fields = {option.name: option for option in DATABASE.place}
    assert set(fields) == {"dialect", "host", "port", "database", "user", "secret", "tls"}
    drivers = {value for value, _ in fields["dialect"].choices}
    assert drivers == {"postgresql", "mysql", "mssql", "oracle", "clickhouse", "trino", "snowflake", "bigquery",
                       "sqlite", "duckdb"}  # fmt: skip
    strange = {"dialect": "sqlite+pysqlcipher", "database": "x", "port": "1;2"}
    assert set(DATABASE.missing(DATABASE.place, strange)) == {"dialect", "port"}


def test_c04_no_text_is_ever_made_into_sql() -> None:
    found = []
    for module in modules("web", "api", "cli", "jobs", "actions", "project"):
        for call in calls(module.tree):
            name = dotted(call.func).rsplit(".", 1)[-1]
            if name in {"raw", "extra", "RawSQL"} and not module.excused(call):
                found.append(module.at(call, name))
            if name == "execute" and call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
                found.append(module.at(call, "a statement put together"))
    assert not found


# --- C5 paths that lead elsewhere
STEPS = ["../", "..\\", "..%2f", "..%5c", "%2e%2e/", "%2e%2e%2f", "%252e%252e%252f", "..%c0%af", "..%ef%bc%8f",
         "....//", "..;/", "/", "//", "%00", "..%00/", "\\\\host\\share\\", "file:///", "C:\\", "~/",
         "%u002e%u002e/"]  # fmt: skip
TARGETS = ["etc/passwd", "secret_key", "fourfold.sqlite3", "..%2fmaster_key", "windows/win.ini"]


@pytest.mark.parametrize("step", STEPS)
def test_c05_no_spelling_of_a_path_reaches_a_file(step: str, tmp_path: Path) -> None:
    client = loaded(tmp_path / "bakery")
    (Path(settings.DATA_DIR) / "canary").write_text("canary0file")
    for target in (*TARGETS, "canary"):
        for before in ("/static/", "/s/", "/static/css/", "/", "/uploads/", "/media/"):
            answer = client.get(before + step * 4 + target)
            content = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code in (301, 302, 400, 404), (before, step, target)
            assert b"canary0" not in content and b"root:" not in content


# --- C6 requests that leave the server; hostile addresses are in tests/connectors/test_egress.py
CLIENTS = {"httpx", "requests", "urllib3", "http", "aiohttp", "ftplib", "smtplib", "pymysql", "sqlalchemy"}
#: What opens connections of its own, to places that the operator of the machine wrote down, and why that is fine.
OWN_DOORS = {
    "connectors/egress.py": "the door",
    "connectors/database/dialects.py": "databases speak no HTTP: the door says whether the address may be asked",
    "connectors/database/drivers.py": "the same",
    "connectors/database/read.py": "asks what dialects opened",
    "testing/service.py": "a fake that listens on this machine",
    "testing/replay.py": "a fake that listens on this machine",
    "testing/google.py": "a fake that listens on this machine",
    "testing/store.py": "a fake that listens on this machine",
    "actions/send_mail.py": "mail goes to the server that the operator named",
    "project/sign_on/oidc.py": "only the kind of an error; providers are in a file of the operator",
    "project/sign_on/views.py": "only the kind of an error; providers are in a file of the operator",
    "project/sign_on/adapter.py": "only the kind of an error; providers are in a file of the operator",
}


def test_c06_nothing_opens_connections_but_the_one_door() -> None:
    found = {
        module.path
        for module in modules()
        for _, name in imports(module.tree)
        if name.split(".")[0] in CLIENTS or name.startswith("urllib.request")
    }
    assert found <= OWN_DOORS.keys(), "ask by fourfold.connectors.egress"


# --- C8 hostile workbooks
def test_c08_nothing_unpacks_or_parses_xml_without_its_own_check() -> None:
    risky = {"openpyxl", "python_calamine", "lxml", "xml", "docx", "pptx", "tarfile", "pickle", "marshal", "shelve"}
    found = {m.path for m in modules() for _, name in imports(m.tree) if name.split(".")[0] in risky}
    allowed = {path for path in found if path.startswith(("reports/", "project/sign_on/", "connectors/spark/"))}
    # Only ever run in a process of its own, with limits, on a workbook that was measured: tests of connectors/files.
    allowed.add("connectors/files/workbook_cells.py")
    assert found == allowed, "limits on size, ratio, parts, DTD and memory come first: C8 of the threat model"


def test_c08_what_is_kept_of_a_person_is_never_code() -> None:
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, DatabaseSessionStore)
    assert getattr(settings, "SESSION_SERIALIZER", "JSONSerializer").endswith("JSONSerializer")


# --- C9 markup in texts
MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'-alert(1)-'",
    "</title><script>alert(1)</script>", "{{ 7 * 7 }}{% debug %}", "javascript:alert(1)",
    "<a href='javascript:x'>y</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<!--<script>", "]]><x>",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_c09_markup_in_a_name_is_a_text_on_every_page(text: str, tmp_path: Path) -> None:
    given = bakery().model_dump(mode="json", exclude_none=True)
    given["organisation"]["name"] = text
    for noun in ("units", "objectives", "kpis", "perspectives", "themes", "initiatives"):
        for each in given.get(noun, ()):
            each["name"] = text
    client = loaded(tmp_path / "bakery", Definitions.model_validate(given))
    seen = 0
    for name, path in pages().items():
        answer = client.get(path)
        is_text = answer.get("Content-Type", "").startswith(("text/", "application/json", "image/svg+xml"))
        if answer.status_code != 200 or answer.streaming or not is_text:  # a workbook holds texts apart from markup
            continue
        page = answer.content.decode()
        seen += 1
        for tag in ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<x>"):
            assert tag not in page.replace(r"\u003C", "<") or tag not in page, (name, tag)
        assert "49" not in text and not re.search(r"href=[\"']?\s*javascript:", page), name
    assert seen > 5


def test_c09_the_content_policy_lets_nothing_inline_run(client: Client) -> None:
    answer = client.get("/accounts/login/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip())
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"].split()[0] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"] and "*" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin" and answer["Cross-Origin-Opener-Policy"] == "same-origin"


# --- C10 secrets that leak; logs in test_operations.py, dumps in tests/cli/test_backup.py, rows in test_secret.py
def test_c10_secrets_are_in_no_answer_event_or_export(tmp_path: Path, settings: Any) -> None:
    from fourfold.actions.export_folder import export_folder
    from fourfold.records.models import Secret

    settings.MASTER_KEY_FILE = tmp_path / "master_key"
    client = loaded(tmp_path / "bakery")
    Secret.objects.create(organisation=Organisation.objects.get(), name="feed:erp", value="canary0secret")
    alice = Person.objects.get(email="alice@bakery.example")
    alice.set_password("canary0password")
    alice.save()
    client.force_login(alice)
    hidden = (b"canary0", alice.password.encode(), settings.SECRET_KEY.encode(), (tmp_path / "master_key").read_bytes())
    for name, path in pages().items():
        answer = client.get(path)
        content = b"".join(answer) if answer.streaming else answer.content
        assert not [h for h in hidden if h.strip() in content], name
    token = make_token(by=alice, name="all", scopes=set(Scope)).value
    assert token is not None
    for operation in operations():
        if operation.methods == (("read", "GET"),):
            asked = Client(headers={"authorization": f"Bearer {token.text}"}).get(address(operation.pattern, "own"))
            assert not [h for h in hidden if h.strip() in asked.content], operation.name
    outcome = export_folder(by=None, path=tmp_path / "out")
    assert outcome.value is not None
    texts = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    events = repr(list(Event.objects.values())).encode()
    assert not [h for h in hidden if h.strip() in texts + events]


def test_c10_an_error_page_shows_an_id_and_nothing_of_the_error(client: Client) -> None:
    from django.test import RequestFactory

    from fourfold.web.pages.errors import server_error

    request = RequestFactory().get("/")
    request.request_id = "abc-123"  # type: ignore[attr-defined]
    page = server_error(request).content.decode()
    assert "abc-123" in page and "Traceback" not in page
    assert settings.DEBUG is False


# --- C13 public links
def test_c13_what_a_guest_link_opens_is_two_routes_and_nothing_else() -> None:
    public = {name for name in routes() if re.search("guest|share|embed|public", name)}
    managing = {"guest_links", "api:guest_links"}
    assert public == {"guest", "guest_link", *managing}


# --- C14 formulas
FORMULAS = ["9^9^9^9^9", "(" * 20_000 + "1" + ")" * 20_000, "1" + "+1" * 5000, "1e400", "__import__('os')", "a.b.c",
            "x[0]",
            "lambda: 1", "'a' * 10", "open(1)", "{staff}", "staff; drop", "sum(" * 60 + "staff" + ")" * 60]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS, ids=range(len(FORMULAS)))
def test_c14_a_formula_that_is_none_or_too_much_is_a_finding(formula: str, tmp_path: Path) -> None:
    (tmp_path / "b" / "measurements").mkdir(parents=True)
    texts = write(bakery())
    (name,) = [n for n in texts if "kpi" in n]
    for each, text in texts.items():
        (tmp_path / "b" / each).write_text(text)
    kpis = yaml.safe_load(texts[name])
    kpis["kpis"].append({"code": "evil", "name": "Evil", "unit": "1", "formula": formula})
    (tmp_path / "b" / name).write_text(yaml.safe_dump(kpis))
    outcome = load_folder(by=None, path=tmp_path / "b")
    assert not outcome.ok and Organisation.objects.count() == 0
    assert any("evil" in str(f.place) or "formula" in f.message.lower() for f in outcome.findings), outcome.findings


# --- C15 engines with hands
def test_c15_no_engine_with_file_functions_reads_a_text_of_a_user() -> None:
    names = {"scan_csv", "scan_parquet", "scan_ipc", "SQLContext", "read_database", "eval", "exec", "compile"}
    found = [
        module.at(call, dotted(call.func))
        for module in modules("web", "api", "actions", "records", "engine", "scorecard")
        for call in calls(module.tree)
        if dotted(call.func).rsplit(".", 1)[-1] in names and dotted(call.func) != "re.compile"
    ]
    assert not found
    # DuckDB reads a statement for one file that whoever runs the server named, with its hands tied: test_kinds.py.
    hands = {m.path for m in modules() for _, name in imports(m.tree) if name.split(".")[0] == "duckdb"}
    assert hands == {"connectors/database/files.py"}


# --- C17 redirects, and reading that changes something
AWAY = ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)",
        "http://localhost@evil.example/", "\thttps://evil.example", "/%09/evil.example",
        "https:///evil.example"]  # fmt: skip


@pytest.mark.parametrize("away", AWAY)
def test_c17_nobody_is_sent_elsewhere(away: str, tmp_path: Path) -> None:
    client = loaded(tmp_path / "bakery")
    alice = Person.objects.get(email="alice@bakery.example")
    alice.set_password("correct horse battery")
    alice.save()
    visitor = Client()
    sent = {"login": alice.email, "password": "correct horse battery", "next": away}
    client.force_login(alice)
    for answer in (
        visitor.post(f"/accounts/login/?next={quote(away)}", sent),
        client.post("/preferences/", {"theme": "dark", "next": away}),
    ):
        where = answer.headers.get("Location", "/")
        assert where.startswith("/") and not where.startswith(("//", "/\\")), where


def test_c17_reading_changes_nothing(tmp_path: Path) -> None:
    client = loaded(tmp_path / "bakery")

    def state() -> tuple[Any, ...]:
        organisation = Organisation.objects.get()
        refused = Q(action__startswith="access.") | Q(action__contains="denied") | Q(action="guest_link.refuse")
        told = Event.objects.exclude(refused).count()
        return organisation.version, organisation.definitions_version, told, Person.objects.count()

    before = state()
    for path in pages().values():
        client.get(path)
    assert state() == before


def test_c17_a_form_from_elsewhere_is_refused(tmp_path: Path) -> None:
    loaded(tmp_path / "bakery")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Person.objects.get(email="alice@bakery.example"))
    before = Event.objects.count()
    for name, path in pages().items():
        answer = strict.post(path, {}, headers={"origin": "https://evil.example"})
        assert answer.status_code in (302, 401, 403, 404, 405), name
    assert Event.objects.exclude(action__contains="denied").count() <= before


def test_c17_cookies_are_for_this_host_and_not_for_scripts() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_after_signing_out_the_browser_forgets_what_it_kept(tmp_path: Path) -> None:
    client = loaded(tmp_path / "bakery")
    assert "Clear-Site-Data" not in client.get("/s/bakery/")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "BREW", "PUT", "DELETE", "PATCH"])
def test_trace_and_unknown_methods_are_refused(method: str, tmp_path: Path) -> None:
    client = loaded(tmp_path / "bakery")
    for path in ("/s/bakery/", "/health", "/ready"):
        assert client.generic(method, path).status_code == 405


# --- C18 agents
def test_c18_there_are_no_tools_for_agents_yet() -> None:
    there = [p.name for p in (PACKAGE / "mcp").glob("*.py") if p.name != "__init__.py"]
    served = [str(p.pattern) for p in get_resolver().url_patterns if "mcp" in str(p.pattern)]
    assert not there and not served, "tools need: a token of ours, one person's rights, reading by default, an audit"


# --- C19 what we stand on; the locks are held by tests/house/test_text.py
def test_c19_what_runs_is_what_was_tried() -> None:
    """Every version that an installation gets is one that the tests ran with."""
    tried = set(re.findall(r"^[a-z0-9-]+==[^ ;\\\n]+", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    for name in ("base", "web"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert set(re.findall(r"^[a-z0-9-]+==[^ ;\\\n]+", lock, re.MULTILINE)) <= tried


def test_every_class_of_the_threat_model_has_tests_that_exist() -> None:
    table = THREATS.read_text()
    tests = "\n".join(p.read_text() for p in (ROOT / "tests").rglob("test_*.py"))
    for number in range(1, 20):
        (row,) = [line for line in table.splitlines() if line.startswith(f"| C{number} |")]
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert [n for n in named if f"def {n}(" not in tests] == []


@pytest.mark.django_db
def test_programs_that_come_over_http_are_refused_and_people_redirected(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for path in ("/api/v1/me", "/scim/v2/Users", "/metrics"):
        answer = Client().get(path)
        assert answer.status_code == 403 and b"make a new one" in answer.content
        assert Client().get(path, headers={"x-forwarded-proto": "https"}).status_code != 301
    assert Client().get("/accounts/login/").status_code == 301


@pytest.mark.parametrize(
    ("host", "options", "allowed"),
    [
        ("db.example", {}, False), ("db.example", {"sslmode": "require"}, False), ("10.0.0.7", {}, False),
        ("db.example", {"sslmode": "verify-full"}, True), ("127.0.0.1", {}, True), ("/run/postgresql", {}, True),
        ("", {}, True),
    ],
)  # fmt: skip
def test_a_database_on_another_machine_is_verified(
    settings: Any, host: str, options: dict[str, str], allowed: bool
) -> None:
    settings.DATABASES = {"default": {"HOST": host, "OPTIONS": options}}
    assert (check_database_transport() == []) is allowed
    settings.INSECURE_DATABASE = True
    assert check_database_transport() == []
