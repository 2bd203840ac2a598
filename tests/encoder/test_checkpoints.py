"""What trainings start from and leave behind, and which machines do it in bfloat16."""

import json
import shutil
from unittest.mock import Mock

import pytest

from stance.encoder import checkpoints
from stance.encoder.checkpoints import has_fast_bfloat16, open_classifier, save_checkpoint
from stance.encoder.loading import load_transformer
from stance.encoder.tokens import tokenizer_bytes
from stance.encoder.weights import HEAD, fingerprint
from stance.errors import ConfigError
from stance.labels import LABELS

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [(None, False), ("_is_amx_tile_supported", True), ("_is_avx512_bf16_supported", True)],
)
def test_processors_with_units_for_bfloat16_are_known(monkeypatch, unit, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda name=name: name == unit, raising=False)
    assert has_fast_bfloat16() is expected


def test_a_torch_that_cannot_be_asked_trains_in_float32(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert has_fast_bfloat16() is False


def test_weights_of_half_precision_are_trained_in_full(tiny_encoder, tmp_path):
    folder = shutil.copytree(tiny_encoder, tmp_path / "half")
    load_transformer("AutoModel", folder).half().save_pretrained(folder)
    model = open_classifier(folder, LABELS, seed=0)
    assert {item.dtype for item in model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("error", "raised", "message"),
    [
        (OSError("No space left"), ConfigError, r"checkpoint: cannot write .*: No space left"),
        (KeyboardInterrupt("stopped"), KeyboardInterrupt, "stopped"),
    ],
)
def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(
    tiny_encoder, tmp_path, monkeypatch, error, raised, message
):
    model = open_classifier(tiny_encoder, LABELS, seed=0)
    save_checkpoint(model, b"first", tmp_path / "place")
    monkeypatch.setattr(checkpoints, "move_folder", Mock(side_effect=error))
    with pytest.raises(raised, match=message):
        save_checkpoint(model, b"second", tmp_path / "place")
    assert [path.name for path in tmp_path.iterdir()] == ["place"]
    assert (tmp_path / "place/tokenizer.json").read_bytes() == b"first"


def test_a_checkpoint_beside_which_other_files_lie_is_left(tiny_encoder, tmp_path):
    model, place = open_classifier(tiny_encoder, LABELS, seed=0), tmp_path / "place"
    save_checkpoint(model, b"first", place)
    save_checkpoint(model, b"second", place)
    (place / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"not a checkpoint, or holds other files too; not over"):
        save_checkpoint(model, b"third", place)
    assert (place / "notes.txt").read_text() == "mine"
    assert (place / "tokenizer.json").read_bytes() == b"second"


def test_a_gpu_that_only_emulates_bfloat16_trains_in_float32(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    supported = Mock(side_effect=lambda including_emulation=True: including_emulation)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert has_fast_bfloat16() is False


def test_a_folder_without_a_tokenizer_runs_no_code(tiny_encoder, tmp_path, monkeypatch):
    folder = shutil.copytree(tiny_encoder, tmp_path / "evil")
    (folder / "tokenizer.json").unlink()
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: pass\n")
    described = {"model_type": "evil", "auto_map": {
        "AutoConfig": "evil.Evil", "AutoTokenizer": ["evil.Evil", None]}}  # fmt: skip
    for name in ("config.json", "tokenizer_config.json"):
        (folder / name).write_text(json.dumps(described))
    monkeypatch.setattr("builtins.input", lambda _: "y")
    with pytest.raises(ConfigError, match=r"evil has no tokenizer\.json, and none can be made of"):
        tokenizer_bytes(folder)
    assert not (tmp_path / "ran").exists()


def test_what_a_network_is_made_of_tells_checkpoints_apart(tiny_encoder, tmp_path):
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    prints = [fingerprint(folder)]
    (folder / HEAD).write_bytes(b"a head")
    prints.append(fingerprint(folder))
    (folder / "config.json").write_text("{}")
    prints.append(fingerprint(folder))
    assert len(set(map(tuple, prints))) == 3
