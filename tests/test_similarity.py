from hypothesis import given, settings
from hypothesis import strategies as st

from stance.similarity import NEAR_DUPLICATE, near_duplicates
from stance.text import normalise


def _brute_force(texts, threshold):
    """The definition, by comparing every pair."""
    grams = []
    for text in texts:
        clean = normalise(text).casefold()
        grams.append({clean[start : start + 5] for start in range(len(clean) - 4)})
    found = []
    for left in range(len(texts)):
        for right in range(left + 1, len(texts)):
            union = grams[left] | grams[right]
            similarity = len(grams[left] & grams[right]) / len(union) if union else 0.0
            if similarity > threshold:
                found.append((left, right, round(similarity, 3)))
    return found


_WORDS = st.lists(st.sampled_from(["sign", "treaty", "never", "we", "troops"]), max_size=9)


@settings(max_examples=60, deadline=None)
@given(st.lists(_WORDS.map(" ".join), max_size=12), st.sampled_from([0.0, 0.25, 0.5, 0.6, 0.8]))
def test_the_prefix_filter_misses_no_pair(texts, threshold):
    assert near_duplicates(texts, threshold) == _brute_force(texts, threshold)


def test_what_a_reader_cannot_see_does_not_hide_a_duplicate():
    texts = ["We will sign the treaty.", "WE  WILL sign the\u200b trea\u00adty.", "Nothing alike."]
    assert near_duplicates(texts) == [(0, 1, 1.0)]


def test_texts_without_five_characters_are_alike_to_nothing():
    assert near_duplicates([]) == []
    assert near_duplicates(["No.", "No.", ""]) == []
    assert near_duplicates(["No.", "No.", "We will never sign."]) == []


def test_the_threshold_itself_is_not_above_it():
    left, right = "abcdefgh", "abcdefghi"  # 4 and 5 grams, 4 of them shared
    assert near_duplicates([left, right], 0.8) == []
    assert near_duplicates([left, right], 0.79) == [(0, 1, 0.8)]
    assert NEAR_DUPLICATE == 0.6
