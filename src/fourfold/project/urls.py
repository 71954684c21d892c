"""All addresses: signing in first, then the pages.

Of allauth only what is used here is reachable, each page with a template of ours: nobody signs up, and passwords are
changed, forgotten and set on pages of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, include, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from fourfold.api.app import api
from fourfold.api.hook import hook
from fourfold.project.health import health, ready
from fourfold.project.metrics import metrics
from fourfold.project.second_factors import noted

Page = Callable[..., HttpResponseBase]


def factor(route: str, page: Page, name: str) -> URLPattern:
    """A page of allauth about second factors: kept nowhere, and what it changes is an event."""
    return path(f"account/factors/{route}", never_cache(noted(page)), name=name)


def cleared(page: Page) -> Page:
    """A page after whose form the browser forgets what it kept of us."""

    @wraps(page)
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = page(request)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return answer


urlpatterns = [
    path("api/v1/", api.urls),
    path("hooks/<uuid:hook>/", hook, name="hook"),
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", cleared(account.logout), name="account_logout"),
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/again/", never_cache(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/factor/", never_cache(factors.authenticate), name="mfa_authenticate"),
    path("accounts/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    factor("", factors.index, "mfa_index"),
    factor("again/", factors.reauthenticate, "mfa_reauthenticate"),
    factor("app/", app.activate_totp, "mfa_activate_totp"),
    factor("app/removal/", app.deactivate_totp, "mfa_deactivate_totp"),
    factor("codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    factor("codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    factor("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), "mfa_list_webauthn"),
    factor("passkeys/new/", passkeys.add_webauthn, "mfa_add_webauthn"),
    factor("passkeys/again/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    factor("passkeys/<int:pk>/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    factor("passkeys/<int:pk>/removal/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
    path("", include("fourfold.web.urls")),
]
if settings.DIRECTORIES:
    urlpatterns.insert(0, path("", include("fourfold.project.sign_on.urls")))

handler400 = "fourfold.web.pages.errors.bad_request"
handler403 = "fourfold.web.pages.errors.forbidden"
handler404 = "fourfold.web.pages.errors.not_found"
handler500 = "fourfold.web.pages.errors.server_error"
