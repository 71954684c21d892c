"""Chain the events there are, and let the database refuse to change any from now on."""

from django.db import migrations

from fourfold.records.chain import LARGEST, START, canonical, event_text, link, stamp
from fourfold.records.guard import guard_in_migration, lift_in_migration


def without_floats(value):
    """The same with numbers that cannot be hashed as texts: floats, and whole ones that some readers would round."""
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST):
        return repr(value)
    if isinstance(value, dict):
        return {key: without_floats(each) for key, each in value.items()}
    return [without_floats(each) for each in value] if isinstance(value, list) else value


def chain_events(apps, editor):
    """Give each event its hash, organisation by organisation in the order of `seq`.

    What is hashed never changes its form, so that the functions of today may be used here.
    """
    Event, Chain = apps.get_model("records", "Event"), apps.get_model("records", "Chain")
    for organisation in apps.get_model("records", "Organisation").objects.order_by("pk"):
        seq, head, batch = 0, START, []
        for event in Event.objects.filter(organisation=organisation).order_by("seq").iterator(chunk_size=2000):
            event.agent = "" if event.person_id else "machine"
            event.before, event.after = without_floats(event.before), without_floats(event.after)
            head = link(head, text_of(event))
            seq, event.hash = event.seq, head.hex()
            batch.append(event)
            if len(batch) == 500:
                Event.objects.bulk_update(batch, ["agent", "before", "after", "hash"])
                batch = []
        Event.objects.bulk_update(batch, ["agent", "before", "after", "hash"])
        Chain.objects.create(organisation=organisation, seq=seq, hash=head.hex())
    Chain.objects.create(organisation=None)


def text_of(event):
    """The text of an event that has nothing but what events had so far."""
    return event_text(
        seq=event.seq, ts=stamp(event.at), action=event.action,
        actor=f"u{event.person_id}" if event.person_id else event.agent, object=event.object,
        after=None if event.after is None else canonical(event.after),
        before=None if event.before is None else canonical(event.before), tenant=f"o{event.organisation_id}",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("records", "0006_event_origin")]
    operations = [
        migrations.RunPython(chain_events, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(guard_in_migration, lift_in_migration),
    ]
