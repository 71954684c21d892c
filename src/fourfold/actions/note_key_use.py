"""Write down when a provisioning key was last used."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person, ProvisioningKey


def note_key_use(*, by: Person | None, key: ProvisioningKey, at: datetime | None = None) -> Outcome[ProvisioningKey]:
    """The moment of its last use; no event, since nothing changes for anybody."""
    ProvisioningKey.objects.filter(pk=key.pk).update(used_at=at or datetime.now(UTC))
    return Outcome("noted", key)
