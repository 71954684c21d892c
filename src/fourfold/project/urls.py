"""All addresses: signing in first, then the pages.

Of allauth only what is used here is reachable: nobody signs up, and passwords are changed on a page of ours.
"""

from allauth.account import views as account
from django.conf import settings
from django.urls import include, path

from fourfold.project.health import health, ready
from fourfold.project.metrics import metrics

urlpatterns = [
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("", include("fourfold.web.urls")),
]
if settings.DIRECTORIES:
    urlpatterns.insert(0, path("", include("fourfold.project.sign_on.urls")))

handler400 = "fourfold.web.pages.errors.bad_request"
handler403 = "fourfold.web.pages.errors.forbidden"
handler404 = "fourfold.web.pages.errors.not_found"
handler500 = "fourfold.web.pages.errors.server_error"
