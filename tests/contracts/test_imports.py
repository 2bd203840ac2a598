"""``import stance`` is light, and every form of importing ``predict`` works, in any order."""

import subprocess
import sys

import pytest

HEAVY = ("sklearn", "pandas", "scipy", "mlflow", "hydra", "datasets", "matplotlib", "torch")
POSITIONS = {
    "module": "import stance; p = stance.positions",
    "name": "from stance import positions as p",
    "package": "from stance.positioning import positions as p",
    "submodule": "from stance.positioning.asking import positions as p",
}
FORMS = {
    "module": "import stance; p = stance.predict",
    "name": "from stance import predict as p",
    "submodule": "from stance.predict import predict as p",
}


def _run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_loads_nothing_heavy():
    code = f"import sys, stance; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert _run(code) == "[]"


@pytest.mark.parametrize("second", FORMS)
@pytest.mark.parametrize("first", FORMS)
def test_every_form_gives_the_function(first, second):
    code = f"{FORMS[first]}; a = p; {FORMS[second]}; assert a is p and callable(p); print('ok')"
    assert _run(code) == "ok"


@pytest.mark.parametrize("second", POSITIONS)
@pytest.mark.parametrize("first", POSITIONS)
def test_every_form_gives_the_function_positions(first, second):
    code = f"{POSITIONS[first]}; a = p; {POSITIONS[second]}; assert a is p and callable(p)"
    assert _run(f"{code}; import stance.positioning.table; assert stance.positions is p") == ""


def test_predicts_without_network_libraries():
    code = (
        "import sys; from stance import predict; predict('We sign.', 'A treaty is signed now');"
        "print([name for name in ('mlflow', 'hydra', 'datasets') if name in sys.modules])"
    )
    assert _run(code) == "[]"
