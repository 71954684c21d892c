"""What a scorecard can be asked beside its scores: answers for programs, for people, and in words."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

import fourfold
from fourfold.engine.scenarios import ScenarioError
from fourfold.errors import NotFound
from fourfold.scorecard import FolderError
from fourfold.scorecard.sheet import Shown

AS_OF = "2028-01-15"
DEFINITIONS = """
organisation: {code: bakery, name: "Harbour <Bakery>"}
people: [{code: AL, name: Alice, unit: north}]
units:
  - {code: bakery, name: Harbour Bakery}
  - {code: north, name: North Quay, parent: bakery}
  - {code: south, name: South Pier, parent: bakery}
strategy: {code: rise, name: Rise}
perspectives: [{code: finance, name: Finance, weight: 60}, {code: craft, name: Craft, weight: 40}]
objectives:
  - {code: earn, name: "Earn <our> keep", perspective: finance, owner: AL, kpis: [sales]}
  - {code: bake, name: Bake well, perspective: craft, kpis: [{kpi: waste, role: lead}, {kpi: fresh, role: lead}]}
links: [{source: bake, target: earn, sign: "+", lag: [0, 1], hypothesis: Fresh bread sells.}]
kpis:
  - {code: sales, name: Sales, kind: flow, unit: kg, targets: [{since: 2026-01, value: 105, unit: north, red_line: 90}]}
  - code: waste
    name: Waste
    kind: stock
    polarity: lower_better
    valid_min: 0
    targets: [{since: 2026-01, value: 4, red_line: 9, unit: north}]
  - {code: spare, name: Spare loaves}
  - {code: fresh, name: Fresh today, kind: boolean, targets: [{since: 2026-01, value: 1}]}
"""
MONTHS = [f"{year}-{month:02}" for year in (2026, 2027) for month in range(1, 13)]
#: Two levels with a step after twelve months, so that eight and more stand on one side of the centre.
SALES = [100.0 + 2 * ((7 * i) % 5) - 4 for i in range(12)] + [130.0 + 2 * ((7 * i) % 5) - 4 for i in range(12)]
WASTE = [5.0 + 0.2 * ((5 * i) % 7) for i in range(24)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("bakery")
    (path / "all.yaml").write_text(DEFINITIONS)
    (path / "measurements").mkdir()
    rows = [("sales", "north", m, v) for m, v in zip(MONTHS, SALES, strict=True)]
    rows += [("waste", "north", m, v) for m, v in zip(MONTHS, WASTE, strict=True)]
    rows += [("fresh", "north", m, 1.0) for m in MONTHS[-3:]]
    pl.DataFrame(rows, schema=["kpi", "unit", "period", "value"], orient="row").write_csv(
        path / "measurements" / "figures.csv"
    )
    return path


@pytest.fixture(scope="module")
def card(folder: Path) -> fourfold.Scorecard:
    return fourfold.load(folder)


def row(frame: pl.DataFrame, **where: str) -> dict[str, Any]:
    (found,) = frame.filter(**where).rows(named=True)
    return found


def test_signals_know_the_usual_range_of_the_first_figures_and_what_left_it(card: fourfold.Scorecard) -> None:
    found = row(card.signals(as_of=AS_OF).frame, kpi="sales", unit="north")
    assert (found["period"], found["value"], found["count"]) == ("M:2027-12", SALES[-1], 24.0)
    assert (found["variation"], found["assurance"]) == ("improvement_high", "hit_and_miss")
    assert found["newest_signal"] == "run_8" and found["newest_period"].startswith("M:2027")
    assert found["centre"] == pytest.approx(fmean(SALES[:12]), rel=0.2) and found["upper"] < min(SALES[12:])
    assert "Signal at" in found["sentences"]


def test_each_figure_has_its_limits_and_the_rule_it_belongs_to(card: fourfold.Scorecard) -> None:
    points = card.signals("sales", "north", as_of=AS_OF).points
    numbers = points.filter(pl.col("value").is_not_null())
    assert numbers["value"].to_list() == SALES
    assert numbers["rule"].drop_nulls().len() >= 12 and set(numbers["side"].drop_nulls()) == {"high"}


def test_forecasts_reach_a_year_and_their_intervals_widen(card: fourfold.Scorecard) -> None:
    frame = card.forecasts("waste", "north", as_of=AS_OF).frame
    assert frame["period"].to_list() == [f"M:2028-{month:02}" for month in range(1, 13)]
    assert frame["ahead"].to_list() == list(map(float, range(1, 13)))
    width = (frame["upper80"] - frame["lower80"]).to_list()
    assert width == sorted(width) and width[0] > 0
    assert (frame["lower95"] <= frame["lower80"]).all() and (frame["lower95"] >= 0).all()


def test_what_cannot_be_forecast_says_why(card: fourfold.Scorecard) -> None:
    frame = card.forecasts(as_of=AS_OF).frame
    none = row(frame, kpi="sales", unit="south")
    assert (none["mean"], none["period"]) == (None, None) and "no figures" in none["lack"]
    discrete = frame.filter(kpi="fresh", unit="north")
    assert discrete["lower80"].null_count() == len(discrete) and "yes or no" in discrete["lack"][0]


def test_a_chance_is_the_part_of_the_t_distribution_on_the_wanted_side(card: fourfold.Scorecard) -> None:
    found = row(card.chances(as_of=AS_OF).frame, kpi="waste", unit="north")
    ahead = card.forecasts("waste", "north", as_of=AS_OF).at("waste").forecast
    spread = (ahead.upper80[-1] - ahead.mean[-1]) / _t_quantile(0.9, ahead.degrees)
    assert (found["end"], found["way"], found["low"], found["high"]) == ("M:2028-12", "level", None, 4.0)
    assert found["probability"] == pytest.approx(_t_below((4.0 - ahead.mean[-1]) / spread, ahead.degrees), abs=1e-4)
    assert found["shown"] == max(5.0, 5 * round(found["probability"] * 20))


def _t_below(t: float, degrees: int) -> float:
    """The area under the density up to t, by the rule of rectangles."""
    top = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    scale, step = math.exp(top) / math.sqrt(degrees * math.pi), 1e-3
    count = int(abs(t) / step)
    area = sum((1 + ((i + 0.5) * step) ** 2 / degrees) ** (-(degrees + 1) / 2) for i in range(count)) * step * scale
    return 0.5 + math.copysign(area, t)


def _t_quantile(p: float, degrees: int) -> float:
    low, high = 0.0, 50.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_below(middle, degrees) < p else (low, middle)
    return low


def test_without_a_target_an_interval_or_figures_there_is_no_chance(card: fourfold.Scorecard) -> None:
    frame = card.chances(as_of=AS_OF).frame
    for kpi, unit in (("sales", "bakery"), ("sales", "south"), ("fresh", "north")):
        found = row(frame, kpi=kpi, unit=unit)
        assert {found[name] for name in ("end", "probability", "shown", "word")} == {None}
    assert "no chance to tell" in str(card.chances(as_of=AS_OF).explain("sales", "bakery"))


def test_a_link_without_enough_or_the_wrong_figures_is_said_to_be_so(card: fourfold.Scorecard) -> None:
    found = card.evidence("north", as_of=AS_OF)
    (one,) = found.frame.rows(named=True)
    assert (one["link"], one["n"], one["source"], one["target"]) == ("bake>earn", 24.0, "bake", "earn")
    assert one["sign"] == -1.0  # waste is better when it is lower
    assert one["verdict"] in ("supported", "weak support", "no evidence", "inconclusive", "contradicted")
    early = card.evidence("north", as_of="2027-06-15").frame.row(0, named=True)
    assert (early["verdict"], early["p"], early["q"]) == ("not testable yet", None, None)


def test_the_portfolio_names_gaps_and_what_moves_the_total(card: fourfold.Scorecard) -> None:
    found = card.portfolio("north", "2027-12", as_of=AS_OF)
    frame = found.frame
    assert row(frame, part="coverage", name="without_owner")["value"] == 1.0
    assert row(frame, part="weight", name="sales")["value"] == pytest.approx(0.6)
    score = fourfold.load(card.folder).evaluate(as_of=AS_OF).results  # type: ignore[arg-type]
    own = row(score, node="kpi:sales", unit="north", period="M:2027-12")["score"]
    assert row(frame, part="risk", name="sales")["value"] == pytest.approx(0.6 * min(own, 100.0))
    assert "Objectives without an owner: bake" in str(found)


def test_what_if_answers_in_plain_values(card: fourfold.Scorecard) -> None:
    overlay = {
        "name": "less waste",
        "figures": [{"kpi": "waste", "unit": "north", "period": "2027-12", "value": 4}],
        "weights": {"perspective:craft": 60},
    }
    found = card.what_if(overlay, "north", "2027-12", as_of=AS_OF)
    change = row(found.frame, node="kpi:waste", unit="north", period="M:2027-12")
    assert (change["scenario_score"], change["figures"]) == (100.0, pytest.approx(100.0 - change["base_score"]))
    assert "What if less waste" in str(found) and "Waste" in str(found)
    assert "under “less waste”" in str(found.explain("waste"))


def test_a_target_in_force_is_changed_and_one_with_a_date_is_added(card: fourfold.Scorecard) -> None:
    at = ("north", "2027-12")
    changed = card.what_if({"targets": [{"kpi": "waste", "unit": "north", "value": "6.2"}]}, *at, as_of=AS_OF)
    assert row(changed.frame, node="kpi:waste", unit="north", period="M:2026-01")["change"] > 0
    new = card.what_if(
        {"targets": [{"kpi": "waste", "unit": "north", "since": "2027-12", "value": 6, "red_line": 9}]},
        *at,
        as_of=AS_OF,
    )
    assert row(new.frame, node="kpi:waste", unit="north", period="M:2026-01")["change"] == 0.0
    assert row(new.frame, node="kpi:waste", unit="north", period="M:2027-12")["change"] != 0.0


@pytest.mark.parametrize(
    ("overlay", "error", "said"),
    [
        ({"figure": []}, ScenarioError, 'Did you mean "figures"?'),
        ({"targets": [{"kpi": "wast", "value": 1}]}, NotFound, 'Did you mean "waste"?'),
        ({"targets": [{"kpi": "waste", "value": "much"}]}, ScenarioError, "cannot be read"),
        ({"targets": [{"kpi": "spare", "value": 1}]}, ScenarioError, "no target to change"),
        ({"weights": {"objective:bake": "heavy"}}, ScenarioError, "Give 0 or more"),
        ({"remove": "kpi:wast"}, NotFound, 'Did you mean "kpi:waste"?'),
        ({"figures": [{"kpi": "waste", "unit": "nrth", "period": "2027-12", "value": 1}]}, FolderError, "north"),
    ],
)
def test_a_scenario_with_a_mistake_is_refused_with_what_to_write(
    card: fourfold.Scorecard, overlay: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        card.what_if(overlay, "north", "2027-12", as_of=AS_OF)


def test_proposals_hold_the_level_and_halve_the_way_to_the_best(card: fourfold.Scorecard) -> None:
    found = card.propose_targets("waste", "north", as_of=AS_OF)
    values = {(p.way.value, p.name): p.value for p in found.items}
    assert values["history", "hold"] == pytest.approx(fmean(WASTE))
    assert values["forecast", "stretch"] < values["forecast", "commit"]
    assert 0 < values["half_life", "after 12"] < WASTE[-1]
    assert ("benchmark", "1 year") not in values
    none = card.propose_targets("fresh", "north", as_of=AS_OF)
    assert none.frame.height == 0 and "no way between" in str(none)


def test_a_benchmark_is_the_one_in_force_when_the_target_is_due_and_is_told_with_its_source(tmp_path: Path) -> None:
    peers = "{since: 2028-06, unit: north, kind: benchmark, value: 2, source: Peer median, source_date: 2027-11}"
    older = "{since: 2026-01, unit: north, kind: benchmark, value: 3, source: Peer median, source_date: 2025}"
    target = "{since: 2026-01, value: 4, red_line: 9, unit: north}"
    assert target in DEFINITIONS
    (tmp_path / "all.yaml").write_text(DEFINITIONS.replace(target, f"{target}, {older}, {peers}"))
    table = [{"kpi": "waste", "unit": "north", "period": m, "value": v} for m, v in zip(MONTHS, WASTE, strict=True)]
    found = fourfold.load(tmp_path).with_figures(table).propose_targets("waste", "north", as_of=AS_OF)
    whole = next(p for p in found.items if (p.way.value, p.name) == ("benchmark", "3 years or more"))
    assert whole.value == 2 and whole.because.endswith("to 2 (Peer median, Nov 2027).")


def test_a_year_ahead_is_as_many_periods_as_the_kpi_has(card: fourfold.Scorecard) -> None:
    working = card.propose_targets("waste", "north", as_of=AS_OF).working
    assert working.forecast is not None and working.forecast.period == "M:2028-12"
    assert (working.ahead, working.months) == (12, 12)
    table = [{"kpi": "weekly", "unit": "north", "period": f"2027-W{w:02}", "value": 5 + w % 3} for w in range(1, 53)]
    yaml = DEFINITIONS + "  - {code: weekly, name: Weekly, kind: stock, frequency: week, valid_max: 20}\n"
    with TemporaryDirectory() as path:
        (Path(path) / "all.yaml").write_text(yaml)
        found = fourfold.load(path).with_figures(table).propose_targets("weekly", "north", as_of=AS_OF).working
    assert (found.ahead, found.months) == (13, 3)  # a forecast of weeks reaches a quarter
    assert found.forecast is not None and found.forecast.period == "W:2028-W13"


def test_kpis_of_any_frequency_are_assessed_side_by_side(tmp_path: Path) -> None:
    more = "  - {code: weekly, name: Weekly, kind: stock, frequency: week}\n"
    more += "  - {code: daily, name: Daily, frequency: day}\n"
    (tmp_path / "all.yaml").write_text(DEFINITIONS + more)
    table = [{"kpi": "weekly", "unit": "north", "period": f"2027-W{w:02}", "value": 5 + w % 3} for w in range(1, 53)]
    table += [{"kpi": "daily", "unit": "north", "period": f"2027-12-{day:02}", "value": day} for day in range(1, 32)]
    card = fourfold.load(tmp_path).with_figures(table)
    assert [a.thing for a in card.smart(unit="north", as_of=AS_OF).items] == ["kpi:weekly", "kpi:daily"]
    assert len(card.health(unit="north", as_of=AS_OF).items) == 2


def test_smart_tells_gaps_and_never_guesses(card: fourfold.Scorecard) -> None:
    found = card.smart("waste", "north", as_of=AS_OF)
    points = found.frame.filter(pl.col("points").is_not_null())
    assert points["points"].sum() > 0 and (points["points"] <= points["of"]).all()
    assert found.frame["points"].null_count() > 0
    assert "Not told" in str(found) and "Gaps, the dearest first" in str(found)
    assert len(card.smart(unit="north", as_of=AS_OF).items) == 3
    assert len(card.smart(unit="south", as_of=AS_OF).items) == 0  # no figures, nothing to assess


def test_alignment_has_a_row_for_each_unit_and_share(card: fourfold.Scorecard) -> None:
    frame = card.alignment().frame
    assert frame.height == 3 * 4
    assert row(frame, unit="bakery", share="up")["value"] is None
    assert row(frame, unit="north", share="people") == {
        "unit": "north", "share": "people", "value": 100.0, "counted": 1.0, "of": 1.0, "lacking": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.signals("slaes"),
        lambda c: c.forecasts(unit="nrth"),
        lambda c: c.chances("sales").at("waste"),
        lambda c: c.evidence("nrth"),
        lambda c: c.evidence().explain("bake>ern"),
        lambda c: c.portfolio("nrth"),
        lambda c: c.portfolio("north", "2027-12", as_of=AS_OF).explain("nothing"),
        lambda c: c.propose_targets("slaes"),
        lambda c: c.smart("slaes"),
        lambda c: c.alignment("nrth"),
    ],
)
def test_what_is_not_there_is_not_found_with_a_hint(card: fourfold.Scorecard, ask: Any) -> None:
    with pytest.raises(NotFound) as caught:
        ask(card)
    assert caught.value.hint


def test_other_figures_can_be_asked_about(card: fourfold.Scorecard) -> None:
    table = pl.DataFrame({"kpi": ["waste"] * 24, "unit": ["north"] * 24, "period": MONTHS, "value": [3.0] * 24})
    other = card.with_figures(table)
    assert other.signals("waste", "north", as_of=AS_OF).at("waste").forecast.mean[0] == 3.0
    assert card.signals("waste", "north", as_of=AS_OF).at("waste").forecast.mean[0] > 4.5
    with pytest.raises(FolderError):
        card.with_figures(table.with_columns(kpi=pl.lit("wast")))


def test_what_nobody_asks_is_not_imported(folder: Path) -> None:
    code = f"import fourfold, sys; fourfold.load({str(folder)!r}).check(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "fourfold.scorecard.questions" in loaded
    for part in ("evidence", "forecasts", "portfolio", "scenarios", "workings"):
        assert f"fourfold.engine.{part}" not in loaded


def answers(card: fourfold.Scorecard) -> list[Shown]:
    at = ("north", "2027-12")
    return [
        card.signals(as_of=AS_OF), card.signals("sales", as_of=AS_OF), card.forecasts(unit="north", as_of=AS_OF),
        card.chances(unit="north", as_of=AS_OF), card.evidence("north", as_of=AS_OF), card.portfolio(*at, as_of=AS_OF),
        card.what_if({"weights": {"perspective:craft": 0}}, *at, as_of=AS_OF), card.smart(as_of=AS_OF),
        card.propose_targets("waste", "north", as_of=AS_OF), card.health(as_of=AS_OF), card.alignment(),
    ]  # fmt: skip


def test_every_answer_reads_well_as_text_and_in_a_notebook(card: fourfold.Scorecard) -> None:
    for answer in answers(card):
        text, html = repr(answer), answer._repr_html_()
        assert text == str(answer) and not re.search(r"\b(nan|None|inf)\b", text)
        assert "Bakery>" not in html.replace("&gt;", "") and "<script" not in html and "style=" not in html
        opened: list[str] = []

        class Balance(HTMLParser):
            def handle_starttag(self, tag: str, attrs: Any) -> None:
                opened.append(tag)  # noqa: B023

            def handle_endtag(self, tag: str) -> None:
                assert opened.pop() == tag  # noqa: B023

        Balance().feed(html)
        assert opened == []
        assert answer.frame.width > 2


def test_a_table_with_its_outlook_has_icons_and_the_next_figure(card: fourfold.Scorecard) -> None:
    shown = card.evaluate(as_of=AS_OF).table(unit="north", period="2027-12")
    full = card.with_outlook(shown, as_of=AS_OF)
    sales = next(r for r in full.rows if r.node == "kpi:sales")
    ahead = card.forecasts("sales", "north", as_of=AS_OF).at("sales").forecast.mean[0]
    assert (sales.signal, sales.forecast) == ("H+ ?", f"{ahead:,.1f}")
    assert [r.signal for r in full.rows if r.depth < 3] == [""] * 5
    assert "Signal" in str(full) and "Signal" not in str(shown)
    earlier = card.evaluate(as_of=AS_OF).table(unit="north", period="2026-12")
    then = next(r for r in card.with_outlook(earlier, as_of=AS_OF).rows if r.node == "kpi:sales")
    assert then.signal == "∿  ?"


def test_a_week_ahead_does_not_stand_beside_the_figure_of_a_month() -> None:
    """Sales are weekly here, and the table is of a period of four or five weeks."""
    marram = fourfold.load(Path(__file__).parents[2] / "examples" / "marram_stores")
    at = "2026-11-20"
    evaluated = marram.evaluate(as_of=at)
    rows = {r.node: r for r in marram.with_outlook(evaluated.table(), as_of=at).rows}
    assert (rows["kpi:sales"].signal, rows["kpi:sales"].forecast) == ("", "")
    assert rows["kpi:margin"].forecast
    for view, has_forecast in (("week", True), ("ytd", False)):
        table = marram.evaluate(as_of=at, view=view).table()
        sales = next(r for r in marram.with_outlook(table, as_of=at, view=view).rows if r.node == "kpi:sales")
        assert bool(sales.forecast) is has_forecast, view
