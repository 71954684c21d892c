"""The library's façade: a scorecard folder and a table of figures in, results as tables and explanations out.

```python
import fourfold
scorecard = fourfold.load("examples/calder_vale")
results = scorecard.evaluate()                  # or .evaluate(my_frame): Polars, pandas or Arrow
results.results                                 # one row per node, unit and period (Polars)
print(results.explain("ed_4h", unit="group", period="2026-10"))
print(results.explain_change("scorecard", since="2026-09", period="2026-10"))
scorecard.signals("ed_4h")                      # and .forecasts, .chances, .evidence, .portfolio, .smart, .health …
scorecard.what_if({"weights": {"objective:no-harm": 4}})
```
Nothing here needs a server, a database or Django.
"""

from fourfold.scorecard.card import Scorecard
from fourfold.scorecard.evaluated import Evaluated
from fourfold.scorecard.explanation import ChangeExplanation, Explanation, WorkingExplanation, replay
from fourfold.scorecard.findings import FolderError
from fourfold.scorecard.folder import Sources, check, evaluate, explain, load, read

__all__ = [
    "ChangeExplanation", "Evaluated", "Explanation", "FolderError", "Scorecard", "Sources", "WorkingExplanation",
    "check", "evaluate", "explain", "load", "read", "replay",
]  # fmt: skip
