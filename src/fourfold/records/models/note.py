"""Notes."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fourfold.records.defined import Defined
from fourfold.records.scope import InUnits


class Notes(InUnits["Note"]):
    """Notes, of which those without a unit are about the unit at the root."""

    def veiled(self) -> Q:
        """The condition that a note is about a small group: it may say the figure."""
        from fourfold.records.models.veil import Veil

        at_the_root = Veil.objects.filter(unit__parent=None, kpi=OuterRef("kpi"))
        return super().veiled() | Q(Exists(at_the_root), unit=None)


class Note(Defined):
    """What somebody said about a KPI in a period; a note without a unit is about the whole organisation."""

    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="notes")
    unit = models.ForeignKey("records.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=16)
    kind = models.CharField(max_length=12, default="comment")
    author = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = Notes.as_manager()  # type: ignore[misc, assignment]  # narrower than that of all definitions
