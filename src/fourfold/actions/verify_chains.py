"""Follow the chains of events from their start, and hold them against what was anchored elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.chain import START, Walked, walk
from fourfold.records.chain_anchor import ChainAnchor, anchors_in, chain_name
from fourfold.records.event_text import entries_of
from fourfold.records.guard import is_guarded
from fourfold.records.models import Chain, Event, Person


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one chain: whose it is, how many events hold, and the first thing that is wrong after them.

    `anchor` is the newest of the `anchors` that could be held against it; None where there was none.
    """

    chain: str
    name: str
    seq: int
    head: str
    wrong: str = ""
    anchor: ChainAnchor | None = None
    anchors: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdicts, what was wrong with the anchors themselves, and whether the database refuses changes of events."""

    verdicts: tuple[Verdict, ...]
    strange: tuple[str, ...]
    guarded: bool

    @property
    def ok(self) -> bool:
        """True when every chain holds, every anchor was one, and the database refuses changes."""
        return self.guarded and not self.strange and not any(verdict.wrong for verdict in self.verdicts)


def verify_chains(
    *,
    by: Person | None,
    organisation: str | None = None,
    anchors: Path | None = None,
    keys: Iterable[str] = (),
    at: datetime | None = None,
) -> Outcome[Verification]:
    """Say of each chain (of one organisation, or all and the installation's) how far it holds, and keep that.

    `anchors` is a file or folder of anchors; they count where one of the public `keys` has signed them. A chain alone
    does not show that its tail was cut off or that all of it was written anew; the anchors do. People verify the chain
    of an organisation whose whole log they read; all chains are for the administrator of the machine.
    """
    chains = Chain.objects.select_related("organisation").order_by("organisation")
    if organisation is not None:
        place = find_organisation(by, organisation)
        require(by, Action.AUDIT, place)
        chains = chains.filter(organisation=place)
    elif by is not None:
        raise NotFound
    given, strange = _anchors(anchors, frozenset(keys))
    moment = at or datetime.now(UTC)
    found = list(chains)
    verdicts = tuple(_verdict(chain, given.get(chain_name(chain.organisation_id), ()), moment) for chain in found)
    if organisation is None:
        known = {verdict.chain for verdict in verdicts}
        strange += [f"the chain {name}, which was anchored, is gone" for name in sorted(given.keys() - known)]
    verification = Verification(verdicts, tuple(strange), is_guarded(connection))
    count = sum(verdict.seq for verdict in verdicts)
    return Outcome(f"{count:,} events hold" if verification.ok else "something is wrong", verification)


def _anchors(path: Path | None, keys: frozenset[str]) -> tuple[dict[str, list[ChainAnchor]], list[str]]:
    """The anchors that count, by chain, and a sentence for each line that does not."""
    found: dict[str, list[ChainAnchor]] = {}
    strange = []
    for place, anchor in anchors_in(path) if path is not None and path.exists() else ():
        if anchor is None:
            strange.append(f"{place} is not an anchor")
        elif not anchor.is_signed_by(keys):
            strange.append(f"{place} is not signed by a key that is trusted")
        else:
            found.setdefault(anchor.chain, []).append(anchor)
    return found, strange


def _verdict(head: Chain, anchors: Sequence[ChainAnchor], at: datetime) -> Verdict:
    """Walk one chain. Its head was read before, so that events written meanwhile come after it."""
    events = Event.objects.filter(organisation=head.organisation_id)
    walked = walk(entries_of(events), marks={head.seq, *(anchor.seq for anchor in anchors)})
    wrong = walked.wrong or _against_head(walked, head) or _against_anchors(walked, anchors)
    Chain.objects.filter(pk=head.pk).update(verified_seq=walked.seq, verified_at=at, wrong=wrong[:500])
    return Verdict(
        chain_name(head.organisation_id),
        head.organisation.name if head.organisation else "the installation",
        walked.seq,
        walked.head.hex(),
        wrong,
        max(anchors, key=lambda anchor: anchor.anchored_at, default=None),
        len(anchors),
    )


def _against_head(walked: Walked, head: Chain) -> str:
    if walked.seq < head.seq:
        return f"the chain ends with event {walked.seq}, and {_events(head.seq - walked.seq)} after it were written"
    if _hash(walked, head.seq) != head.hash:
        return f"event {head.seq} is not the one that was written: the chain was made anew"
    return ""


def _against_anchors(walked: Walked, anchors: Sequence[ChainAnchor]) -> str:
    for anchor in sorted(anchors, key=lambda a: a.seq):
        if anchor.seq > walked.seq:
            lost = _events(anchor.seq - walked.seq)
            return f"the chain ends with event {walked.seq}, and {lost} after it were anchored on {anchor.anchored_at}"
        if _hash(walked, anchor.seq) != anchor.hash:
            when = anchor.anchored_at
            return f"event {anchor.seq} is not the one that was anchored on {when}: the chain was made anew before it"
    return ""


def _hash(walked: Walked, seq: int) -> str:
    return (walked.at or {}).get(seq, START).hex()


def _events(count: int) -> str:
    return f"{count:,} event{'s' if count != 1 else ''}"
