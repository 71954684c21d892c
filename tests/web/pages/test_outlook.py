"""Usual range, unusual points, forecast and chance on the pages of a KPI and of the scorecard; confirming a step."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fourfold.actions.evaluate_outlooks import evaluate_outlooks
from fourfold.actions.record_measurement import record_measurement
from fourfold.records.models import Event, Kpi, Outlook, Step
from fourfold.testing.bakery import BAKERY, bakery
from tests.web.conftest import MILL, MOMENT, load, signed_in

#: §5.7, the worked example, as percentages up to April 2026: the figures have moved since September 2025.
MOVED = [52, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61]
SINCE = "M:2025-09"
SENT = {"since": SINCE, "cause": "process", "note": "Bread is baked twice a day.", "lasts": "yes"}


def csv(values: list[int], unit: str = "north") -> str:
    first = 2026 * 12 + 3 - len(values) + 1
    periods = [f"{n // 12}-{n % 12 + 1:02}" for n in range(first, first + len(values))]
    return "".join(f"on_time,{unit},{p},,{v},100\n" for p, v in zip(periods, values, strict=True))


def opened(folder: Path, values: list[int], **changes: Any) -> None:
    targets = [target for target in BAKERY["targets"] if target["kpi"] != "on_time"]
    targets += [{"kpi": "on_time", "since": "M:2024-01", "value": "55", "red_line": "45"}]
    head = "kpi,unit,period,value,numerator,denominator\n"
    load(folder / "mill", bakery(**MILL), "kpi,unit,period,value\nflour,mill,2026-04,9\n")
    load(folder / "bakery", bakery(targets=targets, **changes), head + csv(values) + csv(values[-3:], "south"))


@pytest.fixture
def shop(db: None, tmp_path: Path) -> None:
    opened(tmp_path, MOVED)


def kpi_path(tail: str = "") -> str:
    return f"/kpi/{Kpi.objects.get(code='on_time').pk}-x/{tail}"


def text_of(response: Any) -> str:
    return str(response.content.decode())


def part(page: str, start: str, end: str = "</section>") -> str:
    return page[page.index(start) :].split(end)[0]


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def wide(page: str) -> str:
    return part(page, '<div class="chart-w">', "</svg>")


def test_the_trend_shows_the_usual_range_unusual_points_and_the_fan(shop: None) -> None:
    page = text_of(signed_in("bob").get(kpi_path()))
    drawn = wide(page)
    assert "Usual range 39.0%–62.2%" in drawn  # §5.7: 38.98 to 62.19
    assert drawn.count('class="spc"') == 8  # the run of 8
    assert [drawn.count(f'class="{cls}"') for cls in ("npl", "cl", "f95", "f80", "f50", "fm")] == [1] * 6
    legend = words(part(page, "<figcaption", "</figcaption>"))
    assert all(name in legend for name in ("Usual range", "Unusual point", "Forecast, 50 / 80 / 95% likely"))
    assert "<h2>Trend and forecast</h2>" in page


def test_the_chance_stands_beside_the_heading(shop: None) -> None:
    page = text_of(signed_in("bob").get(kpi_path()))
    said = re.search(r"[Ll]ikely: (\d+)% chance of reaching 55\.0% by March\.", page)
    assert said and int(said.group(1)) % 5 == 0


def test_signals_are_told_in_words(shop: None) -> None:
    said = words(part(text_of(signed_in("bob").get(kpi_path())), 'id="signals"'))
    assert "Getting better, single periods still depend on luck" in said
    assert "Signal at Apr 2026: 8 figures in a row above the centre, since Sep 2025." in said
    assert "the figures lie around 58.2%, 2 sigma above the centre." in said
    assert "If you know what changed and it will last, begin new limits there: 52.2% to 64.3%." in said


def test_a_past_period_is_shown_without_what_came_later(shop: None) -> None:
    page = text_of(signed_in("bob").get(kpi_path("?p=2026-03")))
    assert wide(page).count('class="spc"') == 0, "the eighth figure had not come"
    assert "Signal at" not in part(page, 'id="signals"')
    assert "by March" in page, "the year that began in April"


@pytest.mark.parametrize("count", [5, 8, 11])
def test_under_12_figures_there_are_no_limits_and_the_page_says_so(db: None, tmp_path: Path, count: int) -> None:
    opened(tmp_path, MOVED[:count])
    page = text_of(signed_in("bob").get(kpi_path()))
    assert 'class="npl"' not in page and 'class="spc"' not in page
    said = words(part(page, 'id="signals"'))
    few = "5 figures: too few points for a usual range; it takes 6 for trial limits, 12 for signals."
    assert (few if count == 5 else f"Trial limits from {count} figures") in said


def test_sums_and_means_of_months_have_no_usual_range(shop: None) -> None:
    page = text_of(signed_in("bob").get(kpi_path("?by=quarter")))
    assert 'class="npl"' not in page and 'class="f95"' not in page
    assert "Signal at Apr 2026" in page, "the signals are those of the months"


def test_an_outlook_that_is_older_than_its_figures_is_made_anew(shop: None) -> None:
    row = Outlook.objects.filter(kpi__code="on_time", unit__code="north").order_by("-pk")[0]
    record_measurement(
        by=None, organisation="bakery", kpi="on_time", unit="north", period="2026-04", numerator=20, denominator=100,
        at=MOMENT,
    )  # fmt: skip
    assert Outlook.objects.filter(kpi__code="on_time", unit__code="north").order_by("-pk")[0] == row
    page = text_of(signed_in("bob").get(kpi_path()))
    assert "Signal at Apr 2026: below the lower limit." in page


def test_an_entered_figure_leaves_a_new_outlook(shop: None) -> None:
    before = Outlook.objects.count()
    sent = {"period": "M:2026-04", "numerator": "20", "denominator": "100", "reason": "The oven was cold for a week."}
    assert signed_in("bob").post(kpi_path("figures/"), sent).status_code == 302
    assert Outlook.objects.count() == before + 2  # of the shop and of the whole


def test_forecasts_are_tried_on_the_past_until_enough_were_kept(shop: None) -> None:
    said = words(part(text_of(signed_in("bob").get(kpi_path())), 'id="signals"'))
    assert re.search(r"Tried on the past: \d+ of the last 12 figures came within the 80% range of a forecast", said)


def test_the_track_record_counts_forecasts_that_were_kept_in_time(db: None, tmp_path: Path) -> None:
    opened(tmp_path, MOVED[:12])  # up to April 2026
    for month, value in ((5, 50), (6, 51), (7, 99), (8, 52), (9, 50), (10, 49), (11, 53)):
        at = datetime(2026, month + 1, 10, 12, tzinfo=UTC)
        place = {"kpi": "on_time", "unit": "north"}
        record_measurement(
            by=None, organisation="bakery", **place, period=f"2026-{month:02}", numerator=value, denominator=100, at=at
        )
        evaluate_outlooks(by=None, organisation="bakery", **place, as_of=at)
    said = words(part(text_of(signed_in("bob").get(kpi_path("?p=2026-11"))), 'id="signals"'))
    assert "Of the last 7 forecasts one month ahead, 6 came within the 80% range." in said


def test_the_scorecard_marks_unusual_figures_and_shows_the_forecast(shop: None) -> None:
    page = text_of(signed_in("bob").get("/s/north/scorecard/"))
    assert "March forecast" in page
    row = part(page, "Orders on time", "</tr>")
    assert 'aria-label="Unusual: improvement, high"' in row
    assert re.search(r'<td class="c-ah"><span class="st fc"><svg[^>]*aria-label="On target"', row)


def test_the_scorecard_of_an_earlier_month_shows_no_later_forecast(shop: None) -> None:
    page = text_of(signed_in("bob").get("/s/north/scorecard/?p=2026-02"))
    assert "forecast" not in page and "Unusual" not in page


def test_the_form_suggests_what_the_figures_suggest(shop: None) -> None:
    page = text_of(signed_in("bob").get(kpi_path("steps/")))
    assert f'<option value="{SINCE}" selected>Sep 2025</option>' in page
    assert "Since Sep 2025 the figures lie around 58.2%, above the centre of the usual range." in words(page)


def test_bob_confirms_a_step_and_the_page_begins_anew(shop: None) -> None:
    bob = signed_in("bob")
    response = bob.post(kpi_path("steps/"), SENT)
    assert response.status_code == 302 and response["Location"].endswith("#signals")
    page = text_of(bob.get(response["Location"].partition("#")[0]))
    assert "Confirmed: the usual range begins anew in Sep 2025." in page
    said = words(part(page, 'id="signals"'))
    assert "Trial limits from 8 figures: 52.2% to 64.3%." in said
    assert "Confirmed: since Sep 2025 the work is done differently. Bread is baked twice a day. (Bob Baker," in said
    assert wide(page).count('class="npl"') == 1, "the old limits stay, up to the step"
    assert Event.objects.filter(action="step.confirm").count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"cause": ""}, "cause", "Say what changed"),
        ({"lasts": ""}, "lasts", "expected to last"),
        ({"since": "M:2026-02"}, "since", "fewer than 8 figures"),
        ({"since": ""}, "since", "no period"),
    ],
)
def test_what_speaks_against_a_step_stands_beside_its_field(
    shop: None, changes: dict[str, str], field: str, said: str
) -> None:
    response = signed_in("bob").post(kpi_path("steps/"), SENT | changes)
    assert response.status_code == 422
    assert said in part(text_of(response), f'id="e-{field}"', "</p>")
    assert "Bread is baked twice a day." in text_of(response), "what was typed stays"
    assert not Step.objects.exists()


def test_who_may_not_enter_figures_may_not_confirm_a_step(db: None, tmp_path: Path) -> None:
    people = [p | {"role": "viewer"} if p["code"] == "bob" else p for p in BAKERY["people"]]
    opened(tmp_path, MOVED, people=people)
    bob = signed_in("bob")
    assert bob.get(kpi_path("steps/")).status_code == bob.post(kpi_path("steps/"), SENT).status_code == 403
    assert "Begin the usual range anew" not in text_of(bob.get(kpi_path()))


def test_for_charlie_there_is_no_step_to_confirm(shop: None) -> None:
    charlie = signed_in("charlie")
    for path in (kpi_path("steps/"), kpi_path("steps/?u=north"), kpi_path()):
        assert charlie.get(path).status_code == 404
    assert charlie.post(kpi_path("steps/"), SENT).status_code == 404
    assert charlie.post(kpi_path("steps/?u=north"), SENT).status_code == 404
    assert not Step.objects.exists()


def test_bob_confirms_nothing_for_the_other_shop(shop: None) -> None:
    assert signed_in("bob").post(kpi_path("steps/?u=south"), SENT).status_code == 404


def test_events_too_rare_for_a_chart_of_counts_are_drawn_by_the_days_between_them(db: None, tmp_path: Path) -> None:
    fires = {"code": "fires", "name": "Fires", "polarity": "lower_better", "decimals": 0}
    months = [(2021 + n // 12, n % 12 + 1) for n in range(64)]  # up to April 2026: a fire in every fifth month
    rows = "".join(f"fires,{u},{y}-{m:02},{int(n % 5 == 3)}\n" for u in ("north", "south")
                   for n, (y, m) in enumerate(months))  # fmt: skip
    load(tmp_path / "mill", bakery(**MILL), "kpi,unit,period,value\nflour,mill,2026-04,9\n")
    load(tmp_path / "bakery", bakery(kpis=[*BAKERY["kpis"], fires]), "kpi,unit,period,value\n" + rows)
    page = text_of(signed_in("bob").get(f"/kpi/{Kpi.objects.get(code='fires').pk}-x/"))
    said = part(page, 'id="signals"')
    assert "the days from one event to the next" in words(said)
    assert "From one event to the next it usually takes" in words(said)
    assert "Days from one event to the next, by the period it ended in" in words(said)
    assert ['id="between-t"' in said, 'id="between-n-t"' in said] == [True, True]
    assert said.count('class="npl"') == 3 and 'class="npl"' not in wide(page), "two drawings and the legend"
