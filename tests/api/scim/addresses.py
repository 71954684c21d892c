"""The product's addresses with those of SCIM, as they are where a directory of that kind is set up."""

from django.urls import include, path

from fourfold.project.urls import urlpatterns as product
from fourfold.web.pages.directories import directories

urlpatterns = [
    *product,
    path("scim/v2/", include("fourfold.api.scim.urls")),
    path("directories/", directories, name="directories"),
]
