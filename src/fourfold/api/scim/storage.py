"""The people and groups of one directory, as scim2-server asks for them: reading is queries, writing is actions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
    UniquenessException,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.storage import ScimStorage, SearchPage

from fourfold.access.directory import ScimDirectory
from fourfold.actions.provision_group import provision_group
from fourfold.actions.provision_person import provision_person
from fourfold.actions.withdraw_entry import withdraw_entry
from fourfold.api.scim.resources import group_told, person_told, resource_of, version_of
from fourfold.errors import FourfoldError, Kind
from fourfold.records.models import Entry, Organisation
from fourfold.records.queries.entries import entries_of, hold

KINDS = {"User": Entry.PERSON, "Group": Entry.GROUP}
#: Attributes by which directories look somebody up, and the columns that repeat them.
COLUMNS = {"id": "pk", "externalid": "external_id", "username": "key", "displayname": "key"}


class Storage(ScimStorage):
    """What one key may read and write; `writes` says whether the request changes anything."""

    def __init__(self, organisation: Organisation, directory: ScimDirectory, *, writes: bool) -> None:
        self.organisation, self.directory, self.writes = organisation, directory, writes

    @contextmanager
    def operation(self) -> Iterator[None]:
        """A change reads and writes under the lock of the organisation, so that two of them wait for one another."""
        if not self.writes:
            yield
            return
        with transaction.atomic():
            hold(self.organisation)
            yield

    def get(
        self, resource_type: ResourceType, resource_id: str, *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:  # fmt: skip
        """One of them."""
        return resource_of(self._entry(resource_type, resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """Those that a filter matches, sorted; a page of them."""
        start = search_request.start_index_0 or 0
        stop = None if search_request.count is None else start + search_request.count
        if search_request.filter is None and search_request.sort_by is None and len(resource_types) == 1:
            rows = self._rows(resource_types[0])
            return SearchPage(rows.count(), [resource_of(entry) for entry in rows[start:stop]])
        found = [resource for kind in resource_types for resource in self._matching(kind, search_request)]
        if search_request.sort_by is not None:
            values = [(search_request.sort_value(resource), resource) for resource in found]
            known = sorted((pair for pair in values if pair[0] is not None), key=lambda pair: pair[0])
            if search_request.sort_order == SearchRequest.SortOrder.descending:
                known.reverse()
            found = [resource for _, resource in known] + [resource for value, resource in values if value is None]
        return SearchPage(len(found), found[start:stop])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Write down somebody new."""
        return resource_of(self._write(resource_type, resource, None))

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Write down the whole new state of somebody known."""
        entry = self._current(resource_type, str(resource.id), expected_version)
        return resource_of(self._write(resource_type, resource, entry))

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """Take somebody away; their account stays, switched off."""
        entry = self._current(resource_type, resource_id, expected_version)
        withdraw_entry(by=None, organisation=self.organisation, directory=self.directory, entry=entry)

    def _rows(self, resource_type: ResourceType) -> QuerySet[Entry]:
        kind = KINDS[str(resource_type.name)]
        return entries_of(self.organisation, self.directory, kind).prefetch_related("members", "groups")

    def _entry(self, resource_type: ResourceType, resource_id: str) -> Entry:
        entry = self._rows(resource_type).filter(pk=pk).first() if (pk := _uuid(resource_id)) else None
        if entry is None:
            raise NotFoundException(detail=f"There is no {resource_type.name} {resource_id}.")
        return entry

    def _current(self, resource_type: ResourceType, resource_id: str, expected: str | None) -> Entry:
        entry = self._entry(resource_type, resource_id)
        if expected is not None and expected != version_of(entry):
            raise PreconditionFailedException
        return entry

    def _matching(self, resource_type: ResourceType, request: SearchRequest[Any]) -> list[Resource[Any]]:
        rows, wanted = self._rows(resource_type), request.filter
        if wanted is None:
            return [resource_of(entry) for entry in rows]
        resources = [resource_of(entry) for entry in _narrowed(rows, wanted.ast)]
        return [resource for resource in resources if _matches(str(wanted), resource)]

    def _write(self, resource_type: ResourceType, resource: Any, entry: Entry | None) -> Entry:
        try:
            if KINDS[str(resource_type.name)] == Entry.PERSON:
                outcome = provision_person(
                    by=None, organisation=self.organisation, directory=self.directory, told=person_told(resource),
                    entry=entry,
                )  # fmt: skip
            else:
                outcome = provision_group(
                    by=None, organisation=self.organisation, directory=self.directory, told=group_told(resource),
                    entry=entry,
                )  # fmt: skip
        except FourfoldError as error:
            raise _REFUSALS.get(error.kind, ForbiddenException)(detail=str(error)) from error
        assert outcome.value is not None
        return self._entry(resource_type, str(outcome.value.pk))


_REFUSALS = {Kind.CONFLICT: UniquenessException, Kind.NOT_FOUND: InvalidValueException}


def _narrowed(rows: QuerySet[Entry], tree: Any) -> QuerySet[Entry]:
    """Fewer rows for the commonest question, who has this name or id; the filter itself decides in the end."""
    if not isinstance(tree, Comparison) or tree.op != CompareOperator.eq or not isinstance(tree.value, str):
        return rows
    column = COLUMNS.get(str(tree.attr_path).rsplit(":", 1)[-1].lower())
    if column == "pk":
        return rows.filter(pk=pk) if (pk := _uuid(tree.value)) else rows.none()
    if column == "external_id":
        return rows.filter(external_id=tree.value)
    is_name = column == "key" and (rows.filter(kind=Entry.GROUP).exists() or "username" in str(tree.attr_path).lower())
    return rows.filter(key=tree.value.casefold()) if is_name else rows


def _matches(wanted: str, resource: Resource[Any]) -> bool:
    """Whether a filter holds for a resource of a type that is known only now."""
    bound: Any = ScimFilter
    return bool(bound[type(resource)](wanted).match(resource))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
