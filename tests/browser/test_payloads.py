"""Markup that somebody wrote into a text: in a real browser, on every page that a link leads to, it stays a text.

A script that ran would open a dialog; one that the content policy held back, markup that became an element, and a
request to another site fail the test as well.
"""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request
from pydantic import ValidationError

from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.engine.findings import errors
from fourfold.testing.bakery import bakery
from tests.browser.conftest import Server, fourfold, new_visit, size

#: What runs a script where a page takes it for markup; `data-x` marks an element that came of it.
ELEMENTS = (
    "<script data-x>alert(1)</script>", "<img data-x src=x onerror=alert(1)>", "<svg data-x onload=alert(1)>",
    "<svg data-x><script>alert(1)</script></svg>", "<body data-x onload=alert(1)>",
    "<b data-x onmouseover=alert(1)>x", "<iframe data-x srcdoc='<script>alert(1)</script>'>",
    "<iframe data-x src=javascript:alert(1)>", "<details data-x open ontoggle=alert(1)>",
    "<video data-x><source onerror=alert(1)>", "<math data-x><mi>x", "<a data-x href=javascript:alert(1)>x</a>",
    "<form data-x action=javascript:alert(1)><button>x", "<object data-x data=javascript:alert(1)>",
    "<embed data-x src=//evil.example/x>", "<base data-x href=//evil.example/>",
    "<link data-x rel=stylesheet href=//evil.example/x.css>",
    "<meta data-x http-equiv=refresh content=0;//evil.example>", "<style data-x>@import'//evil.example/x'</style>",
    "<input data-x autofocus onfocus=alert(1)>", "<template data-x><script>alert(1)</script></template>",
    "<img data-x src=//evil.example/x.png>", "<svg data-x><use href=//evil.example/x.svg#x></svg>",
    "<svg data-x><animate onbegin=alert(1) attributeName=x>", "<div data-x hx-get=//evil.example hx-trigger=load>",
    "<div data-x hx-on:load=alert(1)>", "<marquee data-x onstart=alert(1)>",
    "<select data-x onfocus=alert(1) autofocus>", "<portal data-x src=//evil.example>",
    "<xss data-x style=x:expression(alert(1))>",
)  # fmt: skip
#: What may stand before it: the ends of an attribute, a script, a comment, a title, a drawing, a table.
BEFORE = ("", "\">", "'>", "]]></x>", "--></script></style></title></textarea></svg>")
OTHERS = (
    "javascript:alert(1)", "java&#9;script:alert(1)", "data:text/html,<script>alert(1)</script>",
    "{{7*7}}{% debug %}${7*7}", "[x](javascript:alert(1))", "![x](//evil.example/x.png)", "<javascript:alert(1)>",
    "&lt;script data-x&gt;alert(1)&lt;/script&gt;", "\\u003cscript data-x\\u003ealert(1)", "\"onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)", "`onerror=alert(1)`", "<scr<script data-x>ipt>alert(1)</script>",
    "<ſcript data-x>alert(1)</ſcript>", "＜script＞alert(1)＜/script＞", "+ADw-script+AD4-alert(1)",
    "]]><script data-x>alert(1)</script>", "<?xml-stylesheet href='//evil.example/x'?>",
    "</textarea><script data-x>alert(1)</script>", "<!--[if IE]><script data-x>alert(1)</script><![endif]-->",
)  # fmt: skip
#: Addresses of files to take away, which are no pages.
FILE = re.compile(r"\.(csv|svg|json|xlsx|png|pdf)|/export/")
PAYLOADS = (*(before + element for before, element in itertools.product(BEFORE, ELEMENTS)), *OTHERS)
#: As many addresses of one kind are opened: one with its own texts is as good as the next.
EACH, MOST = 2, 90


def hostile() -> Definitions:
    """The bakery with a KPI for each payload, and one in every field that takes any text."""
    given = bakery().model_dump(mode="json", exclude_none=True)
    given["kpis"] += [
        {"code": f"p{n}", "name": text, "kind": "stock", "unit": "1"} for n, text in enumerate(PAYLOADS)
    ]  # fmt: skip
    texts = itertools.cycle(PAYLOADS)
    for noun, rows in [(noun, rows) for noun, rows in given.items() if isinstance(rows, list)]:
        kind = Definitions.model_fields[noun].annotation.__args__[0]  # type: ignore[union-attr]
        for name in kind.model_fields.keys() - {"code", "name"} if rows and hasattr(kind, "model_fields") else ():
            _tried(given, rows[0], name, next(texts))
        for row in rows[:40]:
            if "name" in row and not row.get("code", "").startswith("p"):
                row["name"] = next(texts)
    given["organisation"]["name"] = given["strategy"]["mission"] = PAYLOADS[0]
    return Definitions.model_validate(given)


def _tried(given: dict[str, Any], row: dict[str, Any], name: str, text: str) -> None:
    """The text in this field, where anything may stand there."""
    before = row.get(name)
    row[name] = text
    with suppress(ValidationError):
        if not errors(check(Definitions.model_validate(given))):
            return
    del row[name]
    if before is not None:
        row[name] = before


def kind_of(address: str) -> str:
    """Addresses of one kind differ in numbers, names and the values of their query."""
    place = urlsplit(address)
    keys = sorted(part.partition("=")[0] for part in place.query.split("&"))
    return re.sub(r"/(\d+)-[^/]*/", "/#/", re.sub(r"/s/[^/]+/", "/s/#/", place.path)) + f"?{keys}"


def opened(page: Page, start: str) -> Iterator[str]:
    """Every page that a link leads to, from this one on."""
    waiting, seen = deque([start]), Counter[str]()
    while waiting and seen.total() < MOST:
        address = waiting.popleft()
        if seen[kind_of(address)] >= EACH:
            continue
        seen[kind_of(address)] += 1
        page.goto(address, wait_until="load")
        yield address
        for link in page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"):
            full = urljoin(address, link).partition("#")[0]
            if full.startswith(start.partition("/s/")[0] + "/") and not FILE.search(full):
                waiting.append(full)


#: Elements that came of a payload, and links that run something.
MADE = """() => [...document.querySelectorAll('[data-x], a[href^="javascript:" i]')].map((e) => e.outerHTML)"""


def test_a_page_that_takes_a_text_for_markup_would_be_noticed(browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    unseen = []
    for text in ELEMENTS:
        page.set_content("<p></p>")
        page.evaluate("text => { document.querySelector('p').innerHTML = text; }", text)
        unseen += [] if page.evaluate(MADE) or "<body" in text else [text]
    page.close()
    assert not unseen


@pytest.mark.slow
def test_markup_in_any_text_runs_nowhere_and_becomes_no_element(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "measurements").mkdir()
    for name, text in write(hostile()).items():
        (tmp_path / name).write_text(text)
    lines = ["kpi,unit,period,value,reason", *(f"p{n},north,2026-0{m},{n},ok" for n in range(40) for m in (3, 4))]
    (tmp_path / "measurements" / "figures.csv").write_text("\n".join(lines) + "\n")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DATABASE_", "DJANGO_"))}
    env |= {"FOURFOLD_DATA": str(server.log.parent), "FOURFOLD_URL": server.url}
    fourfold("load", str(tmp_path), env=env)
    password = fourfold("password", "alice@bakery.example", env=env).strip().rsplit(" ", 1)[-1]
    visit = new_visit(browser, server, **size("desk"))
    page, elsewhere = visit.page, []

    def shown(dialog: Dialog) -> None:
        elsewhere.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def asked(request: Request) -> None:
        elsewhere.extend([request.url] if "evil" in urlsplit(request.url).netloc else [])

    page.on("dialog", shown)
    page.on("request", asked)
    visit.open("/accounts/login/")
    page.get_by_label("E-mail address").fill("alice@bakery.example")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/s/" in url)
    found, count = [], 0
    for address in opened(page, f"{server.url}/s/bakery/"):
        count += 1
        found += [(address, each[:120]) for each in (*page.evaluate(MADE), *visit.refused(), *elsewhere)]
    page.context.close()
    assert not found and count > 40, (count, found[:10])
