"""What a directory asks about the people and groups it wrote: always those of one directory of one organisation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from fourfold.access.directory import Directory
from fourfold.records.models import Entry, Organisation, ProvisioningKey
from fourfold.records.models.provisioning_key import hash_of


# house: a key belongs to an organisation and not to a person, and may see what its directory wrote there
def entries_of(organisation: Organisation, directory: Directory, kind: str) -> QuerySet[Entry]:
    """All entries of a kind, oldest first."""
    return Entry.objects.filter(organisation=organisation, directory=directory.code, kind=kind)


# house: to find out whose a key is, it is looked up among all of them
def key_named(text: str, at: datetime) -> ProvisioningKey | None:
    """The key with this text, while it is valid."""
    found = ProvisioningKey.objects.filter(key_hash=hash_of(text), revoked_at=None, ends_at__gt=at)
    return found.select_related("organisation").first()


# house: whoever holds a key changes one organisation, and changes wait for one another
def hold(organisation: Organisation) -> Organisation:
    """The organisation's row, held until the transaction ends."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)
