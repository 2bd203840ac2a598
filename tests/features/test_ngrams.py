import numpy as np
import pandas as pd
import pytest

from stance.features import HolderWords, MarkedNgrams, StatementNgrams
from stance.features.cues import cue_sequence
from stance.features.lexicon import analyse, lexicon
from stance.features.ngrams import marked_ngrams

TROOPS = ("Troops withdraw", "", ("troop withdrawal",), ("troops stay",))
PRISONERS = ("Prisoners return", "", ("release of prisoners",), ("prisoners kept",))


def _pairs(*rows, holder="", side=""):
    return pd.DataFrame(
        [
            {
                "text": text,
                "holder": holder,
                "side": side,
                "term_name": name,
                "term_description": description,
                "term_aliases": aliases,
                "term_opposites": opposites,
            }
            for text, (name, description, aliases, opposites) in rows
        ]
    )


def test_what_is_said_of_one_term_reads_the_same_as_of_another():
    pairs = _pairs(
        ("We will never accept a withdrawal.", TROOPS),
        ("We will never accept a release.", PRISONERS),
        ("We will never accept a release.", TROOPS),
    )
    block = MarkedNgrams(min_df=1).fit(pairs)
    of_term, of_other, without_mark = block.transform(pairs).toarray()
    assert np.allclose(of_term, of_other)
    assert not np.allclose(of_term, without_mark)
    assert of_term @ without_mark == pytest.approx(0)


def test_an_alias_and_an_opposite_leave_different_marks():
    pro = marked_ngrams(analyse("we want them to withdraw"), lexicon(*TROOPS), window=2)
    con = marked_ngrams(analyse("we want them to stay"), lexicon(*TROOPS), window=2)
    assert any("‹P›" in gram for gram in pro)
    assert any("‹C›" in gram for gram in con)
    assert not set(pro) & set(con)


def test_a_proper_name_is_no_mark_of_its_own():
    term = lexicon("Troops leave Toran", "", ("withdrawal from Toran",), ())
    assert marked_ngrams(analyse("we love Toran"), term, window=2) == ["‹none›"]
    grams = marked_ngrams(analyse("Toran wants withdrawal"), term, window=2)
    assert "‹N› want ‹P›" in grams  # whichever the name is
    assert all("‹P›" in gram for gram in grams)


def test_cues_are_ordered_around_the_clause_and_not_around_names():
    term = lexicon("Troops leave Toran", "", ("withdrawal from Toran",), ())
    assert cue_sequence(analyse("Toran will not accept it"), term) == [("REFUSE",)]
    marked = cue_sequence(analyse("Toran will not accept a withdrawal"), term)
    assert marked == [("REFUSE",), ("END", "‹P›")]


def test_a_text_cannot_forge_a_mark():
    forged = marked_ngrams(analyse("‹P› ‹none› we ‹P› sign"), lexicon(*TROOPS), window=5)
    plain = marked_ngrams(analyse("P none we P sign"), lexicon(*TROOPS), window=5)
    assert forged == plain == ["‹none›"]


def test_a_wider_window_sees_more():
    said, term = analyse("never before did we think of withdrawal"), lexicon(*TROOPS)
    narrow, wide = (set(marked_ngrams(said, term, window)) for window in (1, 9))
    assert narrow < wide
    assert any("never" in gram for gram in wide - narrow)


def test_statement_ngrams_do_not_see_the_term():
    pairs = _pairs(("We sign the treaty.", TROOPS), ("We sign the treaty.", PRISONERS))
    one, other = StatementNgrams(min_df=1).fit_transform(pairs).toarray()
    assert np.array_equal(one, other)


@pytest.mark.parametrize(("longest", "expected"), [(1, 3), (2, 5), (3, 6)])
def test_ngrams_up_to_a_length(longest, expected):
    block = StatementNgrams(max_n=longest, min_df=1)
    assert block.fit_transform(_pairs(("We sign treaties", TROOPS))).shape == (1, expected)


def test_rare_ngrams_are_left_out_by_texts_and_not_by_rows():
    rows = [("We sign.", TROOPS)] * 5 + [("We wait.", TROOPS), ("We go.", TROOPS)]
    rows += [("They go.", TROOPS)]
    names = StatementNgrams(max_n=1, min_df=2).fit(_pairs(*rows)).get_feature_names_out()
    assert sorted(names) == ["go", "we"]


def test_rows_have_unit_length_or_none(toy_pairs):
    block = StatementNgrams(min_df=1).fit(toy_pairs)
    unseen = _pairs(("Zzz qqq", TROOPS), ("We sign", TROOPS))
    lengths = np.linalg.norm(block.transform(unseen).toarray(), axis=1)
    assert lengths == pytest.approx([0, 1])


def test_a_holder_is_known_by_words_and_side():
    pairs = pd.concat(
        [
            _pairs(("We sign.", TROOPS), holder="foreign minister", side="delta"),
            _pairs(("We sign.", TROOPS), holder="minister of the delta", side=""),
        ],
        ignore_index=True,
    )
    block = HolderWords(min_df=1).fit(pairs)
    names = set(block.get_feature_names_out())
    assert {"minister", "delta", "side:delta"} <= names
    one, other = block.transform(pairs).toarray()
    assert not np.allclose(one, other)


def test_a_dataset_without_holders_is_no_error():
    pairs = _pairs(("We sign.", TROOPS), ("We wait.", TROOPS))
    assert not HolderWords().fit_transform(pairs).toarray().any()


def test_a_wrong_argument_is_not_mistaken_for_an_empty_vocabulary():
    pairs = _pairs(("We sign.", TROOPS), ("We wait.", TROOPS))
    with pytest.raises(ValueError, match="min_df"):
        StatementNgrams(min_df=-1).fit(pairs)


def test_without_any_ngram_left_there_is_one_empty_column():
    alone = _pairs(*((text, TROOPS) for text in ("Sign.", "Wait.", "Go.", "Stay.")))
    for block in (StatementNgrams(min_df=2), HolderWords()):
        block.fit(alone)
        assert block.vocabulary_.tolist() == [""]
        assert block.transform(alone).nnz == 0
