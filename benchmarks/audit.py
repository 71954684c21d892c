"""How long the events of an organisation take to verify, to a limit of 60 seconds for a million; and one more event.

    python benchmarks/audit.py [EVENTS]

In a temporary SQLite file, or in the database that DATABASE_URL names, which must be an empty one.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta

LIMIT = 60.0  # seconds for a million events
BATCH = 5000


def fill(count: int) -> None:
    """Events as entering figures makes them, each with its hash."""
    from fourfold.records.chain import START, link
    from fourfold.records.event_text import text_of_event
    from fourfold.records.models import Chain, Event, Organisation, Person

    organisation = Organisation.objects.create(code="bench", name="Bench")
    person = Person.objects.create_person(name="Alice Archer")
    head, begun = START, datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(1, count + 1, BATCH):
        rows = []
        for seq in range(first, min(first + BATCH, count + 1)):
            event = Event(
                organisation=organisation, seq=seq, at=begun + timedelta(seconds=seq), person=person, via="ui",
                address="192.0.2.0/24", request_id=f"{seq:032x}", action="measurement.record",
                object=f"kpi_{seq % 5000}/unit_{seq % 20}/M:2026-01",
                before={"state": "number", "value": f"{seq}.25"}, after={"state": "number", "value": f"{seq}.50"},
            )  # fmt: skip
            head = link(head, text_of_event(event))
            event.hash = head.hex()
            rows.append(event)
        Event.objects.bulk_create(rows)
    Chain.objects.create(organisation=organisation, seq=count, hash=head.hex())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FOURFOLD_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "fourfold.project.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        from fourfold.actions._events import note_event
        from fourfold.actions.verify_chains import verify_chains
        from fourfold.records.models import Organisation

        call_command("migrate", verbosity=0)
        fill(count)
        wall, cpu = time.perf_counter(), time.process_time()
        found = verify_chains(by=None).value
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        assert found is not None and found.ok, found
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        limit = LIMIT * count / 1_000_000
        print(f"{connection.vendor}: {count:,} events verified in {wall:.1f} s ({cpu:.1f} s of processor time)")
        print(f"  {wall / limit:.2f} of the limit of {limit:.0f} s; {memory:.0f} MB at most")
        organisation, cpu, tries = Organisation.objects.get(), time.process_time(), 200
        for _ in range(tries):
            with transaction.atomic():
                note_event(organisation, None, "a.b", "c", at=datetime.now(UTC))
        print(f"  one more event: {(time.process_time() - cpu) / tries * 1000:.2f} ms of processor time")


if __name__ == "__main__":
    main()
