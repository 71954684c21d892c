"""Addresses of the pages: one scorecard per unit, one page per KPI and objective; all other state is in the query."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

View = Callable[..., HttpResponseBase]


def _view(module: str, name: str | None = None) -> View:
    where = f"fourfold.web.pages.{module}"
    if find_spec(where) is None:
        return _not_there
    view: View = getattr(import_module(where), name or module)
    return view


def _not_there(request: HttpRequest, **_: Any) -> HttpResponseBase:
    raise Http404


urlpatterns = [
    path("", _view("overview", "home"), name="home"),
    path("s/<str:unit>/", _view("overview"), name="overview"),
    path("s/<str:unit>/scorecard/", _view("scorecard"), name="scorecard"),
    path("s/<str:unit>/map/", _view("strategy_map"), name="map"),
    path("s/<str:unit>/alignment/", _view("alignment"), name="alignment"),
    path("s/<str:unit>/initiatives/", _view("initiatives"), name="initiatives"),
    path("s/<str:unit>/menu/", _view("menu"), name="menu"),
    path("kpi/<int:pk>-<slug:name>/", _view("kpi"), name="kpi"),
    path("kpi/<int:pk>-<slug:name>/figures/", _view("figures"), name="figures"),
    path("objective/<int:pk>-<slug:name>/", _view("objective"), name="objective"),
    path("search/", _view("search"), name="search"),
    path("password/", _view("password"), name="password"),
    path("preferences/", _view("preferences"), name="preferences"),
]
