"""All addresses: accounts first, then the pages."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("fourfold.web.urls")),
]
