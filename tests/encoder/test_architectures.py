"""Encoders of other kinds than the default, drawn at random: to a network, and what it gives."""

import json
import shutil

import numpy as np
import pytest

from stance.encoder.checkpoints import open_classifier
from stance.encoder.export import as_bytes, check_exportable, export_int8
from stance.encoder.loading import check_length, load_config, load_transformer
from stance.encoder.network import Network
from stance.errors import ConfigError
from stance.labels import LABELS
from stance.models import CrossEncoderClassifier

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("onnxruntime")

RELATIVE = {
    "relative_attention": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
}
KINDS = {
    "Bert": {},
    "Roberta": {"pad_token_id": 0},
    "XLMRoberta": {"pad_token_id": 0},
    "Camembert": {"pad_token_id": 0},
    "Electra": {"embedding_size": 16},
    "MPNet": {},
    "Deberta": RELATIVE,
    "DebertaV2": {
        **RELATIVE,
        "position_buckets": 4,
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "type_vocab_size": 0,
    },
    "ModernBert": {
        "local_attention": 8,
        "global_attn_every_n_layers": 2,
        **dict.fromkeys(("pad_token_id", "bos_token_id", "cls_token_id"), 0),
        **dict.fromkeys(("eos_token_id", "sep_token_id"), 3),
    },
}


@pytest.fixture
def folder_of(tiny_encoder, tmp_path):
    def make(kind):
        config = getattr(transformers, f"{kind}Config")(
            vocab_size=load_config(tiny_encoder).vocab_size,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            initializer_range=0.3,
            **KINDS[kind],
        )
        with torch.random.fork_rng():
            torch.manual_seed(0)
            getattr(transformers, f"{kind}Model")(config).save_pretrained(tmp_path / kind)
        shutil.copy(tiny_encoder / "tokenizer.json", tmp_path / kind)
        return tmp_path / kind

    return make


@pytest.mark.parametrize("kind", KINDS)
def test_the_network_gives_what_torch_gives(folder_of, toy_pairs, kind):
    folder = folder_of(kind)
    model = open_classifier(folder, LABELS, seed=0).eval()
    check_exportable(model, output="pairs")
    content = as_bytes((folder / "tokenizer.json").read_bytes())
    network = Network(export_int8(model, output="pairs"), content, 160)
    # Far longer and far shorter than what the network was traced with.
    texts = list(toy_pairs["text"][:10])
    texts = [*texts, texts[0] * 9, "no"]
    names = [*toy_pairs["term_name"][:10], texts[0], "yes"]
    with torch.inference_mode():
        exact = [
            model(torch.tensor([ids]), torch.tensor([kinds]))[0].numpy()
            for ids, kinds in network.tokens(texts, names)
        ]
    found = network(texts, names)
    assert np.corrcoef(found.ravel(), np.ravel(exact))[0, 1] > 0.98
    assert np.corrcoef(found[-2], exact[-2])[0, 1] > 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_alone_needs_no_mask(folder_of, kind):
    model = open_classifier(folder_of(kind), LABELS, seed=0).eval()
    ids, kinds = torch.arange(4, 44)[None], (torch.arange(40) > 25).long()[None]
    with torch.inference_mode():
        alone, masked = model(ids, kinds), model(ids, kinds, torch.ones_like(ids))
    assert torch.allclose(alone, masked, atol=1e-5)


def test_the_network_of_a_kind_whose_words_all_see_each_other_works_out_no_mask(tiny_encoder):
    model = open_classifier(tiny_encoder, LABELS, seed=0).eval()
    graph = pytest.importorskip("onnx").load_from_string(
        export_int8(model, output="pairs").tobytes()
    )
    assert "Where" not in {node.op_type for node in graph.graph.node}


@pytest.mark.parametrize("kind", ["DebertaV2", "ModernBert"])
def test_a_training_ends_in_a_network_that_answers_as_torch(folder_of, toy_pairs, tmp_path, kind):
    reader = CrossEncoderClassifier(
        str(folder_of(kind)),
        epochs=3,
        batch_size=8,
        learning_rate=1e-2,
        checkpoint=str(tmp_path / "trained"),
        precision="float32",
        save_every=0,
        random_state=0,
    )
    found = reader.fit(toy_pairs, toy_pairs["label"]).predict_proba(toy_pairs)
    model = open_classifier(tmp_path / "trained", LABELS, seed=0).eval()
    with torch.inference_mode():
        exact = [
            model(torch.tensor([ids]), torch.tensor([kinds]))[0].softmax(0).numpy()
            for ids, kinds in reader.open_network().tokens(*reader.texts(toy_pairs))
        ]
    exact = np.array(exact)[:, [LABELS.index(label) for label in reader.classes_]]
    assert np.corrcoef(np.log(found).ravel(), np.log(exact).ravel())[0, 1] > 0.9


def test_a_model_that_no_folder_may_hold_is_refused_before_the_training(tiny_encoder):
    class Looping(torch.nn.Module):
        def forward(self, ids, kinds):
            return torch.fft.fft(ids.float()).real

    with pytest.raises(ConfigError, match=r"of this kind \(Looping\) cannot be exported: .*fft"):
        check_exportable(Looping(), output="pairs")


def test_an_operator_that_no_folder_may_hold_is_refused_before_the_training():
    class Rounding(torch.nn.Module):
        def forward(self, ids, kinds):
            return torch.round(ids / 3)

    message = "cannot be exported: the network uses the operator 'Round', which is not allowed"
    with pytest.raises(ConfigError, match=message):
        check_exportable(Rounding(), output="pairs")


def test_more_tokens_than_the_encoder_has_places_for(tiny_encoder, tmp_path):
    folder = shutil.copytree(tiny_encoder, tmp_path / "short")
    described = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**described, "max_position_embeddings": 64}))
    check_length(folder, 64)
    with pytest.raises(ConfigError, match=r"max_length: .*short reads at most 64 tokens, got 65"):
        check_length(folder, 65)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("config.json", b'{"model_type": "of another world"}', "of another world"),
        ("config.json", b"{", "config"),
        ("model.safetensors", b"torn", ""),
    ],
)
def test_a_folder_that_cannot_be_opened(tiny_encoder, tmp_path, file, content, reason):
    folder = shutil.copytree(tiny_encoder, tmp_path / "bad")
    (folder / file).write_bytes(content)
    with pytest.raises(ConfigError, match=rf"the model in .*bad cannot be opened: .*{reason}"):
        load_transformer("AutoModel", folder)
