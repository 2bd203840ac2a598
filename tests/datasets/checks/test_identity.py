import pytest

from stance.datasets.checks import identity
from stance.datasets.source import read_source


def messages(findings):
    return [finding.message for finding in findings]


def all_of(source):
    checks = (identity.ids, identity.same_texts, identity.similar_texts, identity.twins,
              identity.contradictions)  # fmt: skip
    return [finding for check in checks for finding in check(source)]


def test_sound_statements_raise_no_alarm(source_of, rows):
    assert all_of(source_of(rows)) == []


def test_an_id_that_two_lines_share_is_found_with_both_places(source_of, rows):
    rows[4]["id"] = "s2"
    (message,) = messages(identity.ids(source_of(rows)))
    assert "statements.jsonl:5: the id 's2' is taken by " in message
    assert message.endswith("statements.jsonl:2")


def test_a_term_that_a_statement_has_twice_is_found(source_of, rows):
    rows[0]["pairs"].append(dict(rows[0]["pairs"][0]))
    (message,) = messages(identity.ids(source_of(rows)))
    assert "statements.jsonl:1: statement 's1' has 2 pairs with the term 'truce'" in message


def test_an_id_of_a_table_names_one_text(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text(
        "id,text,term,label,split\na,We sign.,A,favor,train\na,We sign.,B,favor,test\n"
        "a,We stay.,A,favor,train\n"
    )
    (message,) = messages(identity.ids(read_source(path)))
    assert "row 4: the id 'a' is taken by " in message


def test_a_repeated_text_is_found_however_it_is_typed(source_of, rows):
    rows[4]["text"] = "WE accept  the truce from\u200b midnight."
    (message,) = messages(identity.same_texts(source_of(rows)))
    assert "statement 's5' has the text of 's1'" in message
    assert message.endswith("; give twin_of if that is meant")


def test_a_declared_twin_is_no_duplicate_but_a_third_copy_is(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "side": "hills", "twin_of": "s1"}
    assert all_of(source_of(rows)) == []


def test_a_third_copy_beside_twins_is_found(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "side": "hills", "twin_of": "s1"}
    rows[2] |= {"text": rows[0]["text"], "side": "coast"}
    (message,) = messages(identity.same_texts(source_of(rows)))
    assert "statement 's3' has the text of 's1'" in message


def test_in_a_table_another_side_makes_a_twin_and_the_same_speaker_a_duplicate(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text(
        "id,text,side,term,label\na,We stay here.,north,A,favor\nb,We stay here.,south,A,against\n"
    )
    assert all_of(read_source(path)) == []
    path.write_text(
        "id,text,side,term,label\na,We stay here.,north,A,favor\nb,We stay here.,north,B,against\n"
    )
    (message,) = messages(identity.same_texts(read_source(path)))
    assert "statement 'b' has the text of 'a'" in message
    assert "twin_of" not in message


def test_nearly_the_same_texts_are_found_with_their_similarity(source_of, rows):
    rows[4]["text"] = "We accept the truce from midnight on."
    (message,) = messages(identity.similar_texts(source_of(rows)))
    assert "statement 's5' is nearly the same as 's1'" in message
    assert "above the limit of 0.6" in message


def test_a_twin_must_exist_have_the_text_and_another_speaker(source_of, rows):
    rows[0]["twin_of"] = "s99"
    rows[1]["twin_of"] = "s3"
    rows[3] |= {"twin_of": "s5", "text": rows[4]["text"]}
    found = messages(identity.twins(source_of(rows)))
    assert "names 's99', which is not in the dataset" in found[0]
    assert "field twin_of: statement 's2' names 's3', whose text is another" in found[1]
    assert "names 's5', which has the same holder and side" in found[2]


def test_one_text_and_side_with_two_labels_for_a_term_is_found(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "twin_of": "s1"}
    (message,) = messages(identity.contradictions(source_of(rows)))
    assert "'s2' labels the term 'truce' against, and 's1' (" in message
    assert message.endswith("labels it favor, with the same text and side")


def test_twins_may_differ_where_side_or_holder_does(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "side": "hills"}
    assert messages(identity.contradictions(source_of(rows))) == []


@pytest.mark.parametrize(("holder", "found"), [("ferryman", 0), ("mayor", 1)])
def test_speakers_without_sides_are_told_apart_by_holder(source_of, rows, holder, found):
    for row, name in zip(rows[:2], ("mayor", holder), strict=True):
        row |= {"text": rows[0]["text"], "side": "", "holder": name}
    assert len(messages(identity.contradictions(source_of(rows)))) == found


def test_declared_twins_of_one_side_may_differ_by_holder(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "holder": "ferryman", "twin_of": "s1"}
    assert all_of(source_of(rows)) == []


def test_in_a_table_the_row_of_each_pair_is_named(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text(
        "text,term,label\nWe sign.,A,favor\nWe sign.,B,favor\nWe sign.,B,against\n"
        "We stay here.,A,favor\nWe stay here.,A,favor\n"
    )
    source = read_source(path)
    repeated, again = messages(identity.ids(source))
    assert repeated.startswith(f"{path}, row 4: statement ")
    assert again.startswith(f"{path}, row 6: statement ")
    assert again.endswith("has 2 pairs with the term 'a'")
    (against,) = messages(identity.contradictions(source))
    assert against.startswith(f"{path}, row 4: ")
    assert f"labels the term 'b' against, and '{source.statements[0].id}' ({path}, row 3)" in (
        against
    )
