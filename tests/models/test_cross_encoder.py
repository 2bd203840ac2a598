import io
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import rich.console
from scipy.special import log_softmax
from sklearn.base import clone

from stance.encoder.batches import padded
from stance.encoder.cache import cache_folder
from stance.encoder.checkpoints import open_classifier
from stance.encoder.export import export_int8
from stance.encoder.loading import load_transformer
from stance.encoder.tokens import TextTokenizer, tokenizer_bytes
from stance.errors import ConfigError, DataError, ModelFileError
from stance.labels import LABELS
from stance.models import CrossEncoderClassifier, build_model
from stance.persistence import SavedModel, load_folder, save_folder

torch = pytest.importorskip("torch")
load_file = pytest.importorskip("safetensors.torch").load_file


@pytest.fixture
def reader(tiny_encoder, stance_cache):
    return CrossEncoderClassifier(
        str(tiny_encoder),
        epochs=2,
        batch_size=8,
        learning_rate=1e-2,
        head_learning_rate=1e-2,
        freeze_embeddings=False,
        precision="float32",
        save_every=0,
        random_state=0,
    )


def test_it_learns(reader, toy_pairs):
    fitted = reader.set_params(epochs=25).fit(toy_pairs, toy_pairs["label"])
    assert (fitted.predict(toy_pairs) == toy_pairs["label"]).mean() > 0.5
    losses = fitted.history_["loss"]
    assert np.mean(losses[-7:]) < 0.7 * np.mean(losses[:7])


def test_holders_are_left_out_of_training_and_read_in_use(reader, toy_pairs, monkeypatch):
    read = []
    texts = CrossEncoderClassifier.texts
    monkeypatch.setattr(
        CrossEncoderClassifier, "texts", lambda self, X: read.append(X) or texts(self, X)
    )
    reader.set_params(holder_dropout=1.0, epochs=1).fit(toy_pairs, toy_pairs["label"])
    reader.predict(toy_pairs)
    learnt, used = (frame["holder"].ne("").mean() for frame in (read[0], read[-1]))
    assert learnt == 0 < used
    with pytest.raises(DataError, match="the DataFrame of pairs has no column 'holder'"):
        reader.fit(toy_pairs.drop(columns="holder"), toy_pairs["label"])


def test_validation_reads_all_holders(reader, toy_pairs, monkeypatch):
    read = []
    texts = CrossEncoderClassifier.texts
    monkeypatch.setattr(
        CrossEncoderClassifier, "texts", lambda self, X: read.append(X) or texts(self, X)
    )
    pairs = toy_pairs.loc[toy_pairs.index.repeat(10)].reset_index(drop=True)
    pairs["text"] = [f"{text} {number}" for number, text in enumerate(pairs["text"])]
    reader.set_params(holder_dropout=1.0, validation_fraction=0.2, epochs=1)
    reader.fit(pairs, pairs["label"])
    learnt, held = read
    assert len(learnt) + len(held) == len(pairs)
    assert (learnt["holder"] == "").all()
    assert held["holder"].ne("").mean() == pytest.approx(pairs["holder"].ne("").mean(), abs=0.1)


def test_a_network_of_another_width(reader, toy_pairs):
    fitted = reader.fit(toy_pairs, toy_pairs["label"])
    fitted.network_ = export_int8(
        load_transformer("AutoModel", Path(reader.encoder)), output="mean"
    )
    with pytest.raises(ModelFileError, match="gives 16 numbers for a pair; expected 5"):
        fitted.predict(toy_pairs)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"favour": 9}, r"class_weight: unknown label 'favour'; .*favor"),
        ({"favor": 0}, "class_weight.favor: expected a number above 0, got 0"),
        ({"against": "x"}, "class_weight.against: expected a number above 0, got 'x'"),
        ({"against": float("nan")}, "class_weight.against: expected a number above 0, got nan"),
    ],
)
def test_class_weights_of_no_use(reader, toy_pairs, weights, message):
    with pytest.raises(ConfigError, match=message):
        reader.set_params(class_weight=weights).fit(toy_pairs, toy_pairs["label"])


def moved(reader, toy_pairs, place, **options):
    """How far a training takes the weights, by the beginning of their names."""
    reader = clone(reader).set_params(checkpoint=str(place), **options)
    reader.fit(toy_pairs, toy_pairs["label"])
    before, after = (
        load_file(Path(folder) / "model.safetensors") for folder in (reader.encoder, place)
    )
    return {
        part: sum(float((after[key] - before[key]).abs().sum()) for key in before if part in key)
        for part in ("word_embeddings", "layer.0")
    }


@pytest.mark.parametrize("frozen", [True, False])
def test_words_keep_their_vectors_where_they_are_to(reader, toy_pairs, tmp_path, frozen):
    found = moved(reader, toy_pairs, tmp_path / "trained", freeze_embeddings=frozen)
    assert (found["word_embeddings"] == 0) is frozen
    assert found["layer.0"] > 0


def test_gradients_are_cut(reader, toy_pairs, tmp_path):
    # Adam makes up for a gradient's size; below its smallest number it does not.
    options = {"weight_decay": 0.0}
    whole = moved(reader, toy_pairs, tmp_path / "whole", **options)
    cut = moved(reader, toy_pairs, tmp_path / "cut", max_grad_norm=1e-12, **options)
    assert 0 < cut["layer.0"] < 0.01 * whole["layer.0"]


def test_a_terminal_shows_how_long_it_takes(reader, toy_pairs, monkeypatch):
    shown = io.StringIO()
    console = rich.console.Console(file=shown, force_terminal=True, width=100)
    monkeypatch.setattr(rich, "get_console", lambda: console)
    reader.fit(toy_pairs, toy_pairs["label"])
    assert "epoch 2 of 2" in shown.getvalue()
    assert "left" in shown.getvalue()


def test_a_heavier_class_is_found_more_often(reader, toy_pairs):
    def found(weights):
        fitted = clone(reader).set_params(class_weight=weights, epochs=6)
        return (fitted.fit(toy_pairs, toy_pairs["label"]).predict(toy_pairs) == "neutral").sum()

    assert found({"neutral": 30.0}) > found(None)


def test_a_cache_that_cannot_be_written_is_no_reason_not_to_train(
    reader, toy_pairs, stance_cache, caplog
):
    stance_cache.write_text("a file")
    reader.set_params(epochs=1, save_every=3600.0).fit(toy_pairs, toy_pairs["label"])
    assert "this training cannot be resumed: " in caplog.text


def test_later_epochs_read_what_was_hard(reader, toy_pairs, monkeypatch):
    read, losses = [], []
    cross_entropy = torch.nn.functional.cross_entropy

    def reading(tokens, pad):
        read.append([tuple(ids) for ids, _ in tokens])
        return padded(tokens, pad)

    def measuring(*args, **options):
        losses.append(cross_entropy(*args, **options))
        return losses[-1]

    monkeypatch.setattr("stance.encoder.fine_tuning.padded", reading)
    monkeypatch.setattr(torch.nn.functional, "cross_entropy", measuring)
    reader.set_params(epochs=3, skip_easiest=0.4, batch_size=9)
    reader.fit(toy_pairs, toy_pairs["label"])
    total, hard = len(toy_pairs), len(toy_pairs) - int(0.4 * len(toy_pairs))
    steps = -(-total // 9), -(-hard // 9)
    assert len(read) == len(losses) == steps[0] + 2 * steps[1]
    last = {}
    for start, end in ((0, steps[0]), (steps[0], sum(steps)), (sum(steps), len(read))):
        now = {
            pair: float(loss)
            for batch, found in zip(read[start:end], losses[start:end], strict=True)
            for pair, loss in zip(batch, found.detach(), strict=True)
        }
        if last:
            assert len(now) == hard
            assert min(last[pair] for pair in now) >= max(last[pair] for pair in last.keys() - now)
        last |= now
    assert len(last) == total


def test_int8_gives_what_torch_gives(reader, toy_pairs, tmp_path):
    reader.set_params(checkpoint=str(tmp_path / "checkpoint"), epochs=10)
    reader.fit(toy_pairs, toy_pairs["label"])
    folder = tmp_path / "checkpoint"
    model = open_classifier(folder, LABELS, seed=0).eval()
    tokens = TextTokenizer(tokenizer_bytes(folder), 160)(*reader.texts(toy_pairs))
    with torch.inference_mode():
        exact = np.vstack([model(*torch.tensor([[ids], [kinds]])) for ids, kinds in tokens])
    columns = [LABELS.index(label) for label in reader.classes_]
    exact = exact[:, columns]
    found = reader.predict_proba(toy_pairs)
    # Sixteen numbers a word are few: where torch itself is undecided, either label will do.
    first, second = np.sort(exact, axis=1)[:, :-3:-1].T
    clear = first - second > 0.5
    assert clear.mean() > 0.2
    assert (found.argmax(1) == exact.argmax(1))[clear].all()
    assert np.corrcoef(np.log(found).ravel(), log_softmax(exact, axis=1).ravel())[0, 1] > 0.9


def test_the_phrases_of_a_term_are_read(reader, toy_pairs):
    fitted = reader.fit(toy_pairs, toy_pairs["label"])
    bare = toy_pairs.assign(
        term_aliases=[()] * len(toy_pairs), term_opposites=[()] * len(toy_pairs)
    )
    assert not np.allclose(fitted.predict_proba(bare), fitted.predict_proba(toy_pairs))
    without = clone(reader).set_params(phrases=0).fit(toy_pairs, toy_pairs["label"])
    assert np.array_equal(without.predict_proba(bare), without.predict_proba(toy_pairs))


def test_a_second_stage_starts_where_the_first_ended(reader, toy_pairs, tmp_path):
    first = clone(reader).set_params(checkpoint=str(tmp_path / "first"), epochs=20)
    first.fit(toy_pairs, toy_pairs["label"])
    assert (tmp_path / "first/model.safetensors").is_file()
    second = clone(reader).set_params(encoder=str(tmp_path / "first"), epochs=1)
    second.fit(toy_pairs, toy_pairs["label"])
    fresh = clone(reader).set_params(epochs=1).fit(toy_pairs, toy_pairs["label"])
    assert second.history_["loss"][0] < 0.8 * fresh.history_["loss"][0]


def test_a_checkpoint_is_replaced_and_nothing_else(reader, toy_pairs, tmp_path, monkeypatch):
    place = tmp_path / "place"
    reader.set_params(checkpoint=str(place), epochs=1).fit(toy_pairs, toy_pairs["label"])
    reader.fit(toy_pairs, toy_pairs["label"])
    assert sorted(path.name for path in tmp_path.iterdir() if "place" in path.name) == ["place"]
    (place / "stance_head.safetensors").unlink()
    monkeypatch.setattr("stance.encoder.fine_tuning.fine_tune", None)  # said before the training
    with pytest.raises(ConfigError, match=r"checkpoint: .*place is there already and is not a che"):
        reader.fit(toy_pairs, toy_pairs["label"])


def test_a_head_for_other_labels_is_refused(reader, toy_pairs, tmp_path):
    reader.set_params(checkpoint=str(tmp_path / "first"), epochs=1)
    reader.fit(toy_pairs, toy_pairs["label"])
    with pytest.raises(ConfigError, match=r"the head in .*first does not fit: Error"):
        open_classifier(tmp_path / "first", LABELS[:2], seed=0)


def test_labels_that_are_not_there_get_nothing(reader, toy_pairs):
    some = toy_pairs[toy_pairs["label"].isin(["favor", "against"])]
    fitted = reader.set_params(epochs=1).fit(some, some["label"])
    assert fitted.classes_.tolist() == ["against", "favor"]
    assert np.allclose(fitted.predict_proba(toy_pairs).sum(axis=1), 1)


def test_one_label_is_not_enough(reader, toy_pairs):
    one = toy_pairs[toy_pairs["label"] == "favor"]
    with pytest.raises(DataError, match=r"cross-encoder needs two or more of the labels .* favor$"):
        reader.fit(one, one["label"])


def test_early_stopping_keeps_the_best_epoch(reader, toy_pairs, monkeypatch):
    many = toy_pairs.loc[toy_pairs.index.repeat(10)].reset_index(drop=True)
    many["text"] = [f"{text} {number}" for number, text in enumerate(many["text"])]
    scores = iter([0.3, 0.5, 0.4, 0.45, 0.9])
    kept = []
    monkeypatch.setattr("stance.models.cross_encoder._macro_f1", lambda *_: next(scores))
    reader.set_params(epochs=9, patience=2, validation_fraction=0.2, batch_size=128)
    reader.fit(many, many["label"])
    assert reader.history_["validation_macro_f1"] == [0.3, 0.5, 0.4, 0.45]
    kept.append(reader.predict_proba(toy_pairs))
    scores = iter([0.3, 0.5, 0.1, 0.1])
    kept.append(reader.fit(many, many["label"]).predict_proba(toy_pairs))
    assert np.array_equal(*kept)  # both are as they were after the second epoch


def test_a_loss_that_is_no_number_ends_the_training(reader, toy_pairs):
    reader.set_params(learning_rate=0.999, head_learning_rate=0.999, max_grad_norm=1e30)
    reader.set_params(epochs=200, warmup=0.0)
    with pytest.raises(
        DataError, match=r"loss is (nan|inf) in epoch \d+; try a smaller learning_rate"
    ):
        reader.set_params(class_weight={"favor": 1e38}).fit(toy_pairs, toy_pairs["label"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 0), ("learning_rate", -1.0), ("validation_fraction", 0.9), ("precision", "fp8")],
)
def test_arguments_are_checked_before_training(toy_pairs, name, value):
    spec = {"_target_": "stance.models.CrossEncoderClassifier", name: value}
    with pytest.raises(ConfigError, match=f"model.classifier: The '{name}' parameter of CrossEnco"):
        build_model({}, spec)


def test_it_takes_no_feature_blocks():
    spec = {"_target_": "stance.models.CrossEncoderClassifier"}
    with pytest.raises(ConfigError, match="reads the text itself and takes no feature blocks, "):
        build_model({"statement": {}}, spec)
    assert list(build_model({}, spec).named_steps) == ["classifier"]


def test_other_classifiers_need_feature_blocks(toy_classifier):
    with pytest.raises(ConfigError, match=r"features\.blocks: expected one or more feature blocks"):
        build_model({}, toy_classifier)


def test_it_predicts_without_torch(reader, toy_pairs, tmp_path, run_python, no_torch):
    model = build_model({}, {"_target_": "stance.models.CrossEncoderClassifier"})
    model.set_params(**{f"classifier__{key}": item for key, item in reader.get_params().items()})
    save_folder(SavedModel(model.fit(toy_pairs, toy_pairs["label"])), tmp_path / "model")
    code = no_torch + (
        "from stance import predict_many, Term\n"
        "terms = [Term('A treaty is signed'), Term('Foreign troops leave the valley')]\n"
        "table = predict_many(['We will sign.', 'Never, never.'], terms, model='model')\n"
        "print(table['label'].isna().sum(), len(table))"
    )
    assert run_python(code, cwd=tmp_path).strip() == "0 4"


def test_a_hostile_network_in_a_folder_is_refused(reader, toy_pairs, tmp_path):
    onnx = pytest.importorskip("onnx")
    fitted = reader.set_params(epochs=1).fit(toy_pairs, toy_pairs["label"])
    model = onnx.load_from_string(fitted.network_.tobytes())
    model.graph.node[0].op_type = "Loop"
    fitted.network_ = np.frombuffer(model.SerializeToString(), dtype=np.uint8)
    with pytest.raises(ModelFileError, match="uses the operator 'Loop', which is not allowed"):
        save_folder(SavedModel(fitted), tmp_path / "model")
    with pytest.raises(ModelFileError, match="uses the operator 'Loop', which is not allowed"):
        fitted.predict(toy_pairs)


TRAINING = """
import sys
import pandas as pd
from stance.datasets import load, to_frame
from stance.models import CrossEncoderClassifier
import stance.encoder.resume as resume

encoder, toy, out, slow = sys.argv[1:5]
pairs = to_frame(load("settlement", toy)["train"])
# Enough statements that some are held out: the best epoch is taken up as well.
pairs = pairs.loc[pairs.index.repeat(10)].reset_index(drop=True)
pairs["text"] = [f"{text} {number}" for number, text in enumerate(pairs["text"])]
if slow == "slow":
    write = resume.State.write
    def halting(self, content):
        write(self, content)
        if content["epoch"] >= 2 and content["step"] == 3:
            print("written", flush=True)
            import time; time.sleep(60)
    resume.State.write = halting
reader = CrossEncoderClassifier(encoder, epochs=4, batch_size=64, learning_rate=3e-3, patience=4,
    precision="float32", save_every=1e-9, skip_easiest=0.3, random_state=0)
reader.fit(pairs, pairs["label"])
reader.network_.tofile(out)
"""


def test_a_killed_training_goes_on_and_ends_as_if_it_had_not_been(
    tiny_encoder, toy_folder, tmp_path, stance_cache
):
    def start(out, slow, cache):
        command = [sys.executable, "-c", TRAINING, tiny_encoder, toy_folder, tmp_path / out, slow]
        return subprocess.Popen(
            list(map(str, command)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"STANCE_CACHE": str(cache), "OMP_NUM_THREADS": "1"},
        )

    with start("killed", "slow", stance_cache) as process:
        assert process.stdout.readline().strip() == "written"
        process.send_signal(signal.SIGKILL)
    states = list((stance_cache / "training").glob("*.state"))
    assert len(states) == 1
    before = torch.load(states[0], weights_only=True)
    assert (before["epoch"], before["step"]) == (2, 3)
    for out, cache in (("resumed", stance_cache), ("whole", tmp_path / "other")):
        with start(out, "fast", cache) as process:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
    assert not list((stance_cache / "training").glob("*.state"))
    assert (tmp_path / "resumed").read_bytes() == (tmp_path / "whole").read_bytes()


def test_a_full_disk_is_no_reason_not_to_train(reader, toy_pairs, monkeypatch, caplog):
    fails = Mock(side_effect=RuntimeError("[enforce fail at inline_container.cc:672]"))
    monkeypatch.setattr(torch, "save", fails)
    reader.set_params(epochs=np.int64(1), save_every=1e-9).fit(toy_pairs, toy_pairs["label"])
    assert fails.called
    assert "cannot keep the training's state in" in caplog.text


def test_a_torn_state_is_no_reason_not_to_train(reader, toy_pairs, stance_cache, caplog):
    reader.set_params(epochs=1, save_every=3600.0)
    whole = clone(reader).fit(toy_pairs, toy_pairs["label"])
    (lock,) = (stance_cache / "training").glob("*.lock")
    lock.with_suffix(".state").write_bytes(b"torn")
    again = clone(reader).fit(toy_pairs, toy_pairs["label"])
    assert "cannot be read, training starts anew" in caplog.text
    assert np.array_equal(again.network_, whole.network_)


def test_the_same_training_twice_at_once(reader, toy_pairs, stance_cache, caplog, monkeypatch):
    from stance.encoder import resume

    reader.set_params(epochs=1, save_every=1e-9)
    with resume.resumable("key", 1.0) as first, resume.resumable("key", 1.0) as second:
        assert first.path is not None
        assert second.path is None
    assert "the same training is running already" in caplog.text


def test_another_version_begins_anew(stance_cache, monkeypatch):
    from stance.encoder.resume import resumable

    with resumable("key", 1.0) as state:
        state.write({"step": 1})
    with resumable("key", 1.0) as state:
        assert state.read() == {"step": 1}
    monkeypatch.setattr("stance.encoder.cache.version", lambda package: "99")
    with resumable("key", 1.0) as state:
        assert state.read() is None


def test_states_that_nobody_came_back_for_are_forgotten(stance_cache):
    import os

    from stance.encoder.resume import resumable

    folder = cache_folder() / "training"
    folder.mkdir(parents=True)
    old, new = folder / "old.state", folder / "new.state"
    for path, days in ((old, 30), (new, 1)):
        path.touch()
        os.utime(path, (time.time() - days * 86_400,) * 2)
    with resumable("key", 1.0):
        pass
    assert not old.exists()
    assert new.exists()


def test_the_curves_are_in_the_folder(reader, toy_pairs, tmp_path):
    fitted = reader.fit(toy_pairs, toy_pairs["label"])
    loaded = load_folder(save_folder(SavedModel(fitted), tmp_path / "model")).estimator
    assert loaded.history_ == fitted.history_
    assert len(loaded.history_["loss"]) == 2 * 7
