"""Figures that come faster than what follows from them is made: none is lost or doubled, and in the end all is made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.writing import PERIODS, lost_or_double, served
from tests.project.installations import installations

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Outlooks of units whose newest one is older than the results that it is about.
BEHIND = """
    SELECT o.unit_id FROM records_outlook o JOIN records_kpi k ON k.id = o.kpi_id
    GROUP BY o.unit_id, k.code HAVING max(o.input_version) < (
        SELECT max(r.input_version) FROM records_result r
        WHERE r.unit_id = o.unit_id AND r.view = 'month' AND r.node = 'kpi:' || k.code)"""


def test_outlooks_of_figures_that_come_at_once_are_all_made_before_the_server_ends(tmp_path: Path) -> None:
    with installations(tmp_path) as make:
        made = make("many")
        with served(made, tmp_path) as writer, ThreadPoolExecutor(8) as programs:
            assert set(programs.map(writer.send, PERIODS)) == {201}
        assert not lost_or_double(made, list(PERIODS)), connection.vendor
        assert made.sql("SELECT count(*) FROM records_outlook")[0][0] > 0
        assert made.sql(BEHIND) == []
        looked = made.run("verify")
        assert looked.returncode == 0, looked.stdout
