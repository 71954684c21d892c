"""Links between objectives."""

from django.db import models

from fourfold.records.defined import Defined


class Link(Defined):
    """`source` is believed to drive `target`."""

    source = models.ForeignKey("records.Objective", on_delete=models.CASCADE, related_name="drives")
    target = models.ForeignKey("records.Objective", on_delete=models.CASCADE, related_name="driven_by")

    class Meta(Defined.Meta):
        constraints = (
            models.UniqueConstraint(fields=("organisation", "source", "target"), name="link_is_unique"),
        )
