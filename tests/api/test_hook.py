from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client

from fourfold.actions.rotate_hook import rotate_hook
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.errors import Forbidden
from fourfold.records.models import Connection, Event, Feed, FeedRun, Measurement, Memo, Organisation, Person
from tests.web.conftest import ADDRESSES

pytestmark = pytest.mark.django_db
PLAN = FeedPlan(
    code="orders", name="Orders", connection="till", ask={"rows": "data[]"},
    columns={"kpi": "=sales", "unit": "shop", "period": "month", "value": "total", "recorded_at": "counted"},
)  # fmt: skip
SECRET = "whsec_" + base64.b64encode(b"flour water salt yeast!!").decode()


def figure(total: str = "1300", **more: Any) -> dict[str, Any]:
    return {"data": [{"shop": "north", "month": "2026-02", "total": total, "counted": None} | more]}


@pytest.fixture
def till(bakery: Organisation) -> Connection:
    alice = Person.objects.get(email=ADDRESSES["alice"])
    made = save_connection(by=alice, code="till", name="Till", kind="hook", options={}, secret=SECRET)
    assert made.value, made.findings
    assert save_feed(by=alice, plan=PLAN).ok
    return made.value


def send(
    hook: Connection, body: Any, name: str = "one", *, secret: str = SECRET, late: int = 0, signed: bytes | None = None
) -> Any:  # fmt: skip
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = str(int(time.time()) - late)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = hmac.new(key, f"{name}.{moment}.".encode() + (signed or content), hashlib.sha256).digest()
    headers = {"HTTP_WEBHOOK_ID": name, "HTTP_WEBHOOK_TIMESTAMP": moment,
               "HTTP_WEBHOOK_SIGNATURE": "v1,AAAA v1," + base64.b64encode(said).decode()}  # fmt: skip
    client = Client(raise_request_exception=False)
    return client.generic("POST", f"/hooks/{hook.pk}/", content, "application/json", **headers)  # type: ignore[arg-type]


def sales() -> str:
    found = Measurement.objects.current().get(kpi__code="sales", unit__code="north", period="M:2026-02")
    return str(found.value)


def test_a_signed_delivery_becomes_figures_and_a_run_of_the_feed(till: Connection) -> None:
    response = send(till, figure())
    assert response.status_code == 200, response.content
    assert json.loads(response.content) == {"outcome": "taken", "loaded": 1, "unchanged": 0}
    run = FeedRun.objects.get()
    assert (run.loaded, run.failure, sales()) == (1, "", "1300")
    assert Event.objects.filter(action="feed.run", via="api").count() == 1


def test_a_delivery_that_comes_twice_is_taken_once(till: Connection) -> None:
    send(till, figure("1300"))
    send(till, figure("1400"), "two")
    response = send(till, figure("1300"))
    assert json.loads(response.content)["outcome"] == "known already"
    assert (sales(), FeedRun.objects.count()) == ("1400", 2)


def test_an_older_figure_that_comes_later_is_kept_and_does_not_count(till: Connection) -> None:
    send(till, figure("1500", counted="2026-06-02T10:00:00Z"), "new")
    send(till, figure("1400", counted="2026-06-02T09:00:00Z"), "old")
    assert sales() == "1500"
    every = Measurement.objects.filter(kpi__code="sales", unit__code="north", period="M:2026-02")
    assert every.filter(value=1400, superseded_at__isnull=False).exists()


@pytest.mark.parametrize(
    "wrong", [{"secret": "whsec_" + base64.b64encode(b"another" * 4).decode()}, {"late": 301}, {"late": -301},
              {"signed": b"{}"}]
)  # fmt: skip
def test_what_is_not_signed_by_the_sender_just_now_is_401_and_an_event(till: Connection, wrong: dict[str, Any]) -> None:
    before = Event.objects.filter(action="hook.refuse").count()
    response = send(till, figure(), **wrong)
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert FeedRun.objects.count() == 0 and Event.objects.filter(action="hook.refuse").count() == before + 1


def test_a_hook_that_is_not_there_and_one_without_a_secret_answer_the_same(till: Connection) -> None:
    gone = Connection(organisation=till.organisation)
    assert send(gone, figure()).status_code == 401
    Connection.objects.update(secret=None)
    assert send(till, figure()).status_code == 401


@pytest.mark.parametrize(
    "body", [b'{"data": [{"shop": "nor', b"[" * 50_000, b"\xff", {"data": [1]}, {"data": 7}, {"other": 1},
             {"data": [{"shop": "north", "month": "2026-13", "total": "x"}]}]
)  # fmt: skip
def test_what_cannot_be_read_is_422_in_a_run_of_the_log_and_may_come_again(till: Connection, body: Any) -> None:
    before = sales()
    response = send(till, body)
    assert response.status_code == 422, response.content
    assert json.loads(response.content)["errors"][0]["message"]
    assert FeedRun.objects.get().failure and sales() == before
    assert not Memo.objects.filter(pk__startswith="hook:").exists()
    assert send(till, figure()).status_code == 200


def test_without_a_feed_that_reads_it_nothing_is_taken(till: Connection) -> None:
    Feed.objects.all().delete()
    response = send(till, figure())
    assert response.status_code == 422 and json.loads(response.content)["errors"][0]["code"] == "HOOK-FEED"


def test_a_new_secret_holds_beside_the_one_before_until_the_next(till: Connection) -> None:
    alice = Person.objects.get(email=ADDRESSES["alice"])
    made = rotate_hook(by=alice, connection="till").value
    assert made is not None
    assert send(till, figure(), "a", secret=made[1]).status_code == 200
    assert send(till, figure(), "b").status_code == 200
    rotate_hook(by=alice, connection="till")
    assert send(till, figure(), "c").status_code == 401
    assert send(till, figure(), "d", secret=made[1]).status_code == 200
    rotate_hook(by=alice, connection="till", keeps=False)
    assert send(till, figure(), "e", secret=made[1]).status_code == 401


def test_the_secret_is_made_on_the_page_shown_once_and_in_no_event(till: Connection) -> None:
    client = Client()
    client.force_login(Person.objects.get(email=ADDRESSES["alice"]))
    page = f"/sources/bakery/connections/{till.code}/"
    shown = client.post(page, {"rotate": "yes"}).content.decode()
    secret = shown.split("<code>whsec_")[1].split("</code>")[0]
    assert f"/hooks/{till.pk}/" in shown and secret not in client.get(page).content.decode()
    assert send(till, figure(), secret="whsec_" + secret).status_code == 200
    assert not any(secret in str(event.after) for event in Event.objects.all())
    assert secret not in str(Connection.objects.values_list("secret", flat=True)[0])


def test_bob_makes_no_secrets(till: Connection) -> None:
    with pytest.raises(Forbidden):
        rotate_hook(by=Person.objects.get(email=ADDRESSES["bob"]), connection="till")
