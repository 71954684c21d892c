"""Where directories find SCIM."""

from django.urls import path

from fourfold.api.scim.view import scim

urlpatterns = [path("", scim, name="scim_root"), path("<path:path>", scim, name="scim")]
