"""Feeds: how a source fills KPIs, and when."""

from __future__ import annotations

from typing import Final

from django.db import models

from fourfold.records.models.connection import OfFeeds

#: After so many failures in a row a feed rests, longer each time, until it works again.
MOST_FAILURES: Final = 5


class Feed(models.Model):
    """What is asked of a connection, and which column of the answer is what.

    `columns` says for each column of figures the name of a column of the source, or `=` and one text for all rows.
    `months` is how far back a run looks, the month that runs included. With `keeps_apart` rows that are wrong do not
    stop the others. `next_at` is when it runs next; without a schedule it runs when somebody wants it to.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey("records.Connection", on_delete=models.PROTECT, related_name="feeds")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    ask = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    names = models.JSONField(default=dict, help_text="What the source calls KPIs and units, and their codes here.")
    adding = models.CharField(max_length=10, blank=True, help_text="What several rows of one figure are made: a sum …")
    months = models.PositiveSmallIntegerField(default=3)
    keeps_apart = models.BooleanField(default=False)
    schedule = models.CharField(max_length=100, blank=True, help_text="As cron writes it.")
    time_zone = models.CharField(max_length=60, default="UTC")
    next_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="Runs in a row that failed.")
    changed_at = models.DateTimeField()

    objects = OfFeeds.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="feed_code_is_unique"),)

    @property
    def rests(self) -> bool:
        """Whether it failed so often that it is asked less often than its schedule wants."""
        return self.failures >= MOST_FAILURES

    def __str__(self) -> str:
        """The name."""
        return self.name
