"""An index answers as predict_batches does, and is refused where it cannot be trusted."""

import json
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stance import Term, predict_many
from stance.arrow import predict_batches
from stance.errors import DataError, UnknownNameError
from stance.index import Index, build_index, building, reading
from stance.models import TemperatureCalibrated, build_model
from stance.persistence import SavedModel, save_folder
from stance.records import Statement

TERMS = [
    Term("A truce takes effect", aliases=["truce", "ceasefire"], opposites=["war goes on"], id="t"),
    Term("Sanctions are lifted", "All sanctions of the League end.", aliases=["end sanctions"]),
    Term("Xyzzy is ratified", id="x"),
    Term("Commander", aliases=["the League"], id="c"),
]
TEXTS = [
    "We reject the truce, and the war goes on.",
    "",
    "Sanctions must end before any ceasefire; the League's sanctions are unjust.",
    "Qwrtz xyzzy plugh",
    "Qwrtz plugh",
    "Nous rejetons la truce parce que rien ne garantit notre avenir",
    "停火必须立即生效",
    "Wheat prices rose again.\nAnd fell.",
    "We reject the truce. " * 1000,
    "Commander of the troops: no truce!",
]


@pytest.fixture(scope="module")
def statements():
    holders = [("", ""), ("commander of the League", "north"), ("Ünal", "south_side")]
    return [
        Statement(text, *holders[number % 3], id="" if number % 2 else f"id\n{number}")
        for number, text in enumerate(TEXTS * 3)
    ]


@pytest.fixture
def index(statements, tmp_path):
    return build_index(statements, tmp_path / "index")


def from_text(statements, terms, **options):
    columns = {
        "text": [item.text for item in statements],
        "id": [item.id for item in statements] if any(item.id for item in statements) else None,
        "holder": [item.holder for item in statements],
        "side": [item.side for item in statements],
    }
    given = {name: cells for name, cells in columns.items() if cells is not None}
    return predict_batches([pa.record_batch(given)], terms, **options).read_all()


def assert_same(found, expected):
    assert found.schema == expected.schema
    for field in found.schema:
        mine, theirs = (table[field.name].combine_chunks() for table in (found, expected))
        if pa.types.is_floating(field.type):
            assert mine.is_null().equals(theirs.is_null()), field.name
            pair = (np.nan_to_num(column.to_numpy(False)) for column in (mine, theirs))
            np.testing.assert_allclose(*pair, atol=1e-12)
        else:
            assert mine.to_pylist() == theirs.to_pylist(), field.name


@pytest.mark.parametrize(
    "options",
    [{}, {"label_set": 0.9}, {"coverage": 0.3}, {"max_error": 0.3, "label_set": 0.5}],
    ids=str,
)
@pytest.mark.parametrize("count", [1, 4])
def test_answers_are_those_from_text(index, statements, count, options):
    found = Index.open(index).predict(TERMS[:count], **options).read_all()
    assert_same(found, from_text(statements, TERMS[:count], **options))


def test_batches_do_not_matter(statements, tmp_path, monkeypatch):
    expected = from_text(statements, TERMS)
    monkeypatch.setattr(building, "_AT_ONCE", 3)
    monkeypatch.setattr(building, "_WORDS_AT_ONCE", 5)
    monkeypatch.setattr(reading, "statements_at_once", lambda terms: 4)
    found = Index.open(build_index(iter(statements), tmp_path / "index"))
    assert len(found) == len(statements)
    batches = list(found.predict(TERMS))
    assert [batch.num_rows for batch in batches] == [16] * 7 + [8]
    assert_same(pa.Table.from_batches(batches), expected)
    rows = [part for part, _ in found.score(TERMS)]
    assert [(part.start, part.stop) for part in rows][-1] == (28, 30)


def test_terms_of_the_catalogue_and_none_at_all(index):
    opened = Index.open(index)
    assert opened.predict("af_troops").read_all().num_rows == 30
    assert opened.predict([]).read_all().num_rows == 0
    with pytest.raises(UnknownNameError, match="unknown term 'af_trops'; did you mean 'af_troops'"):
        opened.predict("af_trops")


def test_models_without_some_blocks(toy_frames, statements, tmp_path):
    pairs = toy_frames["train"]
    logistic = {"_target_": "sklearn.linear_model.LogisticRegression"}
    for number, blocks in enumerate(
        ({"statement": {"min_df": 1}}, {"overlap": {}}, {"cues": {"min_df": 1}, "holder": {}})
    ):
        fitted = build_model(blocks, logistic).fit(pairs, pairs["label"])
        estimator = TemperatureCalibrated(fitted).fit(pairs, pairs["label"])
        model = save_folder(SavedModel(estimator), tmp_path / f"model{number}")
        opened = Index.open(build_index(statements, tmp_path / f"i{number}", model), model)
        found = opened.predict(TERMS).read_all()
        assert_same(found, from_text(statements, TERMS, model=model))


def test_a_term_with_a_word_that_only_holders_have(tmp_path):
    said = [Statement("We reject the truce", "Quorumist league", "zorkmid"), Statement("No.", "x")]
    terms = [Term("The quorumist and the zorkmid agree to a truce", id="q"), *TERMS]
    opened = Index.open(build_index(said, tmp_path / "index"))
    for chosen in (terms[:1], terms):
        assert_same(opened.predict(chosen).read_all(), from_text(said, chosen))


@pytest.mark.parametrize("texts", [["Wheat prices rose."], ["", "  "], ["Qwrtz plugh"]], ids=str)
def test_terms_of_which_no_word_stands_in_the_index(texts, tmp_path):
    said = [Statement(text) for text in texts]
    opened = Index.open(build_index(said, tmp_path / "index"))
    for terms in ([Term("Foreign troops leave the valley")], [Term("停火")]):
        assert_same(opened.predict(terms).read_all(), from_text(said, terms))


def test_an_index_of_nothing(tmp_path):
    opened = Index.open(build_index([], tmp_path / "index"))
    assert len(opened) == 0
    assert opened.predict(TERMS).read_all().num_rows == 0


def test_text_alone_will_do_and_an_index_is_replaced(index):
    build_index("We reject the truce", index)
    found = Index.open(index).predict(TERMS[:1]).read_all()
    assert found["statement"].to_pylist() == ["0"]
    assert [path.name for path in index.parent.iterdir()] == ["index"]


def test_a_failed_build_leaves_the_old_index(index):
    with pytest.raises(DataError, match=r"statements\[1\]: expected text or a Statement, got int"):
        build_index(["one", 2], index)
    assert len(Index.open(index)) == 30
    assert [path.name for path in index.parent.iterdir()] == ["index"]


@pytest.mark.parametrize("columns", [{"text": ["one"]}, pd.DataFrame({"text": ["one"]})])
def test_columns_are_no_statements(columns, index):
    name = type(columns).__name__
    message = f"statements: expected texts or Statements, got {name}; of a table, give the column"
    with pytest.raises(DataError, match=message):
        build_index(columns, index)
    assert len(Index.open(index)) == 30


def test_a_mapping_is_not_predicted():
    with pytest.raises(DataError, match="statements: expected texts or Statements, got dict; of"):
        predict_many({"text": ["one"]}, TERMS)


def test_nothing_else_is_overwritten(tmp_path):
    (tmp_path / "notes").mkdir()
    with pytest.raises(DataError, match="notes: there is something else in this place"):
        build_index(["one"], tmp_path / "notes")
    (tmp_path / "notes/index.json").write_text('{"pages": []}')  # as many programs have one
    with pytest.raises(DataError, match="notes: there is something else in this place"):
        build_index(["one"], tmp_path / "notes")
    place = build_index(["one"], tmp_path / "index")
    (place / "mine.txt").write_text("precious")
    with pytest.raises(DataError, match="index: there is something else in this place"):
        build_index(["one"], place)
    assert (place / "mine.txt").read_text() == "precious"


def test_a_model_that_is_not_linear(toy_frames, tmp_path):
    pairs = toy_frames["train"]
    bayes = build_model({"statement": {}}, {"_target_": "sklearn.naive_bayes.ComplementNB"})
    model = save_folder(SavedModel(bayes.fit(pairs, pairs["label"])), tmp_path / "model")
    with pytest.raises(DataError, match="an index needs a model of linear classifiers"):
        build_index(["one"], tmp_path / "index", model)


def test_another_model_is_refused(index, toy_saved):
    with pytest.raises(DataError, match="index: built with another model than this one; give"):
        Index.open(index, toy_saved)


def test_another_glossary_is_refused(index, monkeypatch):
    monkeypatch.setattr(reading, "digest", lambda: "0" * 64)
    with pytest.raises(DataError, match="index: built with another glossary than that of this"):
        Index.open(index)


def test_no_index(tmp_path):
    with pytest.raises(DataError, match=r"not an index: it has no index\.json"):
        Index.open(tmp_path)


def test_damage_is_found(index, tmp_path):
    number = index / "number.bin"
    content = number.read_bytes()
    number.write_bytes(content[:-4])
    with pytest.raises(
        DataError, match=r"number\.bin has [\d,]+ bytes, not [\d,]+; build it again"
    ):
        Index.open(index)
    number.write_bytes(b"\xff" + content[1:])
    with pytest.raises(DataError, match=r"number\.bin is not as it was written \(its SHA-256"):
        Index.open(index)
    number.unlink()
    with pytest.raises(DataError, match=r"number\.bin is missing; build it again"):
        Index.open(index)


def test_names_that_end_before_they_begin(index):
    ends = np.fromfile(index / "name_ends.bin", dtype=np.int64)
    ends[1:-1] = 1_900_000_000
    ends.tofile(index / "name_ends.bin")
    found = Index.open(index, verify=False).predict(TERMS[:1])
    with pytest.raises(DataError, match="the index is damaged: names end before they begin; bui"):
        found.read_all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "an index of format 99, and this version of stance reads 3; build"),
        ({"stance": "other"}, r"index\.json is not as it was written \(its seal does not fit\)"),
        (None, r"index\.json: damaged \(.*\); build it again"),
    ],
)
def test_a_manifest_that_was_changed(index, change, message):
    path = index / "index.json"
    text = "{" if change is None else json.dumps(json.loads(path.read_text()) | change)
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        Index.open(index)


def test_an_index_can_be_moved(index, statements, tmp_path):
    moved = shutil.move(index, tmp_path / "elsewhere")
    found = Index.open(moved, verify=False).predict(TERMS[:2]).read_all()
    assert_same(found, from_text(statements, TERMS[:2]))
