"""SAML 2.0: allauth's flow over python3-saml, with what the two leave open.

An assertion has to be signed, of the provider that was asked, for us, in time, and the answer to a request that
this browser made and that was not answered before. python3-saml takes an assertion without an audience, and one that
does not say which request it answers, for a good one; here both are refused (SAML Profiles, 4.1.4.2 and 4.1.4.3).
"""

from __future__ import annotations

from typing import Any, Final

from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.providers.saml.utils import build_saml_config
from allauth.socialaccount.providers.saml.views import acs as allauth_acs
from allauth.socialaccount.providers.saml.views import finish_acs as allauth_finish
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from fourfold.access.directory import Visitor
from fourfold.errors import ConfigurationError
from fourfold.project.sign_on.adapter import unreadable
from fourfold.project.sign_on.configuration import SamlDirectory
from fourfold.project.sign_on.directories import directory_of

LARGEST_ANSWER: Final = 256 * 1024  # bytes
RATES: Final = {"saml_answer": "60/m/ip"}
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
NAMES: Final = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
#: What an answer that is no answer makes the libraries raise.
BROKEN: Final = (
    PermissionDenied, OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, etree.LxmlError, ValueError, KeyError,
    TypeError, AttributeError,
)  # fmt: skip


class Provider(SAMLProvider):  # type: ignore[misc]
    """One provider of the file of directories."""

    def extract_uid(self, data: Any) -> str:
        """A name for allauth, which keeps none; ours is in `visitor`."""
        return str(data.get_nameid() or "nobody")[:191]

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """Nothing for allauth: who it is, `visitor` says."""
        return {}

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """What the signed assertion says, which has one audience and one request at least."""
        assertion = _assertion(data.get_last_response_xml())
        if not assertion.findall("saml:Conditions/saml:AudienceRestriction/saml:Audience", NAMES):
            raise ValueError("the assertion names no audience")
        confirmed = assertion.findall("saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData", NAMES)
        if {each.get("InResponseTo") for each in confirmed} != {data.get_last_response_in_response_to()}:
            raise ValueError("the assertion does not answer the request")
        name = {"name_id": data.get_nameid(), "format": data.get_nameid_format()}
        return {**name, "attributes": data.get_attributes(), "friendly": data.get_friendlyname_attributes()}


def _assertion(text: str | bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    content = text if isinstance(text, bytes) else text.encode()
    assertions = etree.fromstring(content, parser).findall("saml:Assertion", NAMES)
    if len(assertions) != 1:
        raise ValueError("there is not one assertion")
    return assertions[0]


def visitor(directory: SamlDirectory, login: Any) -> Visitor:
    """Whom the provider vouches for; ConfigurationError where what it sends names nobody for ever."""
    said = login.account.extra_data
    subject = _first(said, directory.subject_attribute) if directory.subject_attribute else said["name_id"]
    if not subject:
        what = f"attribute {directory.subject_attribute}" if directory.subject_attribute else "NameID"
        raise ConfigurationError(f"The assertion has no {what}.", hint="Mend subject_attribute, or have it sent.")
    if not directory.subject_attribute and said["format"] == TRANSIENT:
        message = "The NameID is transient: it is another one each time."
        raise ConfigurationError(message, hint="Have a persistent one sent, or set subject_attribute.")
    email = _first(said, directory.email_attribute) or (subject if "@" in subject else None)
    groups = frozenset(_all(said, directory.groups_attribute))
    name = _first(said, directory.name_attribute) or email or subject
    return Visitor(directory.entity_id, subject, name, email, groups=groups)


def _all(said: dict[str, Any], name: str) -> list[str]:
    """The values of an attribute by its name or its friendly name."""
    return [str(value) for value in said["attributes"].get(name) or said["friendly"].get(name) or []]


def _first(said: dict[str, Any], name: str) -> str:
    return next(iter(_all(said, name)), "")


# house: the provider's own page sends this form; what it says is signed
@csrf_exempt
@never_cache
@require_POST
def answer(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The provider's answer, which comes without our cookie: kept for the page it leads to, which has the cookie."""
    directory = directory_of(organization_slug)
    known = ratelimit.consume(request, app="fourfold.saml", action="saml_answer", config=RATES)
    if not known or len(request.body) > LARGEST_ANSWER or "SAMLResponse" not in request.POST:
        return unreadable(request, directory, "an answer too many, too large or without a SAMLResponse")
    kept: HttpResponse = allauth_acs(request, organization_slug=organization_slug)
    return kept


@never_cache
@require_safe
def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Look into the answer, in the browser that asked for it."""
    directory = directory_of(organization_slug)
    try:
        done: HttpResponse = allauth_finish(request, organization_slug=organization_slug)
    except BROKEN as error:
        return unreadable(request, directory, repr(error))
    return done


@require_safe
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the provider has to know of us."""
    provider = get_adapter().get_provider(request, provider=directory_of(organization_slug).code)
    config = build_saml_config(request, provider.app.settings, organization_slug)
    del config["sp"]["singleLogoutService"]  # signing out here is no signing out there
    return HttpResponse(
        OneLogin_Saml2_Settings(config, sp_validation_only=True).get_sp_metadata(),
        content_type="application/samlmetadata+xml",
    )


def no_logout(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The library wants to name this address; nothing is there."""
    raise Http404
