from unittest.mock import Mock

import numpy as np
import pytest

from stance.encoder.network import Network
from stance.encoder.sentence import sentence_network

torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")


def test_it_is_the_mean_vector_of_the_transformer(tiny_encoder, stance_cache):
    network = Network(*sentence_network(str(tiny_encoder)), 32)
    texts = ["We will sign the treaty.", "No"]
    model = transformers.AutoModel.from_pretrained(tiny_encoder).eval()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(tiny_encoder / "tokenizer.json")
    )
    for text, found in zip(texts, network(texts), strict=True):
        with torch.inference_mode():
            exact = model(**tokenizer(text, return_tensors="pt")).last_hidden_state.mean(1)[0]
        exact = exact.numpy()
        cosine = found @ exact / np.linalg.norm(found) / np.linalg.norm(exact)
        assert cosine > 0.98  # the weights have 8 bits


def test_the_second_time_it_comes_from_the_cache(tiny_encoder, stance_cache, monkeypatch):
    first = sentence_network(str(tiny_encoder))
    monkeypatch.setattr("stance.encoder.sentence.export_int8", None)
    second = sentence_network(str(tiny_encoder))
    assert np.array_equal(first[0], second[0])
    with pytest.raises(TypeError):
        sentence_network(str(tiny_encoder), cache=False)


def test_another_version_makes_its_own_network(tiny_encoder, stance_cache, monkeypatch):
    sentence_network(str(tiny_encoder))
    monkeypatch.setattr("stance.encoder.cache.__version__", "99")
    again = Mock(return_value=np.zeros(1, dtype=np.uint8))
    monkeypatch.setattr("stance.encoder.sentence.export_int8", again)
    sentence_network(str(tiny_encoder))
    assert again.called


@pytest.mark.parametrize("kind", ["Roberta", "DistilBert"])
def test_encoders_without_segments(tiny_encoder, tmp_path, kind):
    sizes = {"vocab_size": 300, "pad_token_id": 0}
    if kind == "Roberta":
        sizes |= {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
        sizes |= {"intermediate_size": 32, "type_vocab_size": 1}
    else:
        sizes |= {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 32}
    config = getattr(transformers, f"{kind}Config")(**sizes)
    folder = tmp_path / "other"
    getattr(transformers, f"{kind}Model")(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes((tiny_encoder / "tokenizer.json").read_bytes())
    network = Network(*sentence_network(str(folder), cache=False), 32)
    assert network(["We will sign.", "No, we will not sign it."]).shape == (2, 16)
