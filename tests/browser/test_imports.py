"""A file goes from a phone without scripts to the figures, and looks right on the way."""

from __future__ import annotations

from tests.browser.conftest import Visit
from tests.browser.test_every_page import flaws

TABLE = "Measure;Site;Mai 2026;Juni 2026\nED patients seen in 4 hours;Calder General;1.284;x\n"


def test_a_file_is_imported_without_scripts_and_every_step_fits_the_screen(plain: Visit) -> None:
    page = plain.open("/s/calder-general/imports/")
    page.set_viewport_size({"width": 390, "height": 844})
    file = {"name": "spring.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Import spring.csv"
    assert page.get_by_text("Which mark stands before decimals").is_visible()
    page.get_by_label("Before decimals stands").select_option(",")
    page.get_by_role("button", name="Check every row").click()
    assert page.get_by_text("2 read").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_page_of_a_file_has_no_flaws(desk: Visit) -> None:
    page = desk.open("/s/calder-general/imports/")
    file = {"name": "spring.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("Before decimals stands").select_option(",")
    page.get_by_role("button", name="Check every row").click()
    assert not flaws(desk)
