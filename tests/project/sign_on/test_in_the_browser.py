"""Signing in with a provider in Chromium, under our content policy: with and without scripts, at desk and on phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import AXE, RULES, chromium
from tests.project.sign_on.conftest import PASSWORD, Product, Provider
from tests.project.sign_on.test_oidc import both, product, provider

pytestmark = pytest.mark.browser
__all__ = ["both", "product", "provider"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


def through(page: Page, product: Product, provider: Provider, who: str) -> None:
    """From the sign-in page to the provider, in there, and back."""
    page.goto(product.url + "/accounts/login/?next=/s/bakery/scorecard/")
    page.get_by_role("button", name="Sign in with Bakery account").click()
    page.wait_for_url(lambda url: url.startswith(provider.url))
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url(lambda url: url.startswith(product.url))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_button_leads_there_and_back_to_the_page_that_was_asked_for(
    browser: Browser, product: Product, provider: Provider, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    through(page, product, provider, "dana")
    assert page.url == product.url + "/s/bakery/scorecard/"
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()


def test_a_refusal_is_a_page_of_ours_that_leads_back(browser: Browser, product: Product, provider: Provider) -> None:
    context = browser.new_context()
    page = context.new_page()
    through(page, product, provider, "olga")
    assert page.get_by_role("heading", level=1).inner_text() == "You are not signed in"
    assert "Ask Rita" in page.locator("main").inner_text()
    page.get_by_role("link", name="Back to sign in").click()
    assert page.url == product.url + "/accounts/login/"
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["login/", "oidc/open/login/"])
def test_the_pages_are_for_everybody_and_fit(
    browser: Browser, product: Product, provider: Provider, size: str, theme: str, path: str
) -> None:
    across, down = SIZES[size]
    context = browser.new_context(viewport={"width": across, "height": down}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{product.url}/accounts/{path}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))", RULES
    )
    assert found == []
    context.close()
