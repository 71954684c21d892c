"""What the file of directories changes in Django's settings: only what its kinds of directory need."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

from fourfold.access.directory import Directory, ScimDirectory
from fourfold.errors import ConfigurationError
from fourfold.project.sign_on.configuration import KINDS, LdapDirectory, OidcDirectory, SamlDirectory

#: What has to be installed for each kind, and the extra of Fourfold that brings it.
_NEEDS: Final = {
    OidcDirectory: ("jwt", "sso"),
    SamlDirectory: ("onelogin", "saml"),
    LdapDirectory: ("ldap3", "sso"),
    ScimDirectory: ("scim2_server", "sso"),
}


def wire(settings: dict[str, Any], directories: tuple[Directory, ...]) -> None:
    """Change the settings for these directories; ConfigurationError where a library for one of them is missing."""
    kinds = {type(directory) for directory in directories}
    for kind, word in ((kind, word) for word, kind in KINDS.items() if kind in kinds):
        module, extra = _NEEDS[kind]
        if find_spec(module) is None:
            raise ConfigurationError(
                f"A directory of the kind {word} needs libraries that are not installed.",
                hint=f"Install them: pip install 'fourfold[web,{extra}]', or make setup-sso.",
            )
    settings["DIRECTORIES"] = directories
    settings["AUTHENTICATION_BACKENDS"] = [
        "fourfold.project.sign_on.backend.LocalBackend" if backend == "fourfold.project.accounts.Backend" else backend
        for backend in settings["AUTHENTICATION_BACKENDS"]
    ]
    settings["ACCOUNT_ADAPTER"] = "fourfold.project.sign_on.backend.LocalAccounts"
    settings["TEMPLATES"][0]["OPTIONS"]["context_processors"].append("fourfold.project.sign_on.directories.context")
    if kinds & {OidcDirectory, SamlDirectory}:
        _wire_providers(settings, directories)


def _wire_providers(settings: dict[str, Any], directories: tuple[Directory, ...]) -> None:
    """allauth's part: the flows of providers. Its tables stay empty, see `Identity`."""
    settings["SOCIALACCOUNT_ADAPTER"] = "fourfold.project.sign_on.adapter.SignOnAdapter"
    settings["SOCIALACCOUNT_PROVIDERS"] = providers = {}
    settings["SOCIALACCOUNT_REQUESTS_TIMEOUT"] = 10
    settings["INSTALLED_APPS"].append("allauth.socialaccount")
    if oidc := [d for d in directories if isinstance(d, OidcDirectory)]:
        settings["INSTALLED_APPS"].append("allauth.socialaccount.providers.openid_connect")
        providers["openid_connect"] = {
            "APPS": [_oidc_app(directory) for directory in oidc],
            "provider_class": "fourfold.project.sign_on.oidc.Provider",
        }
    if saml := [d for d in directories if isinstance(d, SamlDirectory)]:
        settings["INSTALLED_APPS"].append("allauth.socialaccount.providers.saml")
        providers["saml"] = {
            "APPS": [_saml_app(directory) for directory in saml],
            "provider_class": "fourfold.project.sign_on.saml.Provider",
        }


def _saml_app(directory: SamlDirectory) -> dict[str, Any]:
    return {
        "provider_id": directory.code,
        "client_id": directory.code,
        "name": directory.name,
        "settings": {
            "idp": {
                "entity_id": directory.entity_id,
                "sso_url": directory.sign_in_url,
                "x509cert": directory.certificate_file.read_text("utf-8").strip(),
            },
            "advanced": {
                "strict": True,
                "want_assertion_signed": True,
                "want_attribute_statement": False,
                "want_name_id": not directory.subject_attribute,
                "reject_idp_initiated_sso": True,
                "reject_deprecated_algorithm": True,
                "allow_single_label_domains": True,
            },
        },
    }


def _oidc_app(directory: OidcDirectory) -> dict[str, Any]:
    return {
        "provider_id": directory.code,
        "name": directory.name,
        "client_id": directory.client_id,
        "secret": directory.client_secret_file.read_text("utf-8").strip(),
        "settings": {
            "server_url": directory.issuer.rstrip("/"),
            "issuer": directory.issuer,
            "oauth_pkce_enabled": True,
            "scope": list(directory.scopes),
        },
    }
