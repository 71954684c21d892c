"""How wide an interval must be to hold what it promises (methodology §6.4).

An interval is `f_h ± t·s·1.10·h^γ`: the series' own scale `s`, widened with the horizon as measured on public series.
An installation with a track record replaces the measured factor by its own (`recalibration.recalibrate`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats, Numbers
from fourfold.engine.periods import Frequency
from fourfold.engine.student_t import t_quantile

#: From so many figures on a monthly scale is known well enough for one more degree of freedom.
LONG: Final = 24


@dataclass(frozen=True, slots=True)
class Calibration:
    """How errors grow: by `h^gamma` for the figure of one period, by `h^kappa` for the sum up to it.

    From 24 figures on `long_gamma` and `long_degrees` hold, where they are given. `own` has, for some levels such as
    0.8, the half width in scales for each horizon from 1 on, NaN where an installation knows too little: there the
    factors hold.
    """

    name: str
    gamma: float
    kappa: float
    long_degrees: int = 3  # of freedom, from 24 figures on; 3 below
    inflation: float = 1.10
    own: tuple[tuple[float, tuple[float, ...]], ...] = ()
    long_gamma: float | None = None

    def degrees(self, count: int) -> int:
        """Degrees of freedom for so many figures."""
        return self.long_degrees if count >= LONG else 3

    def spread(self, h: Numbers, count: int) -> Floats:
        """What the scale is multiplied with for the t distribution of the figure `h` periods ahead."""
        ahead = np.asarray(h, dtype=np.float64)
        own = self._own(0.8, ahead) / t_quantile(0.9, self.degrees(count))
        gamma = self.gamma if self.long_gamma is None or count < LONG else self.long_gamma
        return np.where(np.isfinite(own), own, self.inflation * ahead**gamma)

    def cumulative_spread(self, h: Numbers) -> Floats:
        """What the scale is multiplied with for the sum of the next `h` figures."""
        return np.asarray(self.inflation * np.asarray(h, dtype=np.float64) ** self.kappa)

    def half_width(self, level: float, h: Numbers, count: int) -> Floats:
        """Half the width of an interval that holds a share `level` of outcomes, in scales.

        >>> MONTHLY.half_width(0.8, np.array([1, 12]), 30).round(2).tolist()
        [1.69, 4.02]
        """
        own = self._own(level, np.asarray(h, dtype=np.float64))
        usual = t_quantile((1.0 + level) / 2.0, self.degrees(count)) * self.spread(h, count)
        return np.where(np.isfinite(own), own, usual)

    def _own(self, level: float, h: Floats) -> Floats:
        """The half widths an installation has measured, NaN where it has not."""
        widths = np.array([*dict(self.own).get(level, ()), np.nan])
        return np.asarray(widths[np.minimum(h, len(widths)).astype(np.intp) - 1])


#: Calibrated on M3, checked on M1.
MONTHLY: Final = Calibration("monthly", gamma=0.35, kappa=1.17, long_degrees=4)
#: From 24 quarters on errors grow as those of a random walk do: the method's 0.60 held 91 and 98 % on M3.
QUARTERLY: Final = Calibration("quarterly", gamma=0.60, kappa=1.30, long_degrees=4, long_gamma=0.50)
#: The method's quarterly factors: on the yearly series of M3, and on 1,000 of M4, they hold 83 and 97 % (the monthly
#: ones 73 to 74 and 91 %).
YEARLY: Final = replace(QUARTERLY, name="yearly", long_degrees=3, long_gamma=None)
UNCALIBRATED: Final = replace(MONTHLY, name="uncalibrated")

_BY_FREQUENCY: Final = {
    Frequency.MONTH: MONTHLY,
    Frequency.QUARTER: QUARTERLY,
    Frequency.YEAR: YEARLY,
}


def calibration_for(frequency: Frequency) -> Calibration:
    """The calibration of a frequency; days, weeks and halves take the monthly factors and are called uncalibrated."""
    return _BY_FREQUENCY.get(frequency, UNCALIBRATED)
