"""OpenID Connect: allauth's flow, with the checks it leaves out.

Added are the nonce, the issuer of the discovery page, the signature of every ID token, an allowance for clocks that
differ, and that the profile is of the person whom the token names (OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2).
"""

from __future__ import annotations

import secrets
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from fourfold.access.directory import Visitor
from fourfold.errors import Forbidden
from fourfold.project.sign_on.configuration import LOCAL, OidcDirectory

#: Only signatures made with a key of which we know the public half.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
#: By how many seconds the clocks of two machines may differ.
LEEWAY: Final = 60
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Speaks to the provider; whatever is not as it should be is an OAuth2Error that says what."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery page, which must be of the issuer it was asked for and name safe addresses."""
        known = hasattr(self, "_openid_config")
        try:
            config: dict[str, Any] = super().openid_config
        except (RequestException, ValueError) as error:
            raise OAuth2Error(f"the provider cannot be reached: {error}") from error
        if not known:
            _check_discovery(config, self.get_provider().app.settings["issuer"])
        return config

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            algorithm, key = jwtkit.fetch_key(id_token, self.openid_config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if algorithm not in ALGORITHMS:
                raise OAuth2Error(f"the ID token is signed with {algorithm}")
            claims: dict[str, Any] = jwt.decode(
                id_token, key=key, algorithms=[algorithm], audience=app.client_id,
                issuer=self.openid_config["issuer"], leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, RequestException) as error:
            raise OAuth2Error(f"the ID token does not hold: {error!r}") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("the ID token was made for somebody else")
        return claims

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The sign-in as the provider tells it; an answer without an ID token is none."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("the provider sent no ID token")
        try:
            login = super().complete_login(request, app, token, **kwargs)
        except (KeyError, ValueError) as error:
            raise OAuth2Error(f"the provider's answer cannot be read: {error!r}") from error
        data = login.account.extra_data
        if data.get("userinfo") and data["userinfo"].get("sub") != data["id_token"]["sub"]:
            raise OAuth2Error("the profile is of somebody else than the ID token")
        return login


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """One provider of the file of directories; each sign-in has a nonce of its own."""

    oauth2_adapter_class = Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """A name for allauth, which keeps none; ours is in `visitor`."""
        return str(super().extract_uid(data))[:191]

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the person to the provider."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**self.get_auth_params(), "nonce": nonce}
        kwargs["scope"] = self.get_scope()  # never what the address asks for
        way: HttpResponse = super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        return way


def _check_discovery(config: dict[str, Any], issuer: str) -> None:
    if config.get("issuer") != issuer:
        raise OAuth2Error(f"the discovery page is of {config.get('issuer')!r} and not of {issuer!r}")
    for name in ENDPOINTS:
        parts = urlsplit(str(config.get(name, "")))
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            raise OAuth2Error(f"the discovery page has no safe {name}")


def visitor(directory: OidcDirectory, login: Any) -> Visitor:
    """Whom the provider vouches for; Forbidden where the answer is of another sign-in or says too little."""
    token: dict[str, Any] = login.account.extra_data["id_token"]
    claims = {**token, **(login.account.extra_data.get("userinfo") or {})}
    if not secrets.compare_digest(str(token.get("nonce", "")), str(login.state.get("nonce", "-"))):
        raise Forbidden("The answer belongs to another attempt to sign in.", hint="Begin again from the sign-in page.")
    subject = token.get(directory.subject_claim) or claims.get(directory.subject_claim)
    if not isinstance(subject, str) or not subject:
        raise Forbidden(f"{directory.name} did not say who you are: the claim “{directory.subject_claim}” is missing.")
    email = claims.get("email")
    return Visitor(
        issuer=token["iss"],
        subject=subject,
        name=str(claims.get("name") or claims.get("preferred_username") or email or subject),
        email=email if isinstance(email, str) else None,
        email_verified=claims.get("email_verified") is True,
        groups=_groups(directory, claims),
    )


def _groups(directory: OidcDirectory, claims: dict[str, Any]) -> frozenset[str]:
    """The groups of the claim; a list, or one group alone. No claim: no groups."""
    if directory.groups and directory.groups_claim in (claims.get("_claim_names") or ()):
        raise Forbidden(
            f"{directory.name} did not send your groups: you are in too many.",
            hint="Its administrator can limit the groups that are sent to those assigned to Fourfold.",
        )
    found = claims.get(directory.groups_claim) or []
    return frozenset(str(group) for group in (found if isinstance(found, list) else [found]))
