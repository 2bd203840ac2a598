"""Toy data and models: small enough to train in a second, real enough to go wrong."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from stance.config import DatasetConfig, FeaturesConfig, ModelConfig, SplitConfig, TrainConfig
from stance.datasets import load, to_frame
from stance.models import TemperatureCalibrated, build_model
from stance.persistence import SavedModel, save_folder
from stance.terms import TermCatalogue

TOY = Path(__file__).parent / "toy"

# Hours rather than seconds: pytest --hypothesis-profile thorough tests/security
settings.register_profile("thorough", max_examples=5000, deadline=None)

BLOCKS = {
    "statement": {"max_n": 2, "min_df": 1},
    "marked": {"window": 3, "min_df": 1},
    "overlap": {},
    "holder": {"min_df": 1, "weight": 0.5},
}
LOGISTIC = {"_target_": "sklearn.linear_model.LogisticRegression", "max_iter": 200}
TWO_STAGE = {
    "_target_": "stance.models.TwoStageClassifier",
    "related": LOGISTIC,
    "stance": LOGISTIC,
}


@pytest.fixture(scope="session")
def toy_folder():
    """A dataset in the settlement format: 34 statements, 4 terms of 2 conflicts, 68 pairs."""
    return TOY


@pytest.fixture
def toy_copy(tmp_path):
    """The same folder, to write in."""
    return shutil.copytree(TOY, tmp_path / "toy")


@pytest.fixture(scope="session")
def toy_data():
    return load("settlement", TOY)


@pytest.fixture(scope="session")
def toy_frames(toy_data):
    """The DataFrame of pairs of each split."""
    return {name: to_frame(rows) for name, rows in toy_data.items()}


@pytest.fixture
def toy_pairs(toy_frames):
    """The training pairs of the toy data: 50 rows with all five labels."""
    return toy_frames["train"].copy()


@pytest.fixture(scope="session")
def toy_terms():
    return TermCatalogue.from_yaml(TOY / "terms.yaml")


@pytest.fixture(scope="session")
def toy_blocks():
    return BLOCKS


@pytest.fixture(scope="session")
def toy_classifier():
    return TWO_STAGE


@pytest.fixture(scope="session")
def toy_model(toy_frames):
    """A two-stage model over all blocks, fitted and calibrated."""
    train, validation = toy_frames["train"], toy_frames["validation"]
    model = build_model(BLOCKS, TWO_STAGE).fit(train, train["label"])
    return TemperatureCalibrated(model).fit(validation, validation["label"])


@pytest.fixture(scope="session")
def toy_saved(toy_model, tmp_path_factory):
    """The folder of the toy model; not to be written in."""
    saved = SavedModel(toy_model, data={"name": "toy"}, notes={"run": "toy"})
    return save_folder(saved, tmp_path_factory.mktemp("models") / "toy")


@pytest.fixture
def toy_config(tmp_path):
    """A whole training on the toy data that writes into ``tmp_path``."""
    return TrainConfig(
        dataset=DatasetConfig("settlement", str(TOY)),
        split=SplitConfig("fixed"),
        features=FeaturesConfig("toy", BLOCKS),
        model=ModelConfig("two_stage", TWO_STAGE),
        output=str(tmp_path / "output"),
    )


@pytest.fixture(scope="session")
def toy_table(toy_data, tmp_path_factory):
    """The toy data as a user's own CSV file, with labels and columns of its own."""
    frame = to_frame(toy_data["train"])
    table = frame[["statement_id", "text", "holder", "side", "term_name", "label"]].rename(
        columns={"text": "quote", "term_name": "clause", "statement_id": "number"}
    )
    table["label"] = table["label"].replace({"favor": "pro", "against": "con"})
    path = tmp_path_factory.mktemp("tables") / "quotes.csv"
    table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def tiny_encoder(toy_frames, tmp_path_factory):
    """A folder with a BERT of one layer, drawn at random, that knows the toy data's words."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    columns = ("text", "holder", "term_name", "term_description")
    texts = [text for frame in toy_frames.values() for name in columns for text in frame[name]]
    words = sorted({word for text in texts for word in re.findall(r"\w+|[^\w\s]", text.lower())})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = tokenizers.processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=0.3,
        attention_probs_dropout_prob=0.1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        transformers.BertModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="session")
def tiny_nli(tiny_encoder, tmp_path_factory):
    """The same as a model for natural-language inference, just as random."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    names = ["contradiction", "entailment", "neutral"]
    folder = tmp_path_factory.mktemp("encoders") / "nli"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = transformers.BertForSequenceClassification.from_pretrained(
            tiny_encoder,
            id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)},
        )
    model.save_pretrained(folder)
    shutil.copy(tiny_encoder / "tokenizer.json", folder)
    return folder


@pytest.fixture
def stance_cache(tmp_path, monkeypatch):
    """A cache folder of the test's own."""
    monkeypatch.setenv("STANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def no_torch():
    """Code that forbids what predicting must not need."""
    return (
        "import sys\n"
        "class Forbidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        assert name not in ('torch', 'transformers', 'onnx', 'safetensors'), name\n"
        "sys.meta_path.insert(0, Forbidden())\n"
    )


@pytest.fixture(scope="session")
def run_python():
    """Run a program in a fresh interpreter; its standard output, or fail with its error."""

    def run(code, cwd=None):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code], cwd=cwd, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
