"""The state of the whole installation, for those who run it: counts and ages, nothing of anybody's figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from fourfold.records.models import Backup, Evaluation, Organisation


@dataclass(frozen=True, slots=True)
class InstallationFigures:
    """Ages are seconds; None where there is no such thing yet."""

    organisations: int
    behind: int
    evaluation_age: float | None
    backup_age: float | None
    drilled_age: float | None


# house: counts and ages, of nobody
def figures_of_installation(*, now: datetime) -> InstallationFigures:
    """Counts and ages as of `now`."""
    versions = dict(Organisation.objects.values_list("pk", "version"))
    newest = Evaluation.objects.values("organisation").annotate(newest=Max("pk")).values("newest")
    runs = list(Evaluation.objects.filter(pk__in=newest).values_list("organisation", "input_version", "at"))
    fresh = {organisation for organisation, version, _ in runs if versions.get(organisation) == version}
    made = Backup.objects.order_by("-made_at").values_list("made_at", flat=True).first()
    last = drilled_backup()
    return InstallationFigures(
        organisations=len(versions),
        behind=len(versions.keys() - fresh),
        evaluation_age=max(((now - at).total_seconds() for _, _, at in runs), default=None),
        backup_age=(now - made).total_seconds() if made else None,
        drilled_age=(now - last.made_at).total_seconds() if last else None,
    )


def drilled_backup() -> Backup | None:  # house: a backup holds the whole installation
    """The newest backup that was restored elsewhere and found the same."""
    return _backups().filter(drilled_at__isnull=False, drill_failure="").first()


def newest_backup() -> Backup | None:  # house: a backup holds the whole installation
    """The newest backup that was made or tried out here."""
    return _backups().first()


def _backups() -> QuerySet[Backup]:  # house: a backup holds the whole installation
    return Backup.objects.order_by("-made_at")
