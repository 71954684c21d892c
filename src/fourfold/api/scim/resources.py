"""SCIM resources of our entries, and what a resource that was sent says."""

from __future__ import annotations

from typing import Any

from scim2_models import EnterpriseUser, Group, GroupMember, Meta, Reference, Resource, User
from scim2_models.resources.user import GroupMembership

from fourfold.actions.provision_group import ToldGroup
from fourfold.actions.provision_person import ToldPerson
from fourfold.records.models import Entry

#: What is ours to say, or not ours to keep.
_NOT_KEPT = ("id", "meta", "groups", "members", "password")


def version_of(entry: Entry) -> str:
    """The entity tag: it grows with each change."""
    return f'W/"{entry.version}"'


def resource_of(entry: Entry) -> Resource[Any]:
    """The entry as SCIM has it; addresses are relative, the service completes them."""
    meta = Meta(
        resource_type="User" if entry.kind == Entry.PERSON else "Group",
        created=entry.made_at,
        last_modified=entry.changed_at,
        version=version_of(entry),
    )
    resource: Any
    if entry.kind == Entry.PERSON:
        resource = User[EnterpriseUser].model_validate(entry.spec)
        resource.groups = [
            GroupMembership(value=str(group.pk), ref=Reference(f"Groups/{group.pk}"), display=group.name, type="direct")
            for group in entry.groups.all()
        ] or None
    else:
        resource = Group.model_validate(entry.spec)
        resource.members = [_member(member) for member in entry.members.all()] or None
    resource.id, resource.meta = str(entry.pk), meta
    return resource  # type: ignore[no-any-return]


def _member(entry: Entry) -> GroupMember:
    kind = "User" if entry.kind == Entry.PERSON else "Group"
    return GroupMember(value=str(entry.pk), ref=Reference(f"{kind}s/{entry.pk}"), display=entry.name, type=kind)


def person_told(user: Any) -> ToldPerson:
    """What a User says: the name people read, the primary address, else the first, else a user name that is one."""
    spec = {**_kept(user), "active": user.active is not False}
    name = user.name
    parts = [name.given_name, name.family_name] if name else []
    read = user.display_name or (name and name.formatted) or " ".join(part for part in parts if part)
    addresses = sorted(user.emails or [], key=lambda email: not email.primary)
    address = next((email.value for email in addresses if email.value), None)
    return ToldPerson(
        user_name=user.user_name,
        name=read or user.user_name,
        email=address or (user.user_name if "@" in user.user_name else None),
        active=bool(spec["active"]),
        external_id=user.external_id or "",
        spec=spec,
    )


def group_told(group: Any) -> ToldGroup:
    """What a Group says."""
    members = frozenset(str(member.value) for member in group.members or [] if member.value)
    return ToldGroup(group.display_name, members, group.external_id or "", _kept(group))


def _kept(resource: Any) -> dict[str, Any]:
    return {key: value for key, value in resource.model_dump().items() if key not in _NOT_KEPT}
