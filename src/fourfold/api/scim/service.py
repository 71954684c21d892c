"""What this service says of itself, and how strictly it reads what directories send."""

from __future__ import annotations

import json
from typing import Any, Final

import email_validator
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    Filter,
    Group,
    Patch,
    PatchOp,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService

MOST_RESULTS: Final = 200
LARGEST_BODY: Final = 2 * 1024 * 1024  # bytes: a group of some ten thousand members

CONFIG: Final = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Provisioning key",
            description="A key of the organisation, sent as a bearer token.",
            primary=True,
        )
    ],
)

#: Entra ID sends attributes that nobody declared, a value with `remove`, and paths whose filter matches nothing yet.
TOLERANT: Final = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


# Organisations have addresses in domains of their own making, such as `.local`; nothing is sent to them from here.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class Service(ScimService):
    """The protocol with a limit to what is read, and Entra ID's way to name a member."""

    def read_patch(self, resource_type: ResourceType, body: bytes, content_type: str | None) -> PatchOp[Any]:
        """The operations; `$ref: null` in a member that is to go says nothing (RFC 7643, 2.5), and selects nothing."""
        return super().read_patch(resource_type, _without_nulls(body), content_type)

    def max_body_size(self, request: ScimRequest) -> int | None:
        """No request is larger."""
        return LARGEST_BODY


def _without_nulls(body: bytes) -> bytes:
    """The same request without what is null in the members of lists; as it is where it cannot be read."""
    try:
        told = json.loads(body)
        for operation in told["Operations"]:
            if isinstance(values := operation.get("value"), list):
                operation["value"] = [_said(value) for value in values]
    except (ValueError, KeyError, TypeError, AttributeError):
        return body
    return json.dumps(told).encode()


def _said(value: Any) -> Any:
    return {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value


SERVICE: Final = Service(
    ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group)],
        config=CONFIG,
        policy=TOLERANT,
    )
)
