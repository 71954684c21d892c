"""Definitions → texts: read back they are the same, and people can read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings

from fourfold.engine.definitions import Definitions, Kpi, Organisation, Strategy, SuccessFactor, Target, Unit
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.text.emit import scalar
from fourfold.engine.definitions.write import write
from tests.engine.definitions.strategies import AWKWARD, NAMES, SENTENCES, definitions

SMALL = Definitions(
    organisation=Organisation(code="o", name="O"),
    strategy=Strategy(code="s", name="S"),
    units=(Unit(code="u", name="U"),),
)


def again(given: Definitions) -> Definitions | None:
    parsed = parse(write(given))
    assert parsed.findings == (), [str(f) for f in parsed.findings]
    return parsed.definitions


@given(definitions())
@settings(max_examples=60)
def test_what_is_written_is_read_back_the_same(drawn: Definitions) -> None:
    assert again(drawn) == drawn
    assert again(complete(drawn)) == complete(drawn)


@given(definitions())
@settings(max_examples=10)
def test_writing_twice_gives_the_same_texts(drawn: Definitions) -> None:
    read = again(drawn)
    assert read is not None
    assert write(read) == write(drawn)


@given(NAMES)
def test_every_yaml_reader_takes_text_for_the_same_text(text: str) -> None:
    read = yaml.safe_load(f"key: {scalar(text)}")["key"]
    assert str(read) == text
    assert isinstance(read, str | date)  # a date stands bare: it is text in YAML 1.2, and PyYAML reads 1.1


@pytest.mark.parametrize("text", [*AWKWARD, *SENTENCES])
def test_awkward_texts_survive_as_a_value_a_list_item_and_a_key(text: str) -> None:
    line = " ".join(text.split())[:300]
    kpi = Kpi(code="k", name=line, definition=text, tags=(line, line), levels={line: 5.0})
    target = Target(kpi="k", since="2026", note=text, steps={line: Decimal("1.50")})
    assert again(SMALL.model_copy(update={"kpis": (kpi,), "targets": (target,)})) == SMALL.model_copy(
        update={"kpis": (kpi,), "targets": (target,)}
    )


def test_decimals_keep_every_digit() -> None:
    low, high, tolerance = (Decimal(text) for text in ("0.10", "1E+5", "3." + "1" * 30))
    kpi = Kpi(code="k", name="K", valid_min=low, valid_max=high, tolerance=tolerance)
    text = write(SMALL.model_copy(update={"kpis": (kpi,)}))["kpis.yaml"]
    assert "valid_min: 0.10\n" in text
    assert "valid_max: 100000\n" in text
    assert f"tolerance: 3.{'1' * 30}\n" in text


def test_targets_in_an_order_that_nesting_would_lose_are_written_flat() -> None:
    kpis = (Kpi(code="a", name="A"), Kpi(code="b", name="B"))
    targets = tuple(Target(kpi=k, since="2026-01", value=Decimal(1)) for k in ("b", "a", "b"))
    d = SMALL.model_copy(update={"kpis": kpis, "targets": targets})
    assert "\ntargets:\n" in write(d)["kpis.yaml"]
    assert again(d) == d


def test_a_ratio_in_per_cent_whose_factor_is_one_says_so() -> None:
    said = SMALL.model_copy(update={"kpis": (Kpi(code="k", name="K", kind="ratio", unit="%", factor=Decimal(1)),)})
    unsaid = SMALL.model_copy(update={"kpis": (Kpi(code="k", name="K", kind="ratio", unit="%"),)})
    for d, factor in ((said, 1), (unsaid, 100)):
        read = again(d)
        assert read is not None
        assert complete(read).kpis[0].factor == factor == complete(d).kpis[0].factor


def test_what_stands_inside_a_strategy_and_the_season_of_a_target_are_read_back() -> None:
    factors = (SuccessFactor(name="Beds: free, when needed", kpis=("k",)), SuccessFactor(name="Staff stay"))
    target = Target(kpi="k", since="2026-01", path="seasonal", shares=(1.0, 2.0), growth=(1.0, 1.02))
    given = SMALL.model_copy(update={
        "kpis": (Kpi(code="k", name="K"),), "targets": (target,),
        "strategy": Strategy(code="s", name="S", success_factors=factors),
    })  # fmt: skip
    assert again(given) == given


def test_a_long_list_goes_on_in_a_second_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold.engine.definitions.write._LONGEST", 3_000)
    many = tuple(Kpi(code=f"k{i}", name=f"K{i}", definition="x" * 90) for i in range(60))
    d = SMALL.model_copy(update={"kpis": many})
    texts = {name: text for name, text in write(d).items() if name.startswith("kpis")}
    assert list(texts) == ["kpis-001.yaml", "kpis-002.yaml", "kpis-003.yaml"]
    assert max(map(len, texts.values())) < 3_100
    assert again(d) == d


def test_the_texts_are_what_people_would_write() -> None:
    example = Path(__file__).parents[3] / "examples" / "calder_vale"
    read = parse({path.name: path.read_text("utf-8") for path in example.glob("*.yaml")}).definitions
    assert read is not None
    texts = write(read)
    names = ("organisation", "units", "people", "strategy", "kpis", "initiatives", "notes", "steps")
    assert list(texts) == [f"{name}.yaml" for name in names]
    assert texts["kpis.yaml"].startswith(
        """\
kpis:
  - code: ed_4h
    name: Emergency visits seen within 4 hours
    definition: Share of people who leave the emergency department, or are admitted, within 4 hours of arriving.
    kind: ratio
    unit: "%"
    valid_min: 0
    valid_max: 100
    tolerance: 2
    not_applicable_in: [hollin-park]
    owner: AO
    steward: BY
    source: Nightly import, PAS
    automated: true
    targets:
      - since: 2023-04
        value: 76
        red_line: 68
        author: AO
"""
    )
    assert max(len(line) for text in texts.values() for line in text.splitlines()) <= 120
