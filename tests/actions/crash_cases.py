"""Each action with something for it to do, for ending it half way. A case prepares its ground and gives the call."""

from __future__ import annotations

import base64
import hmac
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.db.models import F

from fourfold.access.directory import ScimDirectory, Visitor
from fourfold.access.roles import Role
from fourfold.access.scopes import Scope
from fourfold.actions.accept_invitation import accept_invitation
from fourfold.actions.add_attachment import add_attachment
from fourfold.actions.add_library_kpi import add_library_kpi
from fourfold.actions.admit_guest import admit_guest
from fourfold.actions.admit_person import admit_person
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.answer_once import Answer, answer_once
from fourfold.actions.answer_reminder import answer_reminder
from fourfold.actions.apply_definitions import apply_definitions
from fourfold.actions.approve_measurement import approve_measurement
from fourfold.actions.ask_restatement import ask_restatement
from fourfold.actions.begin_import_job import begin_import_job
from fourfold.actions.change_email import change_email
from fourfold.actions.choose_columns import choose_columns
from fourfold.actions.confirm_step import confirm_step
from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.decide_restatement import decide_restatement
from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.draft_scorecard import draft_scorecard
from fourfold.actions.end_deputy import end_deputy
from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.evaluate_outlooks import evaluate_outlooks
from fourfold.actions.export_events import export_events
from fourfold.actions.export_folder import export_folder
from fourfold.actions.follow_outlooks import follow_outlooks
from fourfold.actions.give_grant import give_grant
from fourfold.actions.hide_set_up import hide_set_up
from fourfold.actions.import_benchmark_set import import_benchmark_set
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.invite_person import invite_person
from fourfold.actions.keep_upload import keep_upload
from fourfold.actions.load_folder import load_folder
from fourfold.actions.make_guest_link import make_guest_link
from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.actions.make_token import make_token
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.note_denial import forget_denials, note_denial
from fourfold.actions.note_key_use import note_key_use
from fourfold.actions.note_look import forget_looks, note_look, note_waiting_looks
from fourfold.actions.note_second_factor import Change, note_second_factor
from fourfold.actions.note_sign_in import note_sign_in
from fourfold.actions.pause_feed import pause_feed
from fourfold.actions.provision_group import ToldGroup, provision_group
from fourfold.actions.provision_person import ToldPerson, provision_person
from fourfold.actions.reactivate_person import reactivate_person
from fourfold.actions.receive_delivery import receive_delivery
from fourfold.actions.record_measurement import record_measurement, version_of
from fourfold.actions.record_measurements import NewFigure, record_measurements
from fourfold.actions.remind_people import remind_people
from fourfold.actions.remove_attachment import remove_attachment
from fourfold.actions.remove_connection import remove_connection
from fourfold.actions.remove_examples import remove_examples
from fourfold.actions.remove_feed import remove_feed
from fourfold.actions.remove_feed_runs import remove_feed_runs
from fourfold.actions.remove_looks import remove_looks
from fourfold.actions.remove_memos import remove_memos
from fourfold.actions.remove_outbox import remove_outbox
from fourfold.actions.remove_reminders import remove_reminders
from fourfold.actions.remove_request_keys import remove_request_keys
from fourfold.actions.remove_second_factors import remove_second_factors
from fourfold.actions.remove_sessions import remove_sessions
from fourfold.actions.rename_person import rename_person
from fourfold.actions.renew_invitation import renew_invitation
from fourfold.actions.request_password import request_password
from fourfold.actions.reset_password import reset_password
from fourfold.actions.revoke_grant import revoke_grant
from fourfold.actions.revoke_guest_link import revoke_guest_link
from fourfold.actions.revoke_invitation import revoke_invitation
from fourfold.actions.revoke_provisioning_key import revoke_provisioning_key
from fourfold.actions.revoke_reminder import revoke_reminder
from fourfold.actions.revoke_token import revoke_token
from fourfold.actions.rotate_hook import rotate_hook
from fourfold.actions.rotate_keys import rotate_keys
from fourfold.actions.run_feed import run_feed
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.actions.send_mail import send_mail
from fourfold.actions.set_password import set_password
from fourfold.actions.set_period_state import set_period_state
from fourfold.actions.start_scorecard import start_scorecard
from fourfold.actions.stop_import_job import stop_import_job
from fourfold.actions.undo_amendment import undo_amendment
from fourfold.actions.update_folder import update_folder
from fourfold.actions.use_token import use_token
from fourfold.actions.verify_chains import verify_chains
from fourfold.actions.watch_kpi import watch_kpi
from fourfold.actions.withdraw_entry import withdraw_entry
from fourfold.connectors.files.grid import read_grid
from fourfold.connectors.files.scorecard_columns import ScorecardColumns
from fourfold.connectors.port import Rows
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions.write import write
from fourfold.engine.period_states import PeriodState
from fourfold.records.frames.definition import read_definitions
from fourfold.records.job_runs import KEPT
from fourfold.records.models import (
    Entry,
    Event,
    Feed,
    FeedRun,
    Grant,
    ImportJob,
    Invitation,
    JobRun,
    Kpi,
    Look,
    Organisation,
    Outbox,
    Person,
    ProvisioningKey,
    Reminder,
    RequestKey,
    Secret,
    Session,
)  # fmt: skip
from fourfold.records.queries.invitation import hash_of, link_of
from fourfold.records.queries.reminder import link_of as reminder_link
from fourfold.records.queries.scope import scope_of
from fourfold.records.queries.structure import structure_of
from fourfold.records.ready import ready_definitions
from fourfold.scorecard.benchmark_set import BenchmarkRow
from fourfold.testing.bakery import BAKERY, bakery
from tests.actions.crashing import Act
from tests.actions.test_confirm_step import MOVED, asked, csv
from tests.web.conftest import MOMENT as NOW

ALICE, BOB, DORA = "alice@bakery.example", "bob@bakery.example", "dora@bakery.example"
SALES: Final = next(kpi for kpi in BAKERY["kpis"] if kpi["code"] == "sales")
WORDS: Final = "flour water salt yeast"
STAFF = ScimDirectory.model_validate({
    "code": "staff", "name": "Staff", "organisation": "bakery", "link_by_email": True,
    "groups": [{"group": "bakers", "role": "contributor", "unit": "south"}],
})  # fmt: skip
DUE: Final = BAKERY["organisation"] | {"values_due": 2}
#: Said once here, since most of them say it.
B: Final[dict[str, Any]] = {"organisation": "bakery", "at": NOW}


@dataclass(frozen=True)
class Case:
    """`ready` prepares, with a folder of its own, and gives the call; `commits` is how many transactions it takes.

    `again`: to do it again after it ended half way comes to the same as to do it once.
    """

    ready: Callable[[Path], Act]
    commits: int
    why: str
    again: bool = True


CASES: dict[str, Case] = {}


def case(
    action: Callable[..., Any], commits: int = 1, why: str = "", *, again: bool = True
) -> Callable[[Callable[[Path], Act]], None]:
    """Keep what prepares an action; one that takes several transactions says why each of them may stand alone."""
    assert why or commits == 1

    def keep(ready: Callable[[Path], Act]) -> None:
        CASES[action.__name__] = Case(ready, commits, why, again)

    return keep


def person(email: str = BOB) -> Person:
    return Person.objects.get(email=email)


def place() -> Organisation:
    return Organisation.objects.get(code="bakery")


def folder(path: Path, figures: str, **changes: Any) -> Path:
    target = path / uuid.uuid4().hex
    (target / "measurements").mkdir(parents=True)
    for name, text in write(bakery(**changes)).items():
        (target / name).write_text(text)
    (target / "measurements" / "figures.csv").write_text(figures)
    return target


def minutes() -> Iterator[datetime]:
    """Each time a quarter of an hour later, when nobody waits any more for who began before."""
    return (NOW + timedelta(minutes=15 * n) for n in itertools.count())


def session(key: str = "a", days: int = 9) -> None:
    Session.objects.create(
        session_key=key, session_data="", expire_date=NOW + timedelta(days=days), person=person()
    )  # fmt: skip


def entry(kind: str = Entry.PERSON) -> Entry:
    return Entry.objects.get(directory="staff", kind=kind)


def told(**changes: Any) -> ToldPerson:
    usual = {"user_name": "dora", "name": "Dora", "email": DORA, "active": True, "external_id": "d1", "spec": {}}
    return ToldPerson(**usual | changes)


def dora() -> None:
    provision_person(by=None, organisation=place(), directory=STAFF, told=told(), at=NOW)


def bakers(*members: Entry) -> ToldGroup:
    return ToldGroup("bakers", frozenset(str(m.pk) for m in members), "", {})


@case(record_measurement)
def _(path: Path) -> Act:
    return lambda: record_measurement(by=person(), kpi="sales", unit="north", period="2026-05", value="1", **B)


def _waiting() -> str:
    """A figure of Bob that waits for approval: the version of it."""
    Kpi.objects.filter(organisation=place(), code="sales").update(spec=SALES | {"needs_approval": True})
    Organisation.objects.filter(code="bakery").update(definitions_version=F("definitions_version") + 1)
    done = record_measurement(by=person(), kpi="sales", unit="north", period="2026-04", value="812", **B)
    return version_of(done.value)


@case(approve_measurement, again=False)
def _(path: Path) -> Act:
    figure = {"kpi": "sales", "unit": "north", "period": "2026-04", "version": _waiting()}
    return lambda: approve_measurement(by=None, **figure, **B)


def _asked() -> int:
    set_period_state(by=None, unit="bakery", period="2026-04", state=PeriodState.CLOSED, reason="Over.", **B)
    figure = {"kpi": "sales", "unit": "north", "period": "2026-04", "value": "400"}
    asked = ask_restatement(by=person(), **figure, code="error", reason="A till was counted twice.", **B).value
    assert asked
    return asked.pk


@case(ask_restatement, again=False)
def _(path: Path) -> Act:
    decide_restatement(by=None, restatement=_asked(), approves=False, note="No proof.", at=NOW)
    figure = {"kpi": "sales", "unit": "north", "period": "2026-04", "value": "401"}
    return lambda: ask_restatement(by=person(), **figure, code="error", reason="Counted twice.", **B)


@case(decide_restatement, again=False)
def _(path: Path) -> Act:
    pk = _asked()
    return lambda: decide_restatement(by=person(ALICE), restatement=pk, approves=True, at=NOW)


@case(remind_people, 2, "one person after the other, Alice and Bob; who was reminded is not reminded again")
def _(path: Path) -> Act:
    load_folder(by=None, path=folder(path, "kpi,unit,period,value\n", organisation=DUE), at=NOW)
    return lambda: remind_people(by=None, organisation="bakery", at=datetime(2026, 6, 3, 12, tzinfo=UTC))


def _reminder() -> Reminder:
    """That Bob was reminded of the staff of March, which nobody has recorded."""
    staff = Kpi.objects.get(organisation=place(), code="staff").pk
    return Reminder.objects.create(
        organisation=place(), person=person(), day=NOW.date(), made_at=NOW, ends_at=NOW + timedelta(days=9),
        figures=[["north", staff, "M:2026-03"]],
    )  # fmt: skip


@case(answer_reminder, again=False)
def _(path: Path) -> Act:
    record_measurement(by=None, organisation="bakery", kpi="staff", unit="north", period="2026-01", value=5, at=NOW)
    link, figure = reminder_link(_reminder()), NewFigure("staff", "north", "M:2026-03", value="5")
    return lambda: answer_reminder(link=link, figures=[figure], at=NOW)


@case(revoke_reminder)
def _(path: Path) -> Act:
    made = _reminder()
    return lambda: revoke_reminder(by=person(), reminder=made.pk, at=NOW)


@case(set_period_state, again=False)
def _(path: Path) -> Act:
    closed = {"unit": "bakery", "period": "2026-03", "state": PeriodState.CLOSED, "reason": "The south has none."}
    return lambda: set_period_state(by=person(ALICE), **closed, **B)


@case(record_measurements)
def _(path: Path) -> Act:
    figures = [NewFigure(kpi, "north", "2026-05", value="1") for kpi in ("sales", "costs")]
    return lambda: record_measurements(by=person(), figures=figures, **B)


@case(import_measurements)
def _(path: Path) -> Act:
    rows = pl.DataFrame({"kpi": ["sales", "costs"], "unit": "north", "period": ["2026-05", "2026-01"], "value": "1"})
    return lambda: import_measurements(by=person(), rows=rows, source="may.csv", **B)


@case(keep_upload)
def _(path: Path) -> Act:
    return lambda: keep_upload(by=person(), name="may.csv", content=[b"kpi,", b"unit"], size=8, **B)


def waiting() -> ImportJob:
    """A file that has been handed over, and waits to be looked at."""
    text = b"kpi,unit,period,value\nsales,north,2026-05,1\n"
    kept = keep_upload(by=person(), name="may.csv", content=[text], size=len(text), **B).value
    assert kept is not None
    job = begin_import_job(by=person(), upload=kept.pk, mapping={}, way="check", **B).value
    assert job is not None
    return job


@case(begin_import_job, again=False)
def _(path: Path) -> Act:
    upload = waiting().upload_id
    ImportJob.objects.update(ended_at=datetime.now(UTC))
    return lambda: begin_import_job(by=person(), upload=upload, mapping={}, way="import", **B)  # type: ignore[arg-type]


@case(stop_import_job)
def _(path: Path) -> Act:
    job = waiting()
    return lambda: stop_import_job(by=person(), job=job.pk)


BILL: Final[dict[str, Any]] = {
    "kpi": "sales", "unit": "north", "period": "2026-04", "name": "bill.pdf", "content": b"%PDF-1",
}  # fmt: skip


@case(add_attachment)
def _(path: Path) -> Act:
    return lambda: add_attachment(by=person(), **BILL, **B)


@case(remove_attachment)
def _(path: Path) -> Act:
    kept = add_attachment(by=person(), **BILL, **B).value
    assert kept
    return lambda: remove_attachment(by=person(), attachment=kept.pk, at=NOW)


SHOP: Final[dict[str, Any]] = {
    "code": "shop", "name": "Shop", "kind": "rest", "secret": "sesame",
    "options": {"url": "https://93.184.216.34/v1", "auth": "header"},
}  # fmt: skip
PLAN: Final = FeedPlan(
    code="sales", name="Sales", connection="shop", ask={"path": "sales"}, schedule="0 6 * * *",
    columns={"kpi": "=sales", "unit": "region", "period": "month", "value": "amount"},
)  # fmt: skip


@case(save_connection)
def _(path: Path) -> Act:
    return lambda: save_connection(by=person(ALICE), **SHOP, **B)


TILL: Final[dict[str, Any]] = {"code": "till", "name": "Till", "kind": "hook", "secret": "x" * 24, "options": {}}


@case(rotate_hook, again=False)
def _(path: Path) -> Act:
    save_connection(by=person(ALICE), **TILL, **B)
    return lambda: rotate_hook(by=person(ALICE), connection="till", **B)


@case(receive_delivery)
def _(path: Path) -> Act:
    hook = save_connection(by=person(ALICE), **TILL, **B).value
    plan = replace(PLAN, connection="till", ask={}, schedule="")
    assert hook and save_feed(by=person(ALICE), plan=plan, **B).ok
    body, moment = b'{"region": "north", "month": "2026-05", "amount": "7"}', str(int(NOW.timestamp()))
    signed = base64.b64encode(hmac.digest(b"x" * 24, f"one.{moment}.".encode() + body, "sha256")).decode()
    headers = {"webhook-id": "one", "webhook-timestamp": moment, "webhook-signature": f"v1,{signed}"}
    return lambda: receive_delivery(hook=hook.pk, headers=headers, body=body, at=NOW)


@case(save_feed)
def _(path: Path) -> Act:
    save_connection(by=person(ALICE), **SHOP, **B)
    return lambda: save_feed(by=person(ALICE), plan=PLAN, **B)


def sales_feed() -> Feed:
    """A feed of sales, which never ran."""
    save_connection(by=person(ALICE), **SHOP, **B)
    saved = save_feed(by=person(ALICE), plan=PLAN, **B)
    assert saved.value, saved.findings
    return saved.value


@case(pause_feed)
def _(path: Path) -> Act:
    sales_feed()
    return lambda: pause_feed(by=person(ALICE), feed="sales", **B)


@case(run_feed, 3, "the run, what it brought, its end; between them its source is asked", again=False)
def _(path: Path) -> Act:
    sales_feed()
    given = Rows(("region", "month", "amount"), (("north", "2026-05", "7"),))
    return lambda: run_feed(by=person(ALICE), feed="sales", given=given, **B)


@case(remove_feed, again=False)
def _(path: Path) -> Act:
    sales_feed()
    return lambda: remove_feed(by=person(ALICE), feed="sales", **B)


@case(remove_connection, again=False)
def _(path: Path) -> Act:
    save_connection(by=person(ALICE), **SHOP, **B)
    return lambda: remove_connection(by=person(ALICE), connection="shop", **B)


@case(remove_reminders)
def _(path: Path) -> Act:
    times = {"made_at": NOW - timedelta(days=200), "ends_at": NOW - timedelta(days=190)}
    Reminder.objects.create(organisation=place(), person=person(), day=times["made_at"].date(), figures=[], **times)
    return lambda: remove_reminders(at=NOW)


@case(remove_feed_runs)
def _(path: Path) -> Act:
    feed, long_ago = sales_feed(), NOW - timedelta(days=200)
    times = dict.fromkeys(("due_at", "started_at", "lease_until", "ended_at"), long_ago)
    days = {"since": long_ago.date(), "until": long_ago.date()}
    FeedRun.objects.create(organisation=place(), feed=feed, **times, **days)
    return lambda: remove_feed_runs(at=NOW)


@case(load_folder, 2, "the figures, then what follows from them, which any later evaluation makes as well")
def _(path: Path) -> Act:
    figures = "kpi,unit,period,value\nsales,north,2026-04,1\nstaff,south,2026-04,3\n"
    new = folder(path, figures, strategy=BAKERY["strategy"] | {"name": "Rise again"})
    return lambda: load_folder(by=None, path=new, at=NOW)


@case(add_library_kpi)
def _(path: Path) -> Act:
    return lambda: add_library_kpi(by=person(ALICE), objective="earn", kpi="K012", **B)


def shops(path: Path) -> None:
    """An organisation without a scorecard."""
    shop = {"code": "shops", "name": "Shops"}
    given: dict[str, Any] = {"organisation": shop, "people": [], "units": [shop]}
    nouns = ("perspectives", "themes", "objectives", "links", "kpis", "uses", "targets", "initiatives", "notes")
    nothing: dict[str, Any] = {noun: [] for noun in nouns}
    load_folder(by=None, path=folder(path, "kpi,unit,period,value\n", **given, **nothing), at=NOW)


@case(start_scorecard)
def _(path: Path) -> Act:
    shops(path)
    return lambda: start_scorecard(by=None, organisation="shops", template="software", examples=False, at=NOW)


@case(draft_scorecard)
def _(path: Path) -> Act:
    shops(path)
    (path / "kpis.csv").write_text("Objective,KPI,Target,Jan 2026\nEarn,Sales,5,4\n")
    grid, _ = read_grid(path / "kpis.csv", "kpis.csv")
    assert grid is not None
    return lambda: draft_scorecard(by=None, organisation="shops", grid=grid, given=ScorecardColumns(), at=NOW)


@case(remove_examples)
def _(path: Path) -> Act:
    shops(path)
    start_scorecard(by=None, organisation="shops", template="software", examples=True, at=NOW)
    return lambda: remove_examples(by=None, organisation="shops", at=NOW)


def takings() -> Amendment:
    """Sales by another name and another unit of measurement."""
    ready = ready_definitions(place())
    assert ready is not None
    sales = ready.written.kpi["sales"]
    return Amendment("kpis", sales, sales.model_copy(update={"name": "Takings", "tolerance": Decimal(5)}))


@case(amend_definitions, again=False)
def _(path: Path) -> Act:
    amendment = takings()
    return lambda: amend_definitions(by=person(ALICE), amendments=[amendment], **B)


@case(import_benchmark_set)
def _(path: Path) -> Act:
    row = BenchmarkRow(2, kpi="sales", value="1200", source="Peer median", date="2026-03-31")
    return lambda: import_benchmark_set(by=person(ALICE), name="peers.csv", rows=[row], **B)


@case(undo_amendment, again=False)
def _(path: Path) -> Act:
    amend_definitions(by=person(ALICE), amendments=[takings()], **B)
    number = Event.objects.latest("pk").seq
    return lambda: undo_amendment(by=person(ALICE), number=number, **B)


@case(evaluate_organisation)
def _(path: Path) -> Act:
    return lambda: evaluate_organisation(by=None, organisation="bakery", as_of=NOW + timedelta(days=40))


@case(evaluate_outlooks)
def _(path: Path) -> Act:
    record_measurement(by=None, kpi="costs", unit="north", period="2026-04", value="790", **B)
    return lambda: evaluate_outlooks(by=None, organisation="bakery", kpi="costs", unit="north", as_of=NOW)


@case(follow_outlooks)
def _(path: Path) -> Act:
    record_measurement(by=None, kpi="costs", unit="north", period="2026-04", value="790", **B)
    return lambda: follow_outlooks(by=None, organisation=place(), kpi="costs", unit="north", at=NOW)


@case(confirm_step)
def _(path: Path) -> Act:
    kpis = [k | {"owner": "bob"} if k["code"] == "staff" else k for k in BAKERY["kpis"]]
    later = NOW + timedelta(days=50)
    load_folder(by=None, path=folder(path, csv(MOVED), kpis=kpis), at=later)
    return lambda: confirm_step(by=person(), **asked(), organisation="bakery", at=later)


@case(answer_once, 2, "the key, then answer and change; a key without an answer is free again after a minute")
def _(path: Path) -> Act:
    def record() -> Answer:
        done = record_measurement(by=person(), kpi="sales", unit="north", period="2026-05", value="1", **B)
        return Answer(200, done.summary)

    later = minutes()
    return lambda: answer_once(by=person(), route="figures", key="k", digest="d", do=record, at=next(later))


@case(give_grant)
def _(path: Path) -> Act:
    return lambda: give_grant(by=person(ALICE), person=person().pk, role=Role.VIEWER, unit="south", **B)


@case(deny_unit)
def _(path: Path) -> Act:
    return lambda: deny_unit(by=person(ALICE), person=person().pk, unit="north", **B)


@case(revoke_grant)
def _(path: Path) -> Act:
    grant = Grant.objects.filter(person=person())[0].pk
    return lambda: revoke_grant(by=person(ALICE), grant=grant, **B)


@case(invite_person)
def _(path: Path) -> Act:
    return lambda: invite_person(by=person(ALICE), email=DORA, name="Dora", **B)


@case(renew_invitation)
def _(path: Path) -> Act:
    invite_person(by=None, email=DORA, name="Dora", **B)
    return lambda: renew_invitation(by=person(ALICE), email=DORA, **B)


@case(revoke_invitation)
def _(path: Path) -> Act:
    invite_person(by=None, email=DORA, name="Dora", **B)
    return lambda: revoke_invitation(by=person(ALICE), email=DORA, **B)


@case(accept_invitation)
def _(path: Path) -> Act:
    invite_person(by=None, email=DORA, name="Dora", **B)
    link = hash_of(link_of(Invitation.objects.get()))
    return lambda: accept_invitation(link_hash=link, name="Dora Day", password=WORDS, at=NOW)


@case(deactivate_person)
def _(path: Path) -> Act:
    session()
    return lambda: deactivate_person(by=person(ALICE), email=BOB, at=NOW)


@case(reactivate_person)
def _(path: Path) -> Act:
    deactivate_person(by=None, email=BOB, at=NOW)
    return lambda: reactivate_person(by=person(ALICE), email=BOB, at=NOW)


@case(change_email)
def _(path: Path) -> Act:
    set_password(by=None, email=BOB, password=WORDS, at=NOW)  # so that there is an address before to tell
    return lambda: change_email(by=person(ALICE), number=person().pk, new="robert@bakery.example", at=NOW)


@case(rename_person)
def _(path: Path) -> Act:
    return lambda: rename_person(by=person(), name="Robert Baker", at=NOW)


@case(set_password)
def _(path: Path) -> Act:
    session()
    return lambda: set_password(by=person(ALICE), email=BOB, password=WORDS, at=NOW)


@case(request_password)
def _(path: Path) -> Act:
    return lambda: request_password(email=BOB, at=NOW)


@case(reset_password)
def _(path: Path) -> Act:
    set_password(by=None, email=BOB, password="one that was forgotten", at=NOW)
    session()
    token = default_token_generator.make_token(person())
    return lambda: reset_password(person=person().pk, token=token, password=WORDS, at=NOW)


@case(send_mail, 3, "old ones go, a mail is claimed, then sent; one that nobody noted as sent goes out again")
def _(path: Path) -> Act:
    invite_person(by=None, email=DORA, name="Dora", **B)
    later = minutes()
    return lambda: send_mail(at=next(later))


@case(end_sessions)
def _(path: Path) -> Act:
    session()
    return lambda: end_sessions(by=person(ALICE), email=BOB, at=NOW)


@case(remove_sessions)
def _(path: Path) -> Act:
    session("old", days=-1)
    return lambda: remove_sessions(at=NOW)


@case(remove_outbox)
def _(path: Path) -> Act:
    Outbox.objects.update(at=NOW - timedelta(days=2))
    return lambda: remove_outbox()


@case(choose_columns)
def _(path: Path) -> Act:
    return lambda: choose_columns(by=person(), columns={"owner", "score"})


@case(watch_kpi)
def _(path: Path) -> Act:
    kpi = Kpi.objects.get(organisation=place(), code="sales").pk
    return lambda: watch_kpi(by=person(), kpi=kpi, unit="north", at=NOW)


@case(remove_looks)
def _(path: Path) -> Act:
    Organisation.objects.update(looks_since=(NOW - timedelta(days=1000)).date())
    kpi, day = Kpi.objects.get(organisation=place(), code="sales"), (NOW - timedelta(days=900)).date()
    Look.objects.create(organisation=place(), kpi=kpi, role="viewer", day=day)
    return lambda: remove_looks(at=NOW)


@case(remove_request_keys)
def _(path: Path) -> Act:
    RequestKey.objects.create(person=person(), route="figures", key="k", digest="d", begun_at=NOW - timedelta(days=9))
    return lambda: remove_request_keys(at=NOW)


@case(remove_memos, 2, "memos, then job runs: each is over by itself")
def _(path: Path) -> Act:
    cache.set("over", 1, -1)
    JobRun.objects.create(job="job", due_at=NOW - 2 * KEPT, token="t", lease_until=NOW)
    return lambda: remove_memos()


@case(note_sign_in)
def _(path: Path) -> Act:
    return lambda: note_sign_in(by=person(), at=NOW)


@case(note_second_factor)
def _(path: Path) -> Act:
    session()
    return lambda: note_second_factor(by=person(), kind="totp", change=Change.REMOVE, session=None, at=NOW)


@case(remove_second_factors)
def _(path: Path) -> Act:
    Authenticator.objects.create(user=person(), type="totp", data={"secret": "x"})
    session()
    return lambda: remove_second_factors(by=person(ALICE), email=BOB, at=NOW)


@case(name_deputy)
def _(path: Path) -> Act:
    days = {"since": date(2026, 5, 20), "until": date(2026, 5, 30)}
    return lambda: name_deputy(by=person(), deputy=ALICE, kpis=("sales",), **days, **B)


@case(end_deputy)
def _(path: Path) -> Act:
    days = {"since": date(2026, 5, 20), "until": date(2026, 5, 30)}
    named = name_deputy(by=person(), deputy=ALICE, **days, **B).value
    assert named
    return lambda: end_deputy(by=person(), deputy=named.pk, at=NOW)


@case(hide_set_up)
def _(path: Path) -> Act:
    return lambda: hide_set_up(by=person(ALICE), **B)


@case(make_token)
def _(path: Path) -> Act:
    return lambda: make_token(by=None, name="Till", scopes={Scope.READ}, service_of="bakery", unit="north", at=NOW)


@case(make_guest_link)
def _(path: Path) -> Act:
    scope_of(person(ALICE), "north")  # definitions are read once
    return lambda: make_guest_link(by=person(ALICE), unit="north", name="The board", **B)


@case(revoke_guest_link)
def _(path: Path) -> Act:
    made = make_guest_link(by=person(ALICE), unit="north", name="The board", **B).value
    assert made
    return lambda: revoke_guest_link(by=person(ALICE), prefix=made.row.prefix, at=NOW)


@case(admit_guest)
def _(path: Path) -> Act:
    made = make_guest_link(by=person(ALICE), unit="north", name="The board", **B).value
    assert made
    return lambda: admit_guest(digest=made.row.digest, at=NOW)


@case(revoke_token)
def _(path: Path) -> Act:
    made = make_token(by=person(), name="Till", scopes={Scope.READ}, at=NOW).value
    assert made
    return lambda: revoke_token(by=person(), prefix=made.row.prefix, at=NOW)


@case(use_token)
def _(path: Path) -> Act:
    made = make_token(by=person(), name="Till", scopes={Scope.READ}, at=NOW).value
    assert made
    return lambda: use_token(text=made.text, at=NOW)


@case(note_denial)
def _(path: Path) -> Act:
    def act() -> object:
        forget_denials()  # as a new process does
        return note_denial(by=person(), action="access.deny", thing="/kpi/secret/", at=NOW)

    return act


@case(note_look, 3, "the day from which on looks are kept, of each organisation, then the looks")
def _(path: Path) -> Act:
    def act() -> object:
        forget_looks()  # as a new process does
        structure = structure_of(place())
        note_look(by=person(), structure=structure, unit=structure.units[1], kpi=structure.kpi_pk["sales"], at=NOW)
        return note_waiting_looks(at=NOW)

    return act


@case(export_events, again=False)
def _(path: Path) -> Act:
    return lambda: export_events(by=person(ALICE), **B)


@case(export_folder)
def _(path: Path) -> Act:
    return lambda: export_folder(by=None, path=path / uuid.uuid4().hex, **B)


@case(update_folder)
def _(path: Path) -> Act:
    folder = path / uuid.uuid4().hex
    export_folder(by=None, path=folder, **B)
    kpis = folder / "kpis.yaml"
    kpis.write_text(kpis.read_text().replace("name: Sales", "name: Takings"))
    return lambda: update_folder(by=None, path=folder, **B)


@case(apply_definitions, 2, "the definitions, then what follows from them, which any later evaluation makes as well")
def _(path: Path) -> Act:
    found = read_definitions(Organisation.objects.get(code="bakery"))
    assert found is not None
    strategy = found.strategy.model_copy(update={"name": "Rise higher"})
    texts = write(found.model_copy(update={"strategy": strategy}))
    return lambda: apply_definitions(by=None, texts=texts, **B)


@case(verify_chains)
def _(path: Path) -> Act:
    return lambda: verify_chains(by=None, **B)


@case(admit_person)
def _(path: Path) -> Act:
    bob = Visitor("issuer", "b1", "Bob", BOB, email_verified=True, groups=frozenset({"bakers"}))
    return lambda: admit_person(by=None, directory=STAFF, visitor=bob, at=NOW)


@case(provision_person)
def _(path: Path) -> Act:
    return dora


@case(provision_group)
def _(path: Path) -> Act:
    dora()
    return lambda: provision_group(
        by=None, organisation=place(), directory=STAFF, told=bakers(entry()), at=NOW
    )  # fmt: skip


@case(withdraw_entry)
def _(path: Path) -> Act:
    dora()
    provision_group(by=None, organisation=place(), directory=STAFF, told=bakers(entry()), at=NOW)
    return lambda: withdraw_entry(by=None, organisation=place(), directory=STAFF, entry=entry(), at=NOW)


def _key() -> ProvisioningKey:
    made = make_provisioning_key(by=None, directory=STAFF, at=NOW).value
    assert made
    return made[0]


@case(make_provisioning_key)
def _(path: Path) -> Act:
    return lambda: make_provisioning_key(by=person(ALICE), directory=STAFF, at=NOW)


@case(revoke_provisioning_key)
def _(path: Path) -> Act:
    key = _key()
    return lambda: revoke_provisioning_key(by=person(ALICE), directory=STAFF, start=key.start, at=NOW)


@case(note_key_use)
def _(path: Path) -> Act:
    key = _key()
    return lambda: note_key_use(by=None, key=key, at=NOW)


@case(rotate_keys, 2, "one organisation after the other; those left have their earlier key", again=False)
def _(path: Path) -> Act:
    for organisation in Organisation.objects.all():
        Secret.objects.create(organisation=organisation, name="feed:erp", value="hush")
    return lambda: rotate_keys(by=None, at=NOW)


#: Actions that do not write rows in transactions of their own, and the test which shows that they do all or nothing.
ELSEWHERE: Final = {
    "anchor_chains": "actions/test_verify_chains.py::test_an_anchor_that_somebody_touched_is_said",
    "drill_backup": "cli/test_backup.py::test_a_drill_says_what_it_compared_and_is_kept",
    "drill_figure": "actions/test_feeds.py::test_rows_behind_a_figure_see_those_who_use_sources_and_see_the_figure",
    "evaluate_change": "actions/test_crash_points.py::test_an_action_that_ends_at_any_statement_did_nothing",  # a part
    "make_backup": "cli/test_backup.py::test_a_backup_that_was_killed_is_whole_or_not_there",
    "migrate_database": "project/test_ugly.py::test_a_migration_may_be_killed_at_any_moment",
    "restore_backup": "cli/test_backup.py::test_replacing_that_was_killed_left_the_old_or_the_new",
    "run_import_job": "actions/test_import_job.py::test_a_job_that_ends_early_leaves_nothing_and_is_done_again",
    "save_keys": "cli/test_backup.py::test_secrets_come_back_with_their_keys_and_are_missed_without",
    "switch_read_only": "project/test_read_only.py::test_it_ends_when_it_is_switched_off",
    "test_connection": "actions/test_feeds.py::test_only_who_may_change_sources_does",  # it writes nothing, as the next
    "try_feed": "actions/test_feeds.py::test_only_who_may_change_sources_does",
    "verify_installation": "cli/test_backup.py::test_a_restored_installation_has_every_figure_result_and_file",
}
