"""Random damage by somebody who can make the seal: refused, or a model that still answers."""

import copy
import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stance.errors import ConfigError, ModelFileError, StanceError
from stance.models.build import build_model
from stance.persistence import load_folder
from stance.persistence.manifest import sealed
from stance.splits import split
from stance.text import normalise, unusable

TRIES = settings.default.max_examples
"""100, or what ``--hypothesis-profile`` says."""

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10**12)
    | st.floats(allow_nan=True)
    | st.text(max_size=5)
    | st.sampled_from(["a0", "a1", "LogisticRegression", "Pipeline", "favor", "log_loss", "<f8"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "state", "array", "strings", "count", "list", "tuple", "dict"])
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def _places(node, path=()):
    """Every place in a tree of JSON."""
    yield path
    inside = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in inside:
        yield from _places(value, (*path, key))


@pytest.fixture(scope="module")
def folder(toy_saved, tmp_path_factory):
    return shutil.copytree(toy_saved, tmp_path_factory.mktemp("fuzzed") / "model")


@pytest.fixture(scope="module")
def manifest(toy_saved):
    found = json.loads((toy_saved / "manifest.json").read_text())
    del found["seal"]
    return found


# A change may lie in the versions.
@pytest.mark.filterwarnings("ignore::stance.errors.OtherVersionsWarning")
@settings(max_examples=4 * TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_changed_manifest_is_refused_or_still_gives_probabilities(
    folder, manifest, toy_frames, data
):
    changed = copy.deepcopy(manifest)
    places = [place for place in _places(changed) if place]
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=2)):
        node = changed
        try:
            for key in place[:-1]:
                node = node[key]
            if data.draw(st.booleans()) and isinstance(node, dict):
                node.pop(place[-1])
            else:
                node[place[-1]] = data.draw(VALUES)
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the place of the second away
    try:
        (folder / "manifest.json").write_bytes(sealed(changed))
    except (ModelFileError, ValueError):
        return
    try:
        model = load_folder(folder).estimator
    except ModelFileError as error:
        message = str(error)
        assert message.startswith(f"{folder}: ")
        return
    found = model.predict_proba(toy_frames["test"])
    assert np.isfinite(found).all()
    assert np.allclose(found.sum(axis=1), 1)


@settings(max_examples=3 * TRIES // 2, deadline=None)
@given(st.dictionaries(st.sampled_from(["statement", "cues", "x"]), VALUES, max_size=2), VALUES)
def test_any_config_of_a_model_is_built_or_refused(features, classifier):
    spec = classifier if isinstance(classifier, dict) else {"_target_": classifier}
    try:
        build_model(features, spec)
    except ConfigError as error:
        message = str(error)
        assert message


@settings(max_examples=3 * TRIES, deadline=None)
@given(st.text())
def test_the_gate_takes_any_text(text):
    assert unusable(text) in {None, "empty", "too_long", "bidi_override", "unsupported_script"}
    assert normalise(normalise(text)) == normalise(text)


@settings(max_examples=3 * TRIES // 10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    by=st.sampled_from(["statement", "term", "conflict"]),
    seed=st.integers(0, 2**32 - 1),
    test_size=st.floats(0.01, 0.89),
    validation_size=st.floats(0.01, 0.89),
)
def test_any_division_keeps_statements_apart_or_says_why_not(
    toy_data, by, seed, test_size, validation_size
):
    try:
        divided = split(
            toy_data, by, seed=seed, test_size=test_size, validation_size=validation_size
        )
    except StanceError:
        return
    sides = [set(rows["statement_id"]) for rows in divided.values()]
    assert sum(map(len, sides)) == len(set().union(*sides))
