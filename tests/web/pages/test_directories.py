"""The page of directories: for administrators of the organisation alone; keys are shown once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fourfold.access.directory import ScimDirectory
from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.records.models import ProvisioningKey

pytest.importorskip("scim2_server")

GROUPS = [{"group": "bakers", "role": "contributor", "unit": "north"}]
STAFF = ScimDirectory.model_validate(
    {"code": "staff", "name": "Staff account", "organisation": "bakery", "groups": GROUPS}
)
MILLERS = ScimDirectory.model_validate({"code": "millers", "name": "Millers account", "organisation": "mill"})


@pytest.fixture(autouse=True)
def set_up(settings: Any, organisation: Any) -> None:
    settings.DIRECTORIES = (STAFF, MILLERS)
    settings.ROOT_URLCONF = "tests.api.scim.addresses"


def test_alice_sees_the_directories_of_her_organisation_and_no_other(alice: Client) -> None:
    page = alice.get("/directories/").content.decode()
    assert "Staff account" in page and "bakers" in page and "/scim/v2" in page
    assert "Millers" not in page
    assert 'href="/directories/"' in alice.get("/people/").content.decode()


def test_a_key_is_shown_once_works_and_is_revoked(alice: Client) -> None:
    page = alice.post("/directories/", {"directory": "staff", "days": "30"}).content.decode()
    found = re.search(r"ffp_[\w-]{40,}", page)
    assert found and "shown this once" in page
    bearer = {"Authorization": f"Bearer {found[0]}"}
    assert Client().get("/scim/v2/Users", headers=bearer).status_code == 200
    again = alice.get("/directories/").content.decode()
    assert found[0] not in again and found[0][:12] in again and "Alice Archer" in again
    alice.post("/directories/", {"directory": "staff", "revoke": found[0][:12]}, follow=True)
    assert Client().get("/scim/v2/Users", headers=bearer).status_code == 401
    assert "over" in alice.get("/directories/").content.decode()


@pytest.mark.parametrize("days", ["0", "731", "-1", "many", ""])
def test_days_that_will_not_do_make_no_key(alice: Client, days: str) -> None:
    answer = alice.post("/directories/", {"directory": "staff", "days": days})
    assert answer.status_code == 422 and "A key lasts from 1 to 730 days" in answer.content.decode()
    assert not ProvisioningKey.objects.exists()


def test_whoever_administers_nothing_gets_nowhere(bob: Client, charlie: Client) -> None:
    made = make_provisioning_key(by=None, directory=STAFF).value
    assert made is not None
    assert bob.get("/directories/").status_code in (403, 404)
    assert bob.post("/directories/", {"directory": "staff", "days": "30"}).status_code in (403, 404)
    page = charlie.get("/directories/").content.decode()
    assert "Staff account" not in page and made[0].start not in page
    for change in ({"days": "30"}, {"revoke": made[0].start}):
        assert charlie.post("/directories/", {"directory": "staff", **change}).status_code == 404
    assert ProvisioningKey.objects.get().revoked_at is None
    assert Client().get("/directories/").status_code == 302


def test_where_none_is_set_up_it_says_so(alice: Client, settings: Any) -> None:
    settings.DIRECTORIES = (MILLERS,)
    assert "None is set up for Harbour Bakery" in alice.get("/directories/").content.decode()
