"""Accounts as people use them: invited, signing in with a passkey, forgetting a password, ending a session."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from fourfold.testing.smtp import Mailbox, mailbox
from tests.browser.conftest import COMMAND, ROOT, WHO, Server, Visit, answer, fourfold, new_visit, size
from tests.browser.test_every_page import check, flaws

PASSWORD = "heather on the high moor"


@pytest.fixture(scope="module")
def post() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory, post: Mailbox) -> Iterator[Server]:
    """A server of its own: it sends mail, administrators need a second factor, and its people change."""
    data = tmp_path_factory.mktemp("mailing")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DATABASE_", "DJANGO_"))}
    env |= {"FOURFOLD_DATA": str(data), "FOURFOLD_URL": f"http://localhost:{port}"}
    env |= {"FOURFOLD_EMAIL_URL": post.url, "FOURFOLD_REQUIRE_MFA": "admins"}
    fourfold("demo", "--only-build", "--data", str(data), env=env)
    password = fourfold("password", WHO, env=env).strip().rsplit(" ", 1)[-1]
    log = data / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen([COMMAND, "serve", "--port", port], env=env, cwd=ROOT, stdout=out, stderr=out)
    try:
        answer(env["FOURFOLD_URL"] + "/accounts/login/", process, log)
        yield Server(env["FOURFOLD_URL"], password, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def sign_in(page: Page, who: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(who)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def give_authenticator(page: Page) -> None:
    """A phone that can keep passkeys and always says yes, as the developer tools of Chromium have it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def link_in(post: Mailbox, count: int, page: Page) -> str:
    """The link of the newest mail, once there are so many."""
    for _ in range(150):
        if len(post.messages) >= count:
            found = re.search(r"http://\S+", post.messages[-1].get_content())
            assert found
            return found[0]
        page.wait_for_timeout(200)
    raise AssertionError("no mail came")


@pytest.fixture(scope="module")
def administrator(browser: Browser, mailing: Server) -> Iterator[Visit]:
    """Ingrid, who is asked for a second factor and sets up a passkey."""
    visit = new_visit(browser, mailing, **size("desk"))
    page = visit.page
    give_authenticator(page)
    page.goto(mailing.url + "/accounts/login/?next=/s/group/scorecard/")
    sign_in(page, WHO, mailing.password)
    page.wait_for_url("**/account/factors/?required=yes")
    page.goto(mailing.url + "/people/")
    page.wait_for_url("**/account/factors/?required=yes")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(mailing.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/account/factors/codes/")
    assert len(page.locator(".codes li").all()) == 10
    assert flaws(visit) == []
    yield visit
    visit.page.context.close()


def test_a_passkey_signs_in_by_itself_and_leads_to_the_page_that_was_asked_for(administrator: Visit) -> None:
    page = administrator.page
    page.goto(administrator.base + "/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(administrator.base + "/accounts/login/?next=/s/group/scorecard/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(administrator.base + "/s/group/scorecard/")
    assert administrator.refused() == []


def test_with_a_passkey_a_password_alone_does_not_sign_in(administrator: Visit, mailing: Server) -> None:
    page = administrator.page
    page.goto(administrator.base + "/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    sign_in(page, WHO, mailing.password)
    page.wait_for_url("**/accounts/factor/")
    assert flaws(administrator) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/s/group/")


def test_somebody_is_invited_by_mail_and_lands_on_the_scorecard(
    administrator: Visit, browser: Browser, mailing: Server, post: Mailbox
) -> None:
    page = administrator.page
    before = len(post.messages)
    page.goto(mailing.url + "/people/")
    page.get_by_label("E-mail address").fill("dora@caldervale.example")
    page.get_by_label("Name").fill("Dora")
    page.get_by_label("For").select_option(label="Calder General and below")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("status").first).to_contain_text("An e-mail with a link is on its way.")
    dora = new_visit(browser, mailing, **size("phone"))
    dora.page.goto(link_in(post, before + 1, page))
    assert dora.page.url == mailing.url + "/invitation/", "the secret is out of the address"
    assert flaws(dora) == []
    dora.page.get_by_label("Name").fill("Dora Dean")
    field = dora.page.get_by_label("Password", exact=True)
    dora.page.get_by_role("button", name="Show the password").click()
    assert field.get_attribute("type") == "text"
    field.fill(PASSWORD)
    dora.page.get_by_role("button", name="Begin").click()
    dora.page.wait_for_url("**/s/calder-general/")
    dora.page.context.close()


def test_a_forgotten_password_is_set_anew_by_mail(
    administrator: Visit, browser: Browser, mailing: Server, post: Mailbox
) -> None:
    before = len(post.messages)
    fresh = new_visit(browser, mailing, **size("desk"))
    page = fresh.page
    page.goto(mailing.url + "/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    assert flaws(fresh) == []
    page.get_by_label("E-mail address").fill("dora@caldervale.example")
    page.get_by_role("button", name="Send a link").click()
    page.goto(link_in(post, before + 1, page))
    assert flaws(fresh) == []
    page.get_by_label("New password").fill("bracken beside the burn")
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url("**/accounts/login/")
    sign_in(page, "dora@caldervale.example", "bracken beside the burn")
    page.wait_for_url("**/s/calder-general/")
    page.context.close()


def test_pages_of_the_account_are_without_flaws(administrator: Visit) -> None:
    for address in ("/account/factors/", "/account/factors/passkeys/new/", "/account/factors/app/", "/people/"):
        administrator.open(address)
        assert flaws(administrator) == [], address
    administrator.page.get_by_role("link", name="Ben Yates").click()
    assert flaws(administrator) == []


def test_without_scripts_there_is_no_button_that_does_nothing(plain: Visit, server: Server) -> None:
    page = plain.page
    page.context.clear_cookies()
    page.goto(server.url + "/accounts/login/")
    assert page.get_by_role("button").all_inner_texts() == ["Sign in"]
    sign_in(page, WHO, server.password)
    page.wait_for_url("**/s/group/")


PAGES = ["/account/deputies/", "/account/", "/account/sessions/", "/account/factors/", "/people/", "/password/"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_without_flaws_at_both_widths_in_both_themes(windows: Any, address: str) -> None:
    check(windows, address)


def test_a_session_is_ended_from_another(browser: Browser, server: Server, desk: Visit) -> None:
    other = new_visit(browser, server, **size("phone"))
    other.page.goto(server.url + "/accounts/login/")
    sign_in(other.page, WHO, server.password)
    other.page.wait_for_url("**/s/group/")
    page = desk.open("/account/sessions/")
    mine = page.get_by_role("row").count()
    page.get_by_role("button", name=re.compile("^End the session")).first.click()
    expect(page.get_by_role("status").first).to_contain_text("1 session ended.")
    assert page.get_by_role("row").count() == mine - 1
    other.page.context.close()
