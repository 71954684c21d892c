"""Fifty writers at once, each a thread with a connection of its own; a fifth of them take back what they did."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Thread

from django.db import connection, transaction

WRITERS = 50
EACH = 3


class TakenBack(Exception):
    """The change did not come about after all."""


def write_at_once(organisation: int) -> list[str]:
    """Every writer's events; what went wrong otherwise comes back as text."""
    begun, problems = Barrier(WRITERS), list[str]()

    def write(number: int) -> None:
        from fourfold.actions._events import note_event
        from fourfold.records.models import Organisation

        try:
            owner = Organisation.objects.get(pk=organisation)
            begun.wait(60)
            for turn in range(EACH):
                try:
                    with transaction.atomic():
                        thing = f"{number}/{turn}"
                        note_event(owner, None, "a.b", thing, at=datetime.now(UTC), after={"n": number})
                        if number % 5 == 0:
                            raise TakenBack
                except TakenBack:
                    pass
        except Exception as problem:
            problems.append(repr(problem))
        finally:
            connection.close()

    threads = [Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def main() -> None:
    """In a process with a database of its own: make it, write, and say what there is."""
    import django

    django.setup()
    from django.core.management import call_command

    from fourfold.records.models import Organisation

    call_command("migrate", verbosity=0)
    organisation = Organisation.objects.create(code="bakery", name="Harbour Bakery")
    print("\n".join(write_at_once(organisation.pk)))
