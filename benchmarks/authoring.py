"""What it takes to write a strategy in the browser, in an organisation of a thousand KPIs: every request of the editor.

Whole requests through Django in this process, signed in, with all that stands between them and the page: forms opened,
what saving would do while somebody types (checks, SMART, target picture), and changes saved, which are checked,
written, evaluated as far as they reach, and told. A SQLite database on the disk with every commit synced; `seeding.py`
says what is in it. Processor time of the process, since the machine may be busy; sockets are not among it, nor are the
outlooks that follow once a change of everything is answered, which a thread of the server makes.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from django.db import connections
from entry import set_up
from seeding import Seeded, seed
from verdict import Line, show

KPIS, UNITS, MONTHS, OBJECTIVES = 1_000, 3, 24, 100
APART = (25, 27)  # of an objective and those it drives, in the list
EDITS, WARM, LIMIT = 40, 3, 80.0


class Form(HTMLParser):
    """What a browser would send of the form in the middle of a page."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.name, self.text, self.first = "", "", ""
        self.feed(page[page.index("<live-form") : page.index("</live-form")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Fields that say their value here, and the beginning of the others."""
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("name") and given.get("type") not in ("submit", "button"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.sent.setdefault(given["name"], []).append(given.get("value", "on"))
        elif tag in ("select", "textarea"):
            self.name, self.text, self.first = given.get("name", ""), "", ""
        elif tag == "option" and "selected" in given:
            self.sent.setdefault(self.name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        """The text of a field of lines."""
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        """A field of lines is complete."""
        if tag == "textarea":
            self.sent[self.name] = [self.text.removeprefix("\n")]


def following() -> Executor:
    """The thread that makes what follows an answer."""
    from fourfold.actions.follow_outlooks import _THREADS

    return _THREADS[0]


class Editor:
    """Somebody who edits: each request is timed, and what it is about is chosen by chance."""

    def __init__(self, client: Any, made: Seeded) -> None:
        """Nothing is changed yet."""
        self.client, self.made, self.chance = client, made, random.Random(1)
        self.home, self.took = f"/s/{self.now.root.code}", 0.0

    @property
    def now(self) -> Any:
        """The definitions as they are written."""
        from fourfold.records.models import Organisation
        from fourfold.records.ready import ready_definitions

        ready = ready_definitions(Organisation.objects.get(code=self.made.organisation))
        assert ready is not None
        return ready.written

    def get(self, address: str) -> str:
        """The page, and how long it took."""
        return str(self._timed(lambda: self.client.get(self.home + address), 200).content.decode())

    def post(self, address: str, sent: dict[str, Any], status: int) -> None:
        """What the form does, and how long it took."""
        self._timed(lambda: self.client.post(self.home + address, sent), status)

    def _timed(self, ask: Callable[[], Any], status: int) -> Any:
        answered = threading.Event()
        following().submit(answered.wait)  # what follows, follows
        begun = time.process_time()
        answer = ask()
        self.took = 1000 * (time.process_time() - begun)
        answered.set()
        following().submit(connections.close_all).result()
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[-3000:])
        return answer

    def edit(self, address: str, changed: dict[str, Any], *, preview: bool = False) -> None:
        """A form is opened, changed, and looked at or saved; only the last is timed."""
        sent = Form(self.get(address)).sent | changed
        self.post(address, sent | ({"preview": "yes"} if preview else {}), 200 if preview else 302)

    def pick(self, noun: str) -> Any:
        """Any thing of a kind."""
        return self.chance.choice(getattr(self.now, noun))


def kpi_form(editor: Editor) -> None:
    editor.get(f"/build/kpi/{editor.pick('kpis').code}/")


def kpi_typed(editor: Editor) -> None:
    text = f"What it says, in other words: {editor.chance.random()}"
    editor.edit(f"/build/kpi/{editor.pick('kpis').code}/", {"definition": text}, preview=True)


def kpi_saved(editor: Editor) -> None:
    text = f"What it says, in other words: {editor.chance.random()}"
    editor.edit(f"/build/kpi/{editor.pick('kpis').code}/", {"definition": text})


def kpi_rescored(editor: Editor) -> None:
    kpi = editor.pick("kpis")
    editor.edit(f"/build/kpi/{kpi.code}/", {"tolerance": str(round(editor.chance.uniform(0.1, 5), 3))})


def objective_form(editor: Editor) -> None:
    editor.get(f"/build/objective/{editor.pick('objectives').code}/")


def objective_saved(editor: Editor) -> None:
    own = editor.pick("objectives")
    editor.edit(f"/build/objective/{own.code}/", {"weight": str(own.weight + 1)})


def link_saved(editor: Editor) -> None:
    link = editor.pick("links")
    text = f"Since {editor.chance.random()} of it comes from there."
    editor.edit(f"/build/link/{link.source}~{link.target}/", {"hypothesis": text})


def weight_saved(editor: Editor) -> None:
    use = editor.pick("uses")
    editor.edit(f"/build/use/{use.kpi}~{use.objective}/", {"weight": str(use.weight + 1)})


def target_form(editor: Editor) -> None:
    editor.get(_target(editor)[0])


def target_typed(editor: Editor) -> None:
    address, target = _target(editor)
    editor.edit(address, {"value": _harder(editor, target)}, preview=True)


def target_saved(editor: Editor) -> None:
    address, target = _target(editor)
    editor.edit(address, {"value": _harder(editor, target)})


def _harder(editor: Editor, target: Any) -> str:
    """A value a little further from the red line."""
    step = Decimal(editor.chance.randint(1, 9)) / 10
    is_below = target.red_line is not None and target.value < target.red_line
    return str(target.value - step if is_below else target.value + step)


def _target(editor: Editor) -> tuple[str, Any]:
    target = editor.chance.choice([t for t in editor.now.targets if t.value is not None])
    parts = (target.kpi, target.unit, target.kind, target.since)
    return f"/build/target/{'~'.join(part or '' for part in parts)}/", target


def map_form(editor: Editor) -> None:
    editor.get("/map/edit/")


def box_dragged(editor: Editor) -> None:
    own = editor.pick("objectives")
    beside = [o.code for o in editor.now.objectives if o.perspective == own.perspective]
    drawn = re.search(r'name="was" value="([^":]+:\d+)"', editor.get(f"/map/edit/?o={own.code}"))
    assert drawn is not None
    place = f"{own.perspective}:{editor.chance.randrange(len(beside))}"
    sent = {"do": "move", "objective": own.code, "was": drawn[1], "place": place}
    editor.post("/map/edit/", sent, 302)


def unit_moved(editor: Editor) -> None:
    unit = editor.now.unit[editor.made.units[0]]
    to = next(u.code for u in editor.now.units if u.code not in (unit.code, unit.parent))
    editor.post("/build/units/", {"unit": unit.code, "was": unit.parent, "to": to, "past": "restate"}, 302)


KINDS: dict[str, Callable[[Editor], None]] = {
    "the form of a KPI": kpi_form, "typing in it: checks, SMART, what moves": kpi_typed,
    "words of a KPI saved": kpi_saved, "its tolerance saved": kpi_rescored, "the form of an objective": objective_form,
    "the weight of an objective saved": objective_saved, "a link saved": link_saved,
    "the weight of a KPI saved": weight_saved, "the form of a target": target_form,
    "typing in it: the picture, what moves": target_typed, "a target saved": target_saved,
    "the map opened to edit": map_form, "a box dragged": box_dragged,
}  # fmt: skip

#: It tells the whole past anew, with every result of every unit: those follow the answer.
MOVE, MOVES = "a unit moved in all periods", 5


def main(only: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        editor = signed_in(seed(KPIS, UNITS, MONTHS, OBJECTIVES))
        chosen = {name: kind for name, kind in KINDS.items() if only in name}
        lines = [Line(f"{name}, p95 of {EDITS}", p95(kind, editor), LIMIT, "ms") for name, kind in chosen.items()]
        if only in MOVE:
            lines.append(Line(f"{MOVE}, longest of {MOVES}", max(took(unit_moved, editor, MOVES + 1)[1:]), LIMIT, "ms"))
    show(f"Editing among {KPIS:,} KPIs, processor time of a request", lines)


def signed_in(made: Seeded) -> Editor:
    """Somebody who may define everything, with everything evaluated."""
    import logging

    from django.conf import settings
    from django.test import Client

    from fourfold.access.roles import Role
    from fourfold.actions import follow_outlooks
    from fourfold.actions.evaluate_organisation import evaluate_organisation
    from fourfold.project.server import settle
    from fourfold.records.models import Grant, Membership, Organisation, Person

    logging.disable(logging.INFO)
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    _link(made)
    evaluate_organisation(by=None)
    own = Organisation.objects.get(code=made.organisation)
    person = Person.objects.create_person(name="Alice", email="alice@sample.example")
    spec = {"code": "alice_here", "name": "Alice", "email": person.email}
    Membership.objects.create(organisation=own, person=person, code=spec["code"], spec=spec)
    Grant.objects.create(organisation=own, person=person, role=Role.SCORECARD_ADMIN)
    client = Client()
    client.force_login(person)
    settle()  # as the server does when it starts
    follow_outlooks.begin()
    return Editor(client, made)


def _link(made: Seeded) -> None:
    """Each objective drives the next ones of the list, so that the map has lines."""
    from fourfold.actions.amend_definitions import amend_definitions
    from fourfold.engine.amendments import Amendment
    from fourfold.engine.definitions import Link
    from fourfold.records.frames.definition import read_definitions
    from fourfold.records.models import Organisation

    definitions = read_definitions(Organisation.objects.get(code=made.organisation))
    assert definitions is not None
    codes = [o.code for o in definitions.objectives]
    pairs = [(codes[i + apart], codes[i]) for apart in APART for i in range(len(codes) - apart)]
    links = [Amendment("links", None, Link(source=a, target=b, hypothesis="It follows.")) for a, b in pairs]
    assert amend_definitions(by=None, organisation=made.organisation, amendments=links).ok


def p95(kind: Callable[[Editor], None], editor: Editor) -> float:
    """Only one in twenty takes longer; the first few are left out."""
    return statistics.quantiles(took(kind, editor, EDITS + WARM)[WARM:], n=20)[-1]


def took(kind: Callable[[Editor], None], editor: Editor, times: int) -> list[float]:
    """Milliseconds of each."""
    found = []
    for _ in range(times):
        kind(editor)
        found.append(editor.took)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
