"""Small tables of predictions whose positions can be worked out by hand."""

import pandas as pd
import pytest

from stance.labels import LABELS


def predictions(rows, sure=1.0, **more):
    """Each row is (holder, term, label), and may go on with a date and a text."""
    cells = []
    for number, (holder, term, label, *rest) in enumerate(rows):
        shares = {
            f"p_{name}": sure if name == label else (1 - sure) / (len(LABELS) - 1)
            for name in LABELS
        }
        date, text = [*rest, None, None][:2]
        cells.append(
            {
                "statement": f"s{number}",
                "term": term,
                "label": label,
                **shares,
                "holder": holder,
                "date": date,
                "text": text or f"statement {number}",
            }
        )
    return pd.DataFrame(cells).assign(**more)


@pytest.fixture(scope="session")
def table_of():
    return predictions


@pytest.fixture
def hostile():
    """Three holders and two terms, with all that a file can trip over."""
    rows = [
        *[("=cmd()|a", "truce", "favor", f"2026-01-0{day}", "=1+1") for day in (1, 2, 3, 4)],
        *[("b\x1b[31m", "truce", "against", "2026-02-01", "no\u202eway") for _ in range(4)],
        *[("c", "truce", "conditional", None, "Yes, if they leave.") for _ in range(4)],
        *[("c", "@vote", "neutral", "2026-03-01", "x" * 40_000) for _ in range(3)],
    ]
    return predictions(rows)
