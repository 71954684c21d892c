"""The directories of an organisation, for its administrators: whom they know, and the keys of those that provision."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from fourfold.access.directory import Directory
from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.actions.revoke_provisioning_key import revoke_provisioning_key
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Organisation
from fourfold.records.queries.directories import directories_of
from fourfold.records.queries.people import administers, managed_organisation
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in_form


@never_cache
@signed_in_form
def directories(request: Request) -> HttpResponse:
    """What the file of directories sets up here (`o` in the address where one manages several); POST changes a key."""
    organisation = managed_organisation(request.user, request.GET.get("o"))
    if not administers(request.user, organisation.pk):
        hint = "An administrator of the organisation can."
        raise Forbidden("You may not manage how people of this organisation sign in.", hint=hint)
    if request.method != "POST":
        return _page(request, organisation)
    directory = _named(organisation, request.POST.get("directory", ""))
    if start := request.POST.get("revoke", ""):
        outcome = revoke_provisioning_key(by=request.user, directory=directory, start=start)
        messages.success(request, f"{outcome.summary}.")
        return redirect(request.get_full_path())
    days = request.POST.get("days", "")
    made = make_provisioning_key(
        by=request.user, directory=directory, days=int(days) if days.isascii() and days.isdigit() else 0
    )
    if made.value is None:
        return _page(request, organisation, wrong=made.findings[0].message, at=directory, status=422)
    return _page(request, organisation, new=made.value[1], at=directory)


def _named(organisation: Organisation, code: str) -> Directory:
    for directory in settings.DIRECTORIES:
        if (directory.code, directory.organisation) == (code, organisation.code):
            assert isinstance(directory, Directory)
            return directory
    raise NotFound(f"There is no directory {code} here.")


def _page(
    request: Request, organisation: Organisation, *, new: str = "", wrong: str = "", at: Directory | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    return plain(
        request, "web/directories.html", title="Directories", status=status, organisation_name=organisation.name,
        shown=directories_of(organisation, settings.DIRECTORIES), url=settings.PUBLIC_URL, new=new, wrong=wrong,
        at=at.code if at else "",
    )  # fmt: skip
