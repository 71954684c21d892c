"""What asking who may see what costs: the scorecard of a unit with 200 KPIs, beside the same page without any check.

One process answers the same page, in turn with and without, and the processor time of each is taken. Without means
that grants are not read, every query set of a person is the whole table, and the policy allows everything; nothing else
is different, and both pages have to have the same rows. One reader has a role everywhere; the other four grants and a
denial in a tree of sixteen units, so that rows are chosen by the paths of units. *Anew* is with nothing kept in memory,
as after an evaluation.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sample import sample
from serving import WHO, environment, load
from verdict import Line, show

KPIS, UNITS, MONTHS = 200, 16, 13
LIMIT = 1.10  # with, of without
ROUNDS = 11


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        given = sample(KPIS, UNITS, MONTHS)
        load(given.definitions, given.rows, data, 8000)
        os.environ |= environment(data, 8000) | {"DJANGO_SETTINGS_MODULE": "fourfold.project.settings"}
        measure([unit.code for unit in given.definitions.units])


def measure(units: list[str]) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from fourfold.records.models import Person

    logging.disable(logging.INFO)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    client = Client(HTTP_HOST="localhost")
    client.force_login(Person.objects.get(email=WHO))
    path = f"/s/{units[1]}/scorecard/"

    def ask() -> str:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    with unchecked():
        without = rows_of(ask())
    lines = []
    for who in ("a role everywhere", "four grants, a denial"):
        if who != "a role everywhere":
            give_parts(units)
        assert rows_of(ask()) == without > KPIS // 2, (rows_of(ask()), without)
        lines += [
            Line(f"{who}, {name}", *ratio_of(ask, before), "ms", "without + 10 %")
            for name, before in (("anew", forget_all), ("again", lambda: None))
        ]
    show(f"Access checks, processor time of the scorecard of a unit with {KPIS} KPIs", lines)


def ratio_of(ask: Callable[[], object], before: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds with the checks, and what they may be: those without and ten per cent. Medians of rounds in turn."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for is_checked in [True, False] * (ROUNDS + 1):
        with as_it_is() if is_checked else unchecked():
            before()
            gc.collect()  # what other requests left behind is none of this one's
            begun = time.process_time()
            ask()
            taken[is_checked].append(1000 * (time.process_time() - begun))
    checked, bare = (statistics.median(taken[key][1:]) for key in (True, False))
    return checked, LIMIT * bare


def give_parts(units: list[str]) -> None:
    """Four grants on units and a denial, in place of roles everywhere."""
    from fourfold.access.roles import Role
    from fourfold.actions.deny_unit import deny_unit
    from fourfold.actions.give_grant import give_grant
    from fourfold.actions.revoke_grant import revoke_grant
    from fourfold.records.models import Person

    person = Person.objects.get(email=WHO)
    for role, unit in zip((Role.VIEWER, Role.CONTRIBUTOR, Role.COMMENTER, Role.EDITOR), units, strict=False):
        give_grant(by=None, person=person.pk, role=role, unit=unit)
    give_grant(by=None, person=person.pk, role=Role.ORGANISATION_ADMIN, unit=units[4])
    for grant in person.grant_rows.filter(unit=None).exclude(role=Role.ORGANISATION_ADMIN):
        revoke_grant(by=None, grant=grant.pk)
    person.grant_rows.filter(role=Role.ORGANISATION_ADMIN).delete()
    deny_unit(by=None, person=person.pk, unit=units[-1])


def rows_of(page: str) -> int:
    """How many KPIs the page has."""
    return len(re.findall(r'<a class="m"', page))


def forget_all() -> None:
    from fourfold.records.queries.kept import forget

    forget()


@contextmanager
def as_it_is() -> Iterator[None]:
    yield


@contextmanager
def unchecked() -> Iterator[None]:
    """No grants read, no rows left out, everything allowed."""
    from django.db.models import Value

    from fourfold.access.roles import Role
    from fourfold.access.rules import Grant, Principal
    from fourfold.records import scope
    from fourfold.records.models import Kpi, Organisation, Person, Unit
    from fourfold.records.models.result import Results
    from fourfold.records.queries import scope as places

    everything = Principal(0, (Grant(Organisation.objects.get().pk, Role.VIEWER),))
    sets = [scope.OfMembers, scope.InOrganisation, scope.InUnits, scope.InUnitsOrShared]
    sets += [type(model.objects.all()) for model in (Kpi, Organisation, Person, Unit)]
    kept = [(found, found.__dict__["visible_to"]) for found in sets if "visible_to" in found.__dict__]
    people, principal, can = type(Person.objects), Person.__dict__["principal"], places.can
    reading, shown = people.__dict__["with_principal"], Results.__dict__["shown_to"]
    Results.shown_to = lambda self, person: self.annotate(veil=Value(0))
    for found, _ in kept:
        found.visible_to = lambda self, person: self.all()
    Person.principal, places.can = property(lambda self: everything), lambda *_: True
    people.with_principal = lambda self, pk: self.get(pk=pk)
    try:
        yield
    finally:
        for found, method in kept:
            found.visible_to = method
        Person.principal, places.can = principal, can
        people.with_principal, Results.shown_to = reading, shown


if __name__ == "__main__":
    main()
