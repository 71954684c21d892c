"""Who am I."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from fourfold.api.pages import asker, known_only
from fourfold.records.models import Organisation

router = Router(tags=["person"])


class OrganisationOut(Schema):
    """An organisation of the token."""

    code: str
    name: str


class PersonOut(Schema):
    """Whose token it is, what it is good for, and where."""

    name: str
    email: str | None
    scopes: list[str]
    organisations: list[OrganisationOut]


@router.get("/me", response=PersonOut, summary="Whose token this is", operation_id="me")
def me(request: HttpRequest) -> PersonOut:
    """The person or service of the token, and the actions that its scopes allow."""
    known_only(request)
    person = asker(request)
    found = Organisation.objects.visible_to(person).order_by("code")
    return PersonOut(
        name=person.name,
        email=person.email,
        scopes=sorted(person.principal.allowed or ()),
        organisations=[OrganisationOut(code=o.code, name=o.name) for o in found],
    )
