"""Addresses of the pages: one scorecard per unit, one page per KPI and objective; all other state is in the query."""

from __future__ import annotations

from django.urls import path

from fourfold.web.pages.account import account, sessions
from fourfold.web.pages.alignment import alignment
from fourfold.web.pages.amendment import amendment
from fourfold.web.pages.approvals import approvals
from fourfold.web.pages.attachments import attachment, attachments
from fourfold.web.pages.audit import audit, audit_export, audit_home, audit_verification
from fourfold.web.pages.benchmarks import benchmark_set, benchmarks
from fourfold.web.pages.build import build
from fourfold.web.pages.cascade import cascade
from fourfold.web.pages.changes import changes
from fourfold.web.pages.columns import columns
from fourfold.web.pages.custom_fields import custom_fields
from fourfold.web.pages.data_quality import data_quality
from fourfold.web.pages.deputies import deputies
from fourfold.web.pages.evidence import evidence
from fourfold.web.pages.feed import feed, feed_run, feed_runs
from fourfold.web.pages.figures import figures
from fourfold.web.pages.guest import guest, guest_link
from fourfold.web.pages.guest_links import guest_links
from fourfold.web.pages.history import history
from fourfold.web.pages.import_job import import_job
from fourfold.web.pages.imports import imports, rejects, upload
from fourfold.web.pages.initiatives import initiatives
from fourfold.web.pages.invitation import forgotten, invitation, reset
from fourfold.web.pages.kpi import kpi
from fourfold.web.pages.kpi_file import kpi_file
from fourfold.web.pages.library import library, library_kpi
from fourfold.web.pages.live import live
from fourfold.web.pages.map_editor import map_editor
from fourfold.web.pages.members import members, readers, rights
from fourfold.web.pages.menu import menu
from fourfold.web.pages.my_updates import my_updates
from fourfold.web.pages.objective import objective
from fourfold.web.pages.overview import home, overview
from fourfold.web.pages.password import password
from fourfold.web.pages.people import people, person
from fourfold.web.pages.periods import periods
from fourfold.web.pages.portfolio import portfolio
from fourfold.web.pages.preferences import preferences
from fourfold.web.pages.proposals import proposals
from fourfold.web.pages.quality import quality
from fourfold.web.pages.reminder import reminder, reminder_figures, reminders
from fourfold.web.pages.removal import removed
from fourfold.web.pages.restatements import restatements
from fourfold.web.pages.scenario import scenario
from fourfold.web.pages.scorecard import scorecard
from fourfold.web.pages.scorecard_file import scorecard_file
from fourfold.web.pages.search import search
from fourfold.web.pages.source_rows import source_rows
from fourfold.web.pages.sources import connection, sources
from fourfold.web.pages.spreadsheets import spreadsheet, spreadsheets
from fourfold.web.pages.start import start
from fourfold.web.pages.steps import steps
from fourfold.web.pages.strategy_map import map_file, strategy_map
from fourfold.web.pages.suggestions import suggestions
from fourfold.web.pages.system import system
from fourfold.web.pages.tokens import tokens
from fourfold.web.pages.units import units
from fourfold.web.pages.updates import update_checks, updates
from fourfold.web.pages.watching import watch, watching

urlpatterns = [
    path("", home, name="home"),
    path("s/<str:unit>/", overview, name="overview"),
    path("s/<str:unit>/scorecard/", scorecard, name="scorecard"),
    path("s/<str:unit>/scorecard/columns/", columns, name="columns"),
    path("s/<str:unit>/scorecard.xlsx", scorecard_file, name="scorecard_file"),
    path("s/<str:unit>/map/", strategy_map, name="map"),
    path("s/<str:unit>/map.svg", map_file, {"kind": "svg"}, name="map_svg"),
    path("s/<str:unit>/map.png", map_file, {"kind": "png"}, name="map_png"),
    path("s/<str:unit>/map.pdf", map_file, {"kind": "pdf"}, name="map_pdf"),
    path("s/<str:unit>/map/edit/", map_editor, name="map_editor"),
    path("s/<str:unit>/alignment/", alignment, name="alignment"),
    path("s/<str:unit>/initiatives/", initiatives, name="initiatives"),
    path("s/<str:unit>/evidence/", evidence, name="evidence"),
    path("s/<str:unit>/portfolio/", portfolio, name="portfolio"),
    path("s/<str:unit>/data/", data_quality, name="data_quality"),
    path("s/<str:unit>/scenario/", scenario, name="scenario"),
    path("s/<str:unit>/periods/", periods, name="periods"),
    path("s/<str:unit>/approvals/", approvals, name="approvals"),
    path("s/<str:unit>/library/", library, name="library"),
    path("s/<str:unit>/library/<str:code>/", library_kpi, name="library_kpi"),
    path("s/<str:unit>/updates/", updates, name="updates"),
    path("s/<str:unit>/imports/", imports, name="imports"),
    path("s/<str:unit>/imports/<int:number>/rejects.csv", rejects, name="rejects"),
    path("s/<str:unit>/imports/<uuid:upload>/", upload, name="upload"),
    path("s/<str:unit>/imports/jobs/<uuid:job>/", import_job, name="import_job"),
    path("s/<str:unit>/updates/checks/", update_checks, name="update_checks"),
    path("s/<str:unit>/members/", members, name="members"),
    path("s/<str:unit>/guests/", guest_links, name="guest_links"),
    path("s/<str:unit>/menu/", menu, name="menu"),
    path("s/<str:unit>/start/", start, name="start"),
    path("s/<str:unit>/start/spreadsheet/", spreadsheets, name="spreadsheets"),
    path("s/<str:unit>/start/spreadsheet/<uuid:upload>/", spreadsheet, name="spreadsheet"),
    path("s/<str:unit>/history/<slug:noun>/<str:key>/", history, name="history"),
    path("s/<str:unit>/build/", build, name="build"),
    path("s/<str:unit>/build/units/", units, name="units"),
    path("s/<str:unit>/build/fields/", custom_fields, name="custom_fields"),
    path("s/<str:unit>/build/benchmarks/", benchmarks, name="benchmarks"),
    path("s/<str:unit>/build/benchmarks/<uuid:upload>/", benchmark_set, name="benchmark_set"),
    path("s/<str:unit>/build/cascade/", cascade, name="cascade"),
    path("s/<str:unit>/build/changes/", changes, name="changes"),
    path("s/<str:unit>/build/<slug:noun>/", amendment, name="new_thing"),
    path("s/<str:unit>/build/<slug:noun>/<str:key>/", amendment, name="amendment"),
    path("s/<str:unit>/build/<slug:noun>/<str:key>/removal/", removed, name="removal"),
    path("kpi/<int:pk>-<slug:name>/", kpi, name="kpi"),
    path("kpi/<int:pk>-<slug:name>/figures.csv", kpi_file, name="kpi_file"),
    path("kpi/<int:pk>-<slug:name>/figures/", figures, name="figures"),
    path("kpi/<int:pk>-<slug:name>/quality/", quality, name="quality"),
    path("kpi/<int:pk>-<slug:name>/proposals/", proposals, name="proposals"),
    path("kpi/<int:pk>-<slug:name>/steps/", steps, name="steps"),
    path("kpi/<int:pk>-<slug:name>/restatements/", restatements, name="restatements"),
    path("kpi/<int:pk>-<slug:name>/attachments/", attachments, name="attachments"),
    path("kpi/<int:pk>-<slug:name>/attachments/<uuid:attachment>/", attachment, name="attachment"),
    path("kpi/<int:pk>-<slug:name>/readers/", readers, name="readers"),
    path("kpi/<int:pk>-<slug:name>/watch/", watch, name="watch"),
    path("objective/<int:pk>-<slug:name>/", objective, name="objective"),
    path("objective/<int:pk>-<slug:name>/suggestions/", suggestions, name="suggestions"),
    path("updates/", my_updates, name="my_updates"),
    path("updates/reminder/", reminder, name="reminder"),
    path("updates/reminder/<int:number>/", reminder_figures, name="reminder_figures"),
    path("watching/", watching, name="watching"),
    path("tokens/", tokens, name="tokens"),
    path("live/<str:organisation>/", live, name="live"),
    path("audit/", audit_home, name="audit_home"),
    path("audit/<str:organisation>/", audit, name="audit"),
    path("audit/<str:organisation>/export/", audit_export, name="audit_export"),
    path("audit/<str:organisation>/verification/", audit_verification, name="audit_verification"),
    path("sources/<str:organisation>/", sources, name="sources"),
    path("sources/<str:organisation>/connections/<str:key>/", connection, name="connection"),
    path("sources/<str:organisation>/feeds/<str:key>/", feed, name="feed"),
    path("sources/<str:organisation>/feeds/<str:key>/runs/", feed_runs, name="feed_runs"),
    path("sources/<str:organisation>/runs/<int:run>/", feed_run, name="feed_run"),
    path("sources/<str:organisation>/figures/<int:figure>/", source_rows, name="source_rows"),
    path("people/<int:pk>/rights/", rights, name="rights"),
    path("search/", search, name="search"),
    path("account/", account, name="account"),
    path("account/sessions/", sessions, name="sessions"),
    path("account/deputies/", deputies, name="deputies"),
    path("account/reminders/", reminders, name="reminders"),
    path("people/", people, name="people"),
    path("people/<int:pk>/", person, name="person"),
    path("invitation/", invitation, name="invitation"),
    path("guest/", guest_link, name="guest_link"),
    path("guest/<slug:prefix>/", guest, name="guest"),
    path("password/", password, name="password"),
    path("password/forgotten/", forgotten, name="forgotten"),
    path("password/new/", reset, name="reset"),
    path("preferences/", preferences, name="preferences"),
    path("system/", system, name="system"),
]
