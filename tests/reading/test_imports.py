"""``statements_from_text`` is light, and every form of importing it gives the same function."""

import pytest

FORMS = (
    "import stance; f = stance.statements_from_text",
    "from stance import statements_from_text as f",
    "from stance.reading import statements_from_text as f",
)
HEAVY = ("sklearn", "pandas", "scipy", "numpy", "pyarrow", "mlflow", "hydra", "datasets", "torch")


@pytest.mark.parametrize("form", FORMS)
def test_every_form(form, run_python):
    code = f"{form}; import stance; assert f is stance.statements_from_text; print(len(f('')))"
    assert run_python(code) == "0\n"


def test_reading_loads_nothing_heavy(run_python):
    code = (
        "import sys; from stance import statements_from_text as f;"
        "assert len(f('The mayor said the bridge was shut.')) == 1;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert run_python(code) == "[]\n"


def test_reading_is_loaded_when_it_is_asked_for(run_python):
    code = (
        "import sys, stance; print('stance.reading' in sys.modules, 'sentencex' in sys.modules);"
        "print('statements_from_text' in dir(stance)); stance.AttributedStatement;"
        "print('stance.reading' in sys.modules)"
    )
    assert run_python(code).split() == ["False", "False", "True", "True"]


def test_a_name_that_is_not_there(run_python):
    code = "import stance\ntry:\n    stance.statement\nexcept AttributeError as e:\n    print(e)"
    assert run_python(code) == "module 'stance' has no attribute 'statement'\n"
