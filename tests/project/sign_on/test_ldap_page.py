"""The page of an LDAP directory, on the running product: one signs in there; the local way does not depend on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.project.sign_on import slapd
from tests.project.sign_on.conftest import Product, Start, press
from tests.project.sign_on.slapd import BASE, Slapd
from tests.project.sign_on.test_ldap import LDIF, PASSWORD, READER


@dataclass
class Both:
    product: Product
    server: Slapd


@pytest.fixture(scope="module")
def both(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    slapd.find("slapd")
    server = slapd.start(tmp_path_factory.mktemp("slapd"), LDIF)
    server.add(
        f"cn=bakers,ou=groups,{BASE}",
        {"objectClass": "groupOfNames", "cn": "bakers", "member": f"cn=Dana Doe,ou=people,{BASE}"},
    )
    password = tmp_path_factory.mktemp("secret") / "reader"
    password.write_text(READER)
    product = start(
        f'[ldap.office]\nname = "Office account"\norganisation = "bakery"\nserver = "ldaps://localhost:{server.secure}"\n'
        f'ca_file = "{server.authority}"\nbind_dn = "cn=reader,{BASE}"\nbind_password_file = "{password}"\n'
        f'base = "ou=people,{BASE}"\ngroups_base = "ou=groups,{BASE}"\ncreate = true\ntrust_email = true\n'
        'contact = "Rita"\ngroups = [{ group = "bakers", role = "contributor", unit = "north" }]\n'
        '[ldap.away]\nname = "Away"\norganisation = "bakery"\nserver = "ldaps://localhost:9"\nbase = "dc=away"\n'
    )
    yield Both(product, server)
    server.stop()


def sign_in(
    product: Product, login: str, password: str, to: str = "office"
) -> tuple[requests.Session, requests.Response]:
    browser = requests.Session()
    page = browser.get(f"{product.url}/accounts/ldap/{to}/?next=/s/north/")
    return browser, press(browser, page, login=login, password=password, next="/s/north/")


def test_dana_signs_in_with_the_password_of_the_directory(both: Both) -> None:
    assert "Sign in with Office account" in requests.get(both.product.url + "/accounts/login/").text
    _, page = sign_in(both.product, "dana", PASSWORD)
    assert page.url == both.product.url + "/s/north/" and page.status_code == 200
    assert both.product.grants("dana@bakery.example") == {("contributor", "north", "directory:office")}


def test_a_wrong_password_is_said_and_the_name_kept(both: Both) -> None:
    _, page = sign_in(both.product, "dana", "guess")
    assert page.status_code == 422 and "do not belong together" in page.text
    assert 'value="dana"' in page.text and "guess" not in page.text


def test_who_is_in_no_group_with_a_role_is_told_whom_to_ask(both: Both) -> None:
    _, page = sign_in(both.product, "odd@bakery.example", PASSWORD)
    assert page.status_code == 403 and "None of your groups" in page.text and "Ask Rita" in page.text


def test_no_password_is_in_the_log_or_the_database(both: Both) -> None:
    sign_in(both.product, "dana", PASSWORD)
    sign_in(both.product, "dana", "an odd guess")
    held = (both.product.data / "fourfold.sqlite3").read_bytes() + both.product.log().encode()
    for secret in (PASSWORD, READER, "an odd guess"):
        assert secret.encode() not in held


def test_a_server_that_is_down_is_said_and_local_accounts_still_work(both: Both) -> None:
    password = both.product.command("password", "alice@bakery.example").strip().rsplit(" ", 1)[-1]
    _, page = sign_in(both.product, "dana", PASSWORD, to="away")
    assert page.status_code == 503 and "The directory does not answer" in page.text
    browser = requests.Session()
    local = press(
        browser, browser.get(both.product.url + "/accounts/login/"), login="alice@bakery.example", password=password
    )
    assert local.status_code == 200 and "/accounts/login/" not in local.url


def test_guessing_is_slowed_down(both: Both) -> None:
    said = [sign_in(both.product, "alice", f"guess {i}")[1] for i in range(7)]
    assert said[-1].status_code == 429 and "Too many attempts" in said[-1].text
