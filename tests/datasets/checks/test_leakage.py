from stance.datasets.checks import leakage
from stance.datasets.checks.results import Finding, Measure
from stance.datasets.source import read_source


def messages(results):
    return [item.message for item in results if isinstance(item, Finding)]


def test_sound_splits_raise_no_alarm(source_of, rows):
    source = source_of(rows)
    assert [*leakage.shared_texts(source), *leakage.held_out(source)] == []
    (measure,) = leakage.grid(source)
    assert measure.value == 0


def test_a_text_in_two_splits_is_found_even_between_twins(source_of, rows):
    rows[4] |= {"text": rows[0]["text"], "side": "hills", "twin_of": "s1"}
    (message,) = messages(leakage.shared_texts(source_of(rows)))
    assert "statement 's5' in 'test' and 's1' in 'train' have the same text" in message
    assert message.endswith("put both into one split")


def test_a_near_duplicate_in_another_split_is_found(source_of, rows):
    rows[4]["text"] = "We accept the truce from midnight on."
    (message,) = messages(leakage.shared_texts(source_of(rows)))
    assert "have nearly the same text (0." in message


def test_a_statement_of_a_table_in_two_splits_is_found(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("id,text,term,label,split\na,We sign.,A,favor,train\na,We sign.,B,favor,test\n")
    (message,) = messages(leakage.shared_texts(read_source(path)))
    assert "statement 'a' in 'test' and 'a' in 'train'" in message


def test_an_unseen_term_or_conflict_in_a_taught_split_is_found(source_of, rows):
    rows[0]["pairs"].append({"term": "exit", "label": "unrelated"})
    rows[1]["pairs"].append({"term": "quota", "label": "unrelated"})
    found = messages(leakage.held_out(source_of(rows)))
    assert found[0].startswith("the term 'exit' of test_unseen_terms has 1 pairs in splits that")
    assert found[1].startswith("the conflict 'coast' of test_unseen_conflicts has 1 pairs in")


def test_an_unseen_term_may_stand_in_another_test_split(source_of, rows):
    rows[4]["pairs"].append({"term": "exit", "label": "unrelated"})
    assert messages(leakage.held_out(source_of(rows))) == []


def test_a_missing_cell_of_the_grid_is_found(source_of, rows):
    del rows[5]["pairs"][0]
    (measure,) = leakage.grid(source_of(rows))
    assert isinstance(measure, Measure)
    assert measure.finding().message == (
        "share of cells of test_grid without a pair is 0.5, above the limit of 0.01 (s6:truce)"
    )


def test_a_held_out_term_or_another_conflicts_term_in_the_grid_is_found(source_of, rows):
    rows[5]["pairs"] += [{"term": "exit", "label": "unrelated"},
                         {"term": "quota", "label": "unrelated"}]  # fmt: skip
    found = messages(leakage.grid(source_of(rows)))
    assert (
        "statement 's6' is paired with 'exit', which is held out or belongs to another" in found[0]
    )
    assert "'quota'" in found[1]


def test_without_a_grid_split_there_is_nothing_to_check(source_of, rows):
    del rows[5]
    assert list(leakage.grid(source_of(rows))) == []
