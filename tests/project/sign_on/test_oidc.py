"""OpenID Connect from the button to the page, against a real provider; and everything it could lie about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.project.sign_on.conftest import PASSWORD, Product, Provider, Start, form_token, free_port, press

PEOPLE = {
    "alice": {"email": "alice@bakery.example", "verified": True, "groups": []},
    "bob": {"email": "bob@bakery.example", "verified": True, "groups": ["bakers", "office"]},
    "dana": {"email": "dana@bakery.example", "verified": True, "groups": ["Bakers", "office"]},
    "erin": {"email": "erin@bakery.example", "verified": False, "groups": ["office"]},
    "fred": {"email": "fred@bakery.example", "verified": True, "groups": ["office"]},
    "olga": {"email": "olga@bakery.example", "verified": True, "groups": ["others"]},
    "mallory": {"email": "alice@bakery.example", "verified": False, "groups": ["office"]},
}
SECRET = "a secret between the two of them"
GROUPS = """groups = [
  { group = "bakers", role = "contributor", unit = "north" },
  { group = "office", role = "viewer" },
]"""


@pytest.fixture(scope="module")
def both(
    start: Start, serve_provider: Callable[..., Provider], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Product, Provider]:
    """The product with two directories at one provider: `open` makes and takes over accounts, `strict` does neither."""
    port = free_port()
    here = f"http://localhost:{port}/accounts/oidc"
    people = {name: {**person, "password": PASSWORD} for name, person in PEOPLE.items()}
    provider = serve_provider(people, [f"{here}/open/login/callback/", f"{here}/strict/login/callback/"], SECRET)
    secret = tmp_path_factory.mktemp("secret") / "client"
    secret.write_text(SECRET + "\n")
    directories = "".join(
        f'[oidc.{code}]\nname = "{name}"\norganisation = "bakery"\nissuer = "{provider.url}"\ncontact = "Rita"\n'
        f'client_id = "fourfold"\nclient_secret_file = "{secret}"\n{GROUPS}\n{more}\n'
        for code, name, more in (
            ("open", "Bakery account", "create = true\nlink_by_email = true"),
            ("strict", "Strict account", ""),
        )
    )
    return start(directories, port=port), provider


@pytest.fixture
def product(both: tuple[Product, Provider]) -> Product:
    return both[0]


@pytest.fixture
def provider(both: tuple[Product, Provider]) -> Iterator[Provider]:
    both[1].twist()
    yield both[1]
    both[1].twist()


def leave(product: Product, browser: requests.Session, *, to: str = "open", after: str = "") -> str:
    """Press the button on the sign-in page; the address of the provider that one is led to."""
    page = browser.get(product.url + "/accounts/login/")
    fields = {"csrfmiddlewaretoken": form_token(page.text)} | ({"next": after} if after else {})
    left = browser.post(f"{product.url}/accounts/oidc/{to}/login/", data=fields, headers={"Referer": page.url})
    assert left.status_code == 200, left.text
    return left.headers["Refresh"].removeprefix("0; url=")


def sign_in(
    product: Product, who: str, *, to: str = "open", after: str = ""
) -> tuple[requests.Session, requests.Response]:
    """Sign in at the provider and come back; the browser, and the page it is on then."""
    browser = requests.Session()
    there = browser.get(leave(product, browser, to=to, after=after))
    return browser, press(browser, there, login=who, password=PASSWORD)


def is_in(product: Product, browser: requests.Session) -> bool:
    return browser.get(product.url + "/password/", allow_redirects=False).status_code == 200


def test_the_sign_in_page_has_a_button_for_each_directory(product: Product, provider: Provider) -> None:
    page = requests.get(product.url + "/accounts/login/").text
    assert "Sign in with Bakery account" in page and "Sign in with Strict account" in page
    assert "E-mail address" in page, "and the local way"


def test_the_request_has_state_nonce_and_a_challenge(product: Product, provider: Provider) -> None:
    browser = requests.Session()
    asked = [parse_qs(urlsplit(leave(product, browser)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({each[name][0] for each in asked}) == 2, f"{name} is new each time"
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["response_type"] == ["code"]
    assert set(asked[0]["scope"][0].split()) == {"openid", "profile", "email"}


def test_a_new_person_gets_an_account_with_the_roles_of_their_groups(product: Product, provider: Provider) -> None:
    browser, page = sign_in(product, "dana", after="/s/bakery/scorecard/")
    assert page.status_code == 200 and page.url == product.url + "/s/bakery/scorecard/"
    assert is_in(product, browser)
    assert product.grants("dana@bakery.example") == {
        ("contributor", "north", "directory:open"), ("viewer", None, "directory:open"),
    }  # fmt: skip
    ((issuer, subject),) = product.ask(
        "SELECT issuer, subject FROM records_identity WHERE subject = 'subject-of-dana'"
    )  # fmt: skip
    assert (issuer, subject) == (provider.url, "subject-of-dana")


def test_the_second_time_it_is_the_same_account_and_roles_follow_the_groups(
    product: Product, provider: Provider
) -> None:
    sign_in(product, "dana")
    people = product.ask("SELECT count(*) FROM records_person")
    provider.move("dana", ["bakers"])
    sign_in(product, "dana")
    assert product.grants("dana@bakery.example") == {("contributor", "north", "directory:open")}
    provider.move("dana", ["office"])
    sign_in(product, "dana")
    assert product.grants("dana@bakery.example") == {("viewer", None, "directory:open")}
    assert product.ask("SELECT count(*) FROM records_person") == people


def test_a_verified_address_takes_over_an_account_and_hand_made_roles_stay(
    product: Product, provider: Provider
) -> None:
    product.command("password", "bob@bakery.example")
    before = product.grants("bob@bakery.example")
    _, page = sign_in(product, "bob")
    assert page.status_code == 200
    assert product.grants("bob@bakery.example") == before | {("viewer", None, "directory:open")}
    assert before == {("contributor", "north", "folder")}, "so that what the group bakers gives is theirs already"
    provider.move("bob", [])
    sign_in(product, "bob")
    assert product.grants("bob@bakery.example") == before
    assert product.ask("SELECT count(*) FROM records_person WHERE email = 'bob@bakery.example'") == [(1,)]


def test_a_person_of_the_directory_has_no_way_in_by_password(product: Product, provider: Provider) -> None:
    sign_in(product, "dana")
    with_one = product.data / "set.py"
    with_one.write_text(
        "import django; django.setup()\nfrom fourfold.records.models import Person\n"
        f"p = Person.objects.get(email='dana@bakery.example'); p.set_password('{PASSWORD}'); p.save()\n"
    )
    product.run(with_one)
    browser = requests.Session()
    page = browser.get(product.url + "/accounts/login/")
    answer = press(browser, page, login="dana@bakery.example", password=PASSWORD)
    assert "do not belong together" in answer.text
    assert not is_in(product, browser)


def test_an_address_that_is_not_verified_takes_over_nothing(product: Product, provider: Provider) -> None:
    sign_in(product, "mallory")
    assert product.ask(
        "SELECT count(*) FROM records_identity i JOIN records_person p ON p.id = i.person_id"
        " WHERE p.email = 'alice@bakery.example'"
    ) == [(0,)]
    assert product.ask("SELECT email FROM records_person WHERE name = 'Mallory Doe'") == [(None,)]


def test_an_address_that_somebody_else_had_in_the_directory_takes_over_nothing(
    product: Product, provider: Provider
) -> None:
    sign_in(product, "dana")
    provider.twist(
        id_token={"sub": "subject-of-newcomer", "email": "dana@bakery.example", "email_verified": True},
        userinfo={"sub": "subject-of-newcomer", "email": "dana@bakery.example", "email_verified": True},
    )
    browser, page = sign_in(product, "fred")
    assert page.status_code == 403 and "There is an account with the address" in page.text
    assert "Ask Rita to" in page.text
    assert not is_in(product, browser)


def test_who_is_in_no_group_with_a_role_gets_no_account(product: Product, provider: Provider) -> None:
    browser, page = sign_in(product, "olga")
    assert page.status_code == 403 and "None of your groups" in page.text and "Ask Rita" in page.text
    assert not is_in(product, browser)
    assert product.ask("SELECT count(*) FROM records_person WHERE email = 'olga@bakery.example'") == [(0,)]


@pytest.mark.parametrize("who", ["fred", "alice"])
def test_a_strict_directory_neither_makes_nor_takes_over(product: Product, provider: Provider, who: str) -> None:
    people = product.ask("SELECT count(*) FROM records_person")
    browser, page = sign_in(product, who, to="strict")
    assert page.status_code == 403 and "You are not signed in" in page.text and "Rita" in page.text
    assert not is_in(product, browser)
    assert product.ask("SELECT count(*) FROM records_person") == people


def test_an_account_that_was_switched_off_is_refused(product: Product, provider: Provider) -> None:
    sign_in(product, "erin")
    with_it = product.data / "off.py"
    with_it.write_text(
        "import django; django.setup()\nfrom fourfold.records.models import Person\n"
        "Person.objects.filter(name='Erin Doe').update(is_active=False)\n"
    )
    product.run(with_it)
    browser, page = sign_in(product, "erin")
    assert page.status_code == 403 and "switched off" in page.text
    assert not is_in(product, browser)


LIES = {
    "another nonce": {"id_token": {"nonce": "n"}},
    "no nonce": {"id_token": {"nonce": None}},
    "another issuer": {"id_token": {"iss": "https://elsewhere.example"}},
    "another audience": {"id_token": {"aud": "somebody-else"}},
    "two audiences, made for the other": {"id_token": {"aud": ["fourfold", "other"], "azp": "other"}},
    "expired": {"id_token": {"exp": int(time.time()) - 3600}},
    "no expiry": {"id_token": {"exp": None}},
    "unsigned": {"unsigned": True},
    "signed by a stranger": {"stranger": True},
    "profile of somebody else": {"userinfo": {"sub": "subject-of-alice"}},
    "discovery of another issuer": {"discovery": {"issuer": "https://elsewhere.example"}},
    "an endpoint in the clear": {"discovery": {"token_endpoint": "http://elsewhere.example/token"}},
    "keys that are not there": {"discovery": {"jwks_uri": "http://localhost:9/none"}},
    "a token endpoint that is not there": {"discovery": {"token_endpoint": "http://localhost:9/none"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_does_not_hold_signs_nobody_in(product: Product, provider: Provider, lie: str) -> None:
    browser = requests.Session()
    there = browser.get(leave(product, browser))
    provider.twist(**LIES[lie])
    page = press(browser, there, login="fred", password=PASSWORD)
    assert page.status_code == (503 if "not there" in lie else 403) and "You are not signed in" in page.text, page.text
    assert page.url.startswith(product.url) and "Traceback" not in page.text
    assert not is_in(product, browser)
    assert product.ask("SELECT count(*) FROM records_person WHERE email = 'fred@bakery.example'") == [(0,)]


def test_clocks_may_differ_by_a_minute(product: Product, provider: Provider) -> None:
    provider.twist(id_token={"iat": int(time.time()) + 30, "exp": int(time.time()) + 300})
    browser, _ = sign_in(product, "dana")
    assert is_in(product, browser)


def test_too_many_groups_to_send_are_said_and_not_taken_for_none(product: Product, provider: Provider) -> None:
    provider.twist(id_token={"_claim_names": {"groups": "src1"}}, userinfo={"groups": None})
    _, page = sign_in(product, "fred")
    assert page.status_code == 403 and "too many" in page.text


def test_an_answer_works_once_and_only_in_the_browser_that_asked(product: Product, provider: Provider) -> None:
    browser = requests.Session()
    there = browser.get(leave(product, browser))
    back = browser.post(
        there.url, allow_redirects=False, headers={"Referer": there.url},
        data={"csrfmiddlewaretoken": form_token(there.text), "login": "dana", "password": PASSWORD},
    )  # fmt: skip
    answer = browser.get(there.url.split("/accounts/")[0] + back.headers["Location"], allow_redirects=False)
    callback = answer.headers["Location"]
    stranger = requests.Session()
    assert stranger.get(callback).status_code == 403
    assert not is_in(product, stranger)
    assert browser.get(callback).status_code == 200
    again = browser.get(callback)
    assert again.status_code == 403 and "begun in another window" in again.text


def test_breaking_off_at_the_provider_is_said_plainly(product: Product, provider: Provider) -> None:
    browser = requests.Session()
    state = parse_qs(urlsplit(leave(product, browser)).query)["state"][0]
    page = browser.get(f"{product.url}/accounts/oidc/open/login/callback/?error=access_denied&state={state}")
    assert page.status_code == 403 and "You broke off the sign-in" in page.text


def test_no_other_site_can_begin_a_sign_in(product: Product, provider: Provider) -> None:
    assert requests.post(product.url + "/accounts/oidc/open/login/", data={}).status_code == 403
    page = requests.get(product.url + "/accounts/oidc/open/login/?process=connect")
    assert page.status_code == 200 and "Refresh" not in page.headers and "Go to Bakery account" in page.text


@pytest.mark.parametrize("after", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(product: Product, provider: Provider, after: str) -> None:
    _, page = sign_in(product, "dana", after=after)
    assert page.url.startswith(product.url + "/") and page.status_code == 200


def test_a_directory_that_is_not_there_has_no_page(product: Product, provider: Provider) -> None:
    for path in ("oidc/none/login/", "oidc/none/login/callback/", "social/signup/", "3rdparty/"):
        assert requests.get(f"{product.url}/accounts/{path}").status_code == 404, path


def test_the_log_has_the_reason_and_no_secret(product: Product, provider: Provider) -> None:
    browser = requests.Session()
    there = browser.get(leave(product, browser))
    provider.twist(unsigned=True)
    press(browser, there, login="fred", password=PASSWORD)
    assert "Sign-in with open failed" in product.log() and "the ID token is signed with none" in product.log()
    assert SECRET not in product.log() and "Traceback" not in product.log()


def test_coming_in_and_not_coming_in_are_events(product: Product, provider: Provider) -> None:
    counted = "SELECT count(*) FROM records_event WHERE action = ? AND object LIKE ?"
    before = product.ask(counted, "session.sign_in", "person %")
    sign_in(product, "dana")
    assert product.ask(counted, "session.sign_in", "person %") == [(before[0][0] + 1,)]
    sign_in(product, "olga")
    assert product.ask("SELECT count(*) > 0 FROM records_event WHERE action LIKE 'session.fail%'") == [(1,)]


def test_the_tables_of_the_library_stay_empty(product: Product, provider: Provider) -> None:
    sign_in(product, "dana")
    for table in ("socialaccount_socialaccount", "socialaccount_socialtoken", "socialaccount_socialapp"):
        assert product.ask(f"SELECT count(*) FROM {table}") == [(0,)]
