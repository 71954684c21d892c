"""The addresses of the directories that are set up, and of no other kind."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from fourfold.access.directory import ScimDirectory
from fourfold.project.sign_on.configuration import LdapDirectory, OidcDirectory, SamlDirectory
from fourfold.web.pages.directories import directories

_KINDS = {type(directory) for directory in settings.DIRECTORIES}
urlpatterns: list[URLPattern | URLResolver] = [path("directories/", directories, name="directories")]

if OidcDirectory in _KINDS:
    from fourfold.project.sign_on import views

    urlpatterns += [
        path("accounts/oidc/<slug:code>/login/", views.begin, name="openid_connect_login"),
        path("accounts/oidc/<slug:provider_id>/login/callback/", views.oidc_callback, name="openid_connect_callback"),
    ]

if SamlDirectory in _KINDS:
    from fourfold.project.sign_on import saml, views

    urlpatterns += [
        path("accounts/saml/<slug:code>/login/", views.begin, name="saml_login"),
        path("accounts/saml/<slug:organization_slug>/acs/", saml.answer, name="saml_acs"),
        path("accounts/saml/<slug:organization_slug>/acs/finish/", saml.finish, name="saml_finish_acs"),
        path("accounts/saml/<slug:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
        path("accounts/saml/<slug:organization_slug>/sls/", saml.no_logout, name="saml_sls"),
    ]

if LdapDirectory in _KINDS:
    from fourfold.project.sign_on.ldap_view import ldap_login

    urlpatterns.append(path("accounts/ldap/<slug:code>/", ldap_login, name="ldap_login"))

if ScimDirectory in _KINDS:
    urlpatterns.append(path("scim/v2/", include("fourfold.api.scim.urls")))
