"""The study of added words and its README say the same."""

import json
from pathlib import Path

STUDY = Path(__file__).parents[2] / "experiments" / "robustness"


def test_the_readme_gives_the_figures_of_the_results():
    results = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
    readme = (STUDY / "README.md").read_text(encoding="utf-8")
    assert f"`{results['command']}`" in readme
    for row in results["flipped"].values():
        shares = row["share_flipped_and_answered_by_words"]
        assert len(shares) == 5
        assert f"| {' | '.join(f'{share:.3f}' for share in shares)} |" in readme


def test_the_more_a_model_abstains_the_fewer_labels_are_flipped():
    results = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
    last = [row["share_flipped_and_answered_by_words"][-1] for row in results["flipped"].values()]
    assert last == sorted(last, reverse=True)
