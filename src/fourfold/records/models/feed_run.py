"""Feed runs: each time that a feed asked its source, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fourfold.records.models.connection import OfFeeds


class FeedRun(models.Model):
    """One run; `read` = `loaded` + `unchanged` + `rejected` + `held`. It failed where `failure` says why.

    A feed has one run at a time, and one for each time it was due: the database sees to both.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    feed = models.ForeignKey("records.Feed", on_delete=models.CASCADE, related_name="runs")
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, help_text="None where somebody wanted it to run.")
    since = models.DateField()
    until = models.DateField()
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField(help_text="Whoever runs it is taken for dead after that.")
    ended_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    read = models.PositiveIntegerField(default=0)
    loaded = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    rejects = models.TextField(blank=True, help_text="Refused rows and why, as CSV.")
    remark = models.TextField(blank=True, default="")
    asked = models.JSONField(default=dict, help_text="What the feed was when it ran.")
    profile = models.JSONField(default=dict, help_text="What the rows looked like.")
    import_run = models.ForeignKey("records.Import", null=True, on_delete=models.SET_NULL, related_name="feed_runs")

    objects = OfFeeds.as_manager()

    class Meta:
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("feed",), condition=Q(ended_at=None), name="feed_runs_once_at_a_time"),
            models.UniqueConstraint(fields=("feed", "due_at"), name="feed_runs_once_when_due"),
        )

    @property
    def held(self) -> int:
        """Rows that were right, and were not loaded because others were not."""
        return self.read - self.loaded - self.unchanged - self.rejected

    def __str__(self) -> str:
        """Which feed and when."""
        return f"{self.feed_id} {self.started_at:%Y-%m-%d %H:%M:%S}"
