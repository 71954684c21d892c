"""Leaving for a provider and coming back from it.

The button is a form: a sign-in begins with a POST from our own page, so no other site can begin one. Chromium holds a
form's policy also against where the answer redirects to, and nobody knows all hosts a provider passes people through.
So the answer to the form is a page of ours that leads on by itself.
"""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from fourfold.project.sign_on.adapter import unreadable
from fourfold.project.sign_on.directories import directory_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """The button by itself, for whoever comes by a link; pressed, the way to the provider."""
    directory = directory_of(code)
    if request.method != "POST":
        return render(request, "account/begin.html", {"directory": directory, "next": get_next_redirect_url(request)})
    provider = get_adapter().get_provider(request, provider=code)
    try:
        way = provider.redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))
    except (OAuth2Error, RequestException) as error:
        return unreadable(request, directory, error)
    if way.status_code != 302:
        return way  # type: ignore[no-any-return]
    answer = render(request, "account/leaving.html", {"directory": directory, "url": way["Location"]})
    answer["Refresh"] = f"0; url={way['Location']}"
    return answer


@never_cache
@require_safe
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from an OpenID Connect provider, with a code or an error."""
    from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView

    from fourfold.project.sign_on.oidc import Adapter

    directory = directory_of(provider_id)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(Adapter(request, provider_id))(request)
    except (OAuth2Error, RequestException) as error:
        return unreadable(request, directory, error)
    return answer
