import io

from rich.console import Console

from stance.datasets.terminal import agreement_tables


def test_the_tables_hold_pairs_of_readers_and_alphas():
    pair = {"one": "[red]ann", "other": "bob\x1b", "items": 1200, "agreed": 0.5, "alpha": None}
    found = {"pairwise": [pair], "alpha": 0.8125, "labels": {"favor": None}}
    console = Console(file=io.StringIO(), width=120)
    for table in agreement_tables(found):
        console.print(table)
    text = console.file.getvalue()
    row = next(line for line in text.splitlines() if "[red]ann" in line)
    assert row.split() == ["[red]ann", r"bob\x1b", "1,200", "0.500", "–"]
    assert "0.812" in text
    assert "favor against the rest" in text
