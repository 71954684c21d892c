"""Events: who did what, for the audit."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from fourfold.access.roles import Action
from fourfold.access.sight import sights_of
from fourfold.records.fields import CanonicalField
from fourfold.records.scope import closed_to, in_units, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.access.sight import Sight
    from fourfold.records.models.person import Person

#: Ways in which somebody can do something.
VIAS = ("ui", "api", "cli", "mcp", "job", "mail")


class Events(models.QuerySet["Event"]):
    """Events of organisations and of the installation."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """What the roles of the person let them read: all events, those in their units, or those about what is theirs.

        Theirs are the KPIs they own and what they did themselves. Events in no unit are read by those who read all.
        """
        sights = sights_of(principal_of(person), Action.AUDIT).values()
        return self.filter(reduce(or_, (_readable(person, sight) for sight in sights), Q(pk__in=())))


def _readable(person: Person | AnonymousUser, sight: Sight) -> Q:
    found = Q(organisation=sight.organisation, unit=None) if None in sight.paths and not sight.hidden else Q(pk__in=())
    found |= in_units(person, sight, sight.paths)
    if codes := closed_to(person, sight).codes:
        named = reduce(or_, (Q(object__startswith=f"{code}/") for code in codes))
        found &= ~named | in_units(person, sight, sight.cleared)
    if closed_to(person, sight).has_groups:
        found &= ~_about_small_groups(sight.organisation)
    if sight.own and sight.person is not None:
        from fourfold.records.models.kpi import Kpi

        owned = Kpi.objects.filter(organisation=sight.organisation, owner=sight.person).values_list("code", flat=True)
        about = (Q(object__startswith=f"{code}/") for code in owned)
        mine = Q(organisation=sight.organisation, person=sight.person)
        found |= mine | (in_units(person, sight, sight.own) & reduce(or_, about, Q(pk__in=())))
    return found


def _about_small_groups(organisation: int) -> Q:
    """The condition that an event is about a figure that is hidden, which it says."""
    from fourfold.records.models.veil import Veil

    units: dict[str, list[int]] = {}
    hidden = Veil.objects.filter(organisation=organisation, kpi__isnull=False)  # house: what nobody is shown
    for code, unit in hidden.values_list("kpi__code", "unit"):
        units.setdefault(code, []).append(unit)
    about = (Q(object__startswith=f"{code}/", unit__in=some) for code, some in units.items())
    return reduce(or_, about, Q(pk__in=()))


class Event(models.Model):
    """One thing somebody did; `seq` counts without gaps inside an organisation, `hash` depends on all before.

    Events without an organisation are those of the installation: a failed attempt to sign in to an account that does
    not exist. The database refuses to change or remove an event.
    """

    organisation = models.ForeignKey("records.Organisation", null=True, on_delete=models.PROTECT)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    agent = models.CharField(max_length=40, blank=True, help_text="Who did it where no person did.")
    on_behalf_of = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=4, choices=[(via, via) for via in VIAS], blank=True)
    address = models.CharField(max_length=50, blank=True, help_text="The network it came from.")
    request_id = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=300)
    unit = models.ForeignKey(
        "records.Unit", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Where it was done; the unit may be gone since.",
    )  # fmt: skip
    before = CanonicalField(null=True)
    after = CanonicalField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    hash = models.CharField(max_length=64)

    objects = Events.as_manager()

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "seq"), name="event_seq_is_unique"),
            models.UniqueConstraint(
                fields=("seq",), condition=Q(organisation__isnull=True), name="event_seq_of_installation_is_unique"
            ),
        )

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.seq} {self.action} {self.object}"
