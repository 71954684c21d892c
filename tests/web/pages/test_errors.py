"""What people see when there is no page, and how the look of pages is chosen."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path

from fourfold.project import urls as product
from fourfold.web.pages import errors


def broken(request: object) -> None:
    raise RuntimeError("the secret of the oven")


urlpatterns = [path("broken/", broken), *product.urlpatterns]
handler500 = product.handler500
handler404 = product.handler404


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_where_to_go() -> None:
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "There is no such page" in page and 'href="/"' in page


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
def test_our_mistake_shows_no_detail() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Something went wrong on our side" in page
    assert "oven" not in page and "Traceback" not in page


@pytest.mark.parametrize(("view", "status"), [(errors.bad_request, 400), (errors.forbidden, 403)])
def test_a_refusal_says_what_to_do(view: object, status: int) -> None:
    response = view(RequestFactory().get("/"), exception=Exception())  # type: ignore[operator]
    assert response.status_code == status
    assert response.content.decode().count("<p>") >= 2


@pytest.mark.django_db
def test_theme_and_density_are_kept_and_unknown_ones_are_not() -> None:
    client = Client()
    response = client.post("/preferences/", {"theme": "dark", "next": "/accounts/login/?next=/s/north/"})
    assert response["Location"] == "/accounts/login/?next=/s/north/"
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.post("/preferences/", {"theme": '"><script>', "density": "compact"})
    page = client.get("/accounts/login/").content.decode()
    assert 'data-theme="dark" data-density="compact"' in page


@pytest.mark.django_db
def test_a_preference_leads_to_no_other_site_and_changes_by_post_alone() -> None:
    assert Client().post("/preferences/", {"theme": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert Client().get("/preferences/?theme=dark").status_code == 405
