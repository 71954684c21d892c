"""Job runs: which process did what was due, so that no other does it too."""

from __future__ import annotations

from django.db import models


# house: the jobs are those of the installation
class JobRun(models.Model):
    """One due time of a job. Whoever has the token has it to do, while the lease lasts."""

    job = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    token = models.CharField(max_length=32)
    lease_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1, help_text="Processes that took it, the last one included.")
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True, help_text="The kind of error; its text is in the log.")

    objects = models.Manager()

    class Meta:
        ordering = ("-due_at",)
        constraints = (models.UniqueConstraint(fields=("job", "due_at"), name="job_run_is_unique"),)

    def __str__(self) -> str:
        """Which job and when."""
        return f"{self.job} {self.due_at:%Y-%m-%d %H:%M:%S}"
