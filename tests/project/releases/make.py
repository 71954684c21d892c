"""Make the data of this version that later versions are tried with: `python tests/project/releases/make.py`.

Run it once for each release, with that release checked out; it writes `VERSION_sqlite.backup` and, on a PostgreSQL
server given in DATABASE_URL, `VERSION_postgresql.backup`. Data of before are never made again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import fourfold
from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery

#: Ugly on purpose: corrections, a zero, ratios, provisional figures, long and foreign texts.
FIGURES = """kpi,unit,period,value,numerator,denominator,comment
sales,north,2026-01,900,,,
sales,north,2026-02,0,,,a zero that is one
sales,north,2026-03,700.10,,,
sales,south,2026-01,99999999999999.99,,,as large as they come
sales,south,2026-02,0.01,,,
costs,north,2026-01,700,,,
costs,south,2026-01,900,,,
on_time,north,2026-03,,90,100,
on_time,south,2026-03,,0,100,
staff,north,2026-04,4,,,"Zoë \u202eOlé 🥖 {{ x }} <b>'"";--"
"""
CORRECTED = "kpi,unit,period,value\nsales,north,2026-01,901\n"


def main() -> None:
    """Load, correct, back up."""
    url = os.environ.get("DATABASE_URL", "")
    engine = "postgresql" if url.startswith("postgres") else "sqlite"
    target = Path(__file__).parent / f"{fourfold.__version__}_{engine}.backup"
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"FOURFOLD_DATA": folder}
        scorecard = Path(folder) / "bakery"
        (scorecard / "measurements").mkdir(parents=True)
        for name, text in write(bakery()).items():
            (scorecard / name).write_text(text, encoding="utf-8")
        for figures in (FIGURES, CORRECTED):
            (scorecard / "measurements" / "figures.csv").write_text(figures, encoding="utf-8")
            subprocess.run([sys.executable, "-m", "fourfold", "load", str(scorecard)], env=environment, check=True)
        subprocess.run([sys.executable, "-m", "fourfold", "backup", str(target)], env=environment, check=True)


if __name__ == "__main__":
    main()
