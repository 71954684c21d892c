"""SAML 2.0 from the button to the page, answered by pysaml2's identity provider; and everything that is no answer."""

from __future__ import annotations

import base64
import datetime
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

pytest.importorskip("onelogin")
pytest.importorskip("saml2")

from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from saml2 import BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_TRANSIENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA1, DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

from tests.project.sign_on.conftest import Product, Start, form_token, free_port

ENTITY, SIGN_IN = "https://idp.bakery.example/metadata", "https://idp.bakery.example/sign-in"
PASSWORD_CLASS = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


@dataclass
class Provider:
    """An identity provider that knows the product by its metadata."""

    product: Product
    folder: Path
    other: bool = False

    @property
    def acs(self) -> str:
        return f"{self.product.url}/accounts/saml/corp/acs/"

    @property
    def audience(self) -> str:
        return f"{self.product.url}/accounts/saml/corp/metadata/"

    def server(self, lifetime: int = 15) -> Server:
        name = "stranger" if self.other else "idp"
        config = {
            "entityid": ENTITY,
            "xmlsec_binary": shutil.which("xmlsec1"),
            "key_file": str(self.folder / f"{name}.key"),
            "cert_file": str(self.folder / f"{name}.pem"),
            "metadata": {"inline": [requests.get(self.audience).text]},
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(SIGN_IN, BINDING_HTTP_REDIRECT)]},
                    "policy": {"default": {"lifetime": {"minutes": lifetime}, "attribute_restrictions": None}},
                }
            },
        }
        return Server(config=IdPConfig().load(config))

    def answer(self, request: str, who: str = "dana", groups: tuple[str, ...] = ("bakers",), **more: Any) -> str:
        """A signed answer to the request with this id, as XML."""
        lifetime = more.pop("lifetime", 15)
        given = {
            "identity": {"mail": [f"{who}@bakery.example"], "cn": [who.title()], "eduPersonEntitlement": [*groups]},
            "in_response_to": request,
            "destination": self.acs,
            "sp_entity_id": self.audience,
            "name_id": NameID(format=NAMEID_FORMAT_PERSISTENT, text=f"id-of-{who}"),
            "authn": {"class_ref": PASSWORD_CLASS, "authn_auth": ENTITY},
            "sign_assertion": True,
            "sign_response": False,
            "sign_alg": SIG_RSA_SHA256,
            "digest_alg": DIGEST_SHA256,
        }
        return str(self.server(lifetime).create_authn_response(**(given | more)))


def make_keys(folder: Path, name: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / f"{name}.key").write_bytes(pem)


@pytest.fixture(scope="module")
def provider(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    if not shutil.which("xmlsec1"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("xmlsec1 is not installed: apt install xmlsec1")
    folder = tmp_path_factory.mktemp("keys")
    for name in ("idp", "stranger"):
        make_keys(folder, name)
    product = start(
        f'[saml.corp]\nname = "Corporate account"\norganisation = "bakery"\nentity_id = "{ENTITY}"\ncontact = "Rita"\n'
        f'sign_in_url = "{SIGN_IN}"\ncertificate_file = "{folder / "idp.pem"}"\ncreate = true\ntrust_email = true\n'
        'email_attribute = "mail"\nname_attribute = "cn"\ngroups_attribute = "eduPersonEntitlement"\n'
        'groups = [{ group = "bakers", role = "contributor", unit = "north" },'
        ' { group = "office", role = "viewer" }]\n',
        port=free_port(),
    )
    yield Provider(product, folder)


def begin(product: Product, after: str = "") -> tuple[requests.Session, str]:
    """Press the button; the browser, and the id of the request that it takes to the provider."""
    browser = requests.Session()
    page = browser.get(product.url + "/accounts/login/")
    assert "Sign in with Corporate account" in page.text
    left = browser.post(
        f"{product.url}/accounts/saml/corp/login/", headers={"Referer": page.url},
        data={"csrfmiddlewaretoken": form_token(page.text), **({"next": after} if after else {})},
    )  # fmt: skip
    way = left.headers["Refresh"].removeprefix("0; url=")
    assert way.startswith(SIGN_IN)
    asked = zlib.decompress(base64.b64decode(parse_qs(urlsplit(way).query)["SAMLRequest"][0]), -15).decode()
    found = re.search(r'\bID="([^"]+)"', asked)
    assert found
    return browser, found[1]


def deliver(product: Product, browser: requests.Session, answer: str) -> requests.Response:
    """As a browser does it: the form comes from another site and so without our cookies, what follows has them."""
    form = {"SAMLResponse": base64.b64encode(answer.encode()).decode()}
    kept = requests.post(f"{product.url}/accounts/saml/corp/acs/", data=form, allow_redirects=False)
    if kept.status_code != 302:
        return kept
    browser.cookies.update(kept.cookies)
    return browser.get(product.url + kept.headers["Location"])


def is_in(product: Product, browser: requests.Session) -> bool:
    return browser.get(product.url + "/password/", allow_redirects=False).status_code == 200


def test_a_signed_answer_signs_in_with_the_roles_of_the_groups(provider: Provider) -> None:
    browser, request = begin(provider.product, after="/s/north/")
    page = deliver(provider.product, browser, provider.answer(request))
    assert page.status_code == 200 and page.url == provider.product.url + "/s/north/"
    assert provider.product.grants("dana@bakery.example") == {("contributor", "north", "directory:corp")}
    assert provider.product.ask("SELECT issuer, subject FROM records_identity") == [(ENTITY, "id-of-dana")]
    browser, request = begin(provider.product)
    deliver(provider.product, browser, provider.answer(request, groups=("office",)))
    assert provider.product.grants("dana@bakery.example") == {("viewer", None, "directory:corp")}


def test_the_metadata_says_where_to_answer_and_no_more(provider: Provider) -> None:
    told = requests.get(provider.audience).text
    assert f'Location="{provider.acs}"' in told and 'WantAssertionsSigned="true"' in told
    assert "SingleLogoutService" not in told
    assert requests.get(f"{provider.product.url}/accounts/saml/corp/sls/").status_code == 404
    assert requests.get(provider.acs).status_code == 405


def unsigned(provider: Provider, request: str) -> str:
    return provider.answer(request, sign_assertion=False)


def only_the_envelope_signed(provider: Provider, request: str) -> str:
    return provider.answer(request, sign_assertion=False, sign_response=True)


def signature_removed(provider: Provider, request: str) -> str:
    return re.sub(r"<(\w+:)Signature.*?</\1Signature>", "", provider.answer(request), flags=re.DOTALL)


def changed_after_signing(provider: Provider, request: str) -> str:
    return provider.answer(request).replace("id-of-dana", "id-of-alice")


def changed_around_a_comment(provider: Provider, request: str) -> str:
    return provider.answer(request, who="alice.evil").replace("id-of-alice.evil", "id-of-alice<!-- -->.evil")


def another_audience(provider: Provider, request: str) -> str:
    return provider.answer(request, sp_entity_id=provider.audience + "x/")


def another_destination(provider: Provider, request: str) -> str:
    return provider.answer(request, destination="https://elsewhere.example/acs")


def expired(provider: Provider, request: str) -> str:
    return provider.answer(request, lifetime=-10)


def another_request(provider: Provider, request: str) -> str:
    return provider.answer("ONELOGIN_0000000000000000000000000000000000000000")


def no_request(provider: Provider, request: str) -> str:
    return provider.answer("")


def signed_by_a_stranger(provider: Provider, request: str) -> str:
    return Provider(provider.product, provider.folder, other=True).answer(request)


def an_old_signature(provider: Provider, request: str) -> str:
    return provider.answer(request, sign_alg=SIG_RSA_SHA1, digest_alg=DIGEST_SHA1)


def a_name_that_changes(provider: Provider, request: str) -> str:
    return provider.answer(request, name_id=NameID(format=NAMEID_FORMAT_TRANSIENT, text="passing"))


def parts(provider: Provider, request: str) -> tuple[str, str]:
    """A good answer, and a forged copy of its assertion without the signature, for somebody else."""
    good = provider.answer(request)
    assertion = re.search(r"<(\w+:)Assertion .*</\1Assertion>", good, re.DOTALL)
    assert assertion
    forged = re.sub(r"<(\w+:)Signature.*?</\1Signature>", "", assertion[0], flags=re.DOTALL)
    forged = forged.replace("id-of-dana", "id-of-alice").replace("dana@", "alice@")
    return good, re.sub(r'(<\w+:Assertion [^>]*\bID=")[^"]+', r"\1forged", forged)


def wrapped_before(provider: Provider, request: str) -> str:
    good, forged = parts(provider, request)
    return re.sub(r"(<\w+:Assertion )", lambda m: forged + m[1], good, count=1)


def wrapped_after(provider: Provider, request: str) -> str:
    good, forged = parts(provider, request)
    return re.sub(r"(</\w+:Assertion>)", lambda m: m[1] + forged, good, count=1)


def wrapped_around(provider: Provider, request: str) -> str:
    """The forged assertion holds the signed one, where nobody looks."""
    good, forged = parts(provider, request)
    signed = re.search(r"<(\w+:)Assertion .*</\1Assertion>", good, re.DOTALL)
    assert signed
    inside = re.sub(r"(<\w+:Subject>)", lambda m: f"{signed[0]}{m[1]}", forged, count=1)
    return good.replace(signed[0], inside)


def wrapped_in_the_signature(provider: Provider, request: str) -> str:
    """The signature moves to the forged assertion and keeps the signed one in an Object of its own."""
    good, forged = parts(provider, request)
    signed = re.search(r"<(\w+:)Assertion .*</\1Assertion>", good, re.DOTALL)
    signature = re.search(r"<(\w+:)Signature.*?</\1Signature>", good, re.DOTALL)
    assert signed and signature
    bare = signed[0].replace(signature[0], "")
    prefix = re.match(r"<(\w+:)", signature[0])
    assert prefix
    held = signature[0].replace(
        f"</{prefix[1]}Signature>", f"<{prefix[1]}Object>{bare}</{prefix[1]}Object></{prefix[1]}Signature>"
    )
    return good.replace(signed[0], re.sub(r"(</\w+:Issuer>)", lambda m: m[1] + held, forged, count=1))


def signed_anew(provider: Provider, answer: str, change: Callable[[Any], None]) -> str:
    """An answer whose assertion is changed by somebody who holds the provider's key: by the provider, then."""
    root = etree.fromstring(answer.encode())
    (old,) = root.findall("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    change(old)
    key, cert = ((provider.folder / f"idp.{suffix}").read_text() for suffix in ("key", "pem"))
    signed = OneLogin_Saml2_Utils.add_sign(etree.tostring(old).decode(), key, cert)
    root.replace(old, etree.fromstring(signed))
    return etree.tostring(root).decode()


def removed(path: str, attribute: str = "") -> Callable[[Any], None]:
    def change(assertion: Any) -> None:
        for found in assertion.findall(path, {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}):
            if attribute:
                del found.attrib[attribute]
            else:
                found.getparent().remove(found)

    return change


def no_audience(provider: Provider, request: str) -> str:
    return signed_anew(provider, unsigned(provider, request), removed("saml:Conditions/saml:AudienceRestriction"))


def no_request_in_the_assertion(provider: Provider, request: str) -> str:
    path = "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
    return signed_anew(provider, unsigned(provider, request), removed(path, "InResponseTo"))


def an_entity(provider: Provider, request: str) -> str:
    good = provider.answer(request)
    return '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + re.sub(r"^<\?xml.*?\?>", "", good)


def nonsense(provider: Provider, request: str) -> str:
    return "<samlp:Response"


FORGERIES: list[Callable[[Provider, str], str]] = [
    unsigned, only_the_envelope_signed, signature_removed, changed_after_signing, another_audience,
    another_destination, expired, another_request, no_request, signed_by_a_stranger, an_old_signature,
    a_name_that_changes, wrapped_before, wrapped_after, wrapped_around, wrapped_in_the_signature, no_audience,
    no_request_in_the_assertion, an_entity, nonsense,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_what_is_no_answer_signs_nobody_in(provider: Provider, forge: Callable[[Provider, str], str]) -> None:
    people = provider.product.ask("SELECT count(*) FROM records_person")
    browser, request = begin(provider.product)
    page = deliver(provider.product, browser, forge(provider, request))
    assert page.status_code == 403 and "You are not signed in" in page.text, page.text
    assert "Traceback" not in provider.product.log()
    assert not is_in(provider.product, browser)
    assert provider.product.ask("SELECT count(*) FROM records_person") == people


def test_an_answer_that_is_signed_anew_unchanged_is_an_answer(provider: Provider) -> None:
    """So that those above are refused for what they lack."""
    browser, request = begin(provider.product)
    answer = signed_anew(provider, unsigned(provider, request), lambda _: None)
    assert deliver(provider.product, browser, answer).status_code == 200


def test_a_comment_in_a_name_does_not_shorten_it(provider: Provider) -> None:
    browser, request = begin(provider.product)
    deliver(provider.product, browser, changed_around_a_comment(provider, request))
    assert provider.product.ask("SELECT count(*) FROM records_identity WHERE subject = 'id-of-alice'") == [(0,)]


def test_an_answer_works_once_and_only_in_the_browser_that_asked(provider: Provider) -> None:
    browser, request = begin(provider.product)
    answer = provider.answer(request)
    stranger = requests.Session()
    assert deliver(provider.product, stranger, answer).status_code == 403
    assert not is_in(provider.product, stranger)
    assert deliver(provider.product, browser, answer).status_code == 200 and is_in(provider.product, browser)
    browser.cookies.clear()
    again, _ = begin(provider.product)
    assert deliver(provider.product, again, answer).status_code == 403 and not is_in(provider.product, again)


def test_clocks_may_differ_a_little(provider: Provider) -> None:
    browser, request = begin(provider.product)
    answer = provider.answer(request)
    assert 'NotBefore="' in answer
    assert deliver(provider.product, browser, answer).status_code == 200


def test_an_answer_that_is_too_large_is_not_kept(provider: Provider) -> None:
    page = requests.post(provider.acs, data={"SAMLResponse": "A" * 300_000}, allow_redirects=False)
    assert page.status_code == 403 and not page.cookies
