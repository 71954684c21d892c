"""All addresses: accounts first, then the pages."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("fourfold.web.urls")),
]

handler400 = "fourfold.web.pages.errors.bad_request"
handler403 = "fourfold.web.pages.errors.forbidden"
handler404 = "fourfold.web.pages.errors.not_found"
handler500 = "fourfold.web.pages.errors.server_error"
