import json
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.figure import Figure

from stance.errors import ConfigError, TrackingError
from stance.tracking.run_folder import check_place, find_runs, forget, read_run, write_run


def write(result):
    return write_run(result, name="a run", experiment="exp", register=False, started=5)


def test_a_run_comes_back_as_it_was_written(result):
    run = write(result)
    assert read_run(run.path) == run
    assert run.name == "a run"
    assert run.started == 5
    assert run.ended > run.started
    assert not run.logged
    assert run.metrics == result.metrics


def test_what_a_killed_process_left_is_cleared_away(result):
    left = result.model.parent / ".run.json.123"
    left.touch()
    assert read_run(write(result).path).name == "a run"
    assert not left.exists()


def test_tables_figures_pages_and_config_lie_beside_the_model(result, trained):
    run = write(replace(result, figures=trained.figures))
    assert run.model == result.model
    assert run.config.read_text(encoding="utf-8") == result.config
    names = {path.relative_to(run.report).as_posix() for path in run.report.rglob("*.*")}
    assert {"scores.csv", "scores.png", "test/overview.png", "test/errors.html"} <= names
    assert {"test/predictions.csv", "ngrams.csv", "ngrams.png", "test/labels.csv"} <= names


def test_an_earlier_run_is_forgotten_and_a_folder_of_the_user_is_not(result, tmp_path):
    run = write(result)
    forget(run.path)
    assert not run.report.exists()
    assert not run.config.exists()
    assert find_runs(run.path) == []
    assert run.model.is_dir()
    (tmp_path / "mine/report").mkdir(parents=True)
    forget(tmp_path / "mine")
    assert (tmp_path / "mine/report").is_dir()


def test_the_report_of_a_run_that_was_killed_is_forgotten(result):
    run = write(result)
    (run.path / "run.json").unlink()
    forget(run.path)
    assert not run.report.exists()
    assert not run.config.exists()


@pytest.mark.parametrize("name", ["run.json", "config.yaml", "report/thesis.tex"])
def test_a_folder_with_files_of_another_program_is_refused(tmp_path, name):
    mine = tmp_path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text('{"run": 1}')
    taken = name.partition("/")[0]
    with pytest.raises(ConfigError, match=f"output: .* holds {taken}, which no training has wri"):
        check_place(tmp_path)
    assert mine.read_text() == '{"run": 1}'


def test_a_folder_of_a_run_is_no_other_programs(result, tmp_path):
    check_place(tmp_path)
    run = write(result)
    check_place(run.path)
    (run.path / "run.json").unlink()  # as where a training was killed while it wrote its report
    check_place(run.path)


def test_cells_that_a_spreadsheet_would_run_are_disarmed(result):
    table = pd.DataFrame({"text": ["=HYPERLINK(1)", "@a", "fine"]})
    run = write(replace(result, tables={"bad": table}))
    read = pd.read_csv(run.report / "bad.csv")
    assert list(read["text"]) == ["'=HYPERLINK(1)", "'@a", "fine"]


def test_a_figure_with_letters_that_the_font_lacks_is_drawn_all_the_same(result):
    figure = Figure()
    figure.suptitle("停戦 ཞི་བདེ")
    run = write(replace(result, figures={"letters": figure}))
    assert (run.report / "letters.png").stat().st_size > 1000


def test_runs_are_found_at_any_depth(result):
    run = write(result)
    assert find_runs(run.path.parent) == [run.path]
    assert find_runs(run.path.parent / "nothing") == []


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(TrackingError, match="there is no run in this folder"):
        read_run(tmp_path)


def test_a_damaged_run_is_refused(result):
    run = write(result)
    (run.path / "run.json").write_text('{"format": 1, "name"')
    with pytest.raises(TrackingError, match=r"run.json: damaged, cannot be logged"):
        read_run(run.path)


def test_a_run_of_a_later_version_is_refused(result):
    run = write(result)
    values = json.loads((run.path / "run.json").read_text()) | {"format": 99}
    (run.path / "run.json").write_text(json.dumps(values))
    with pytest.raises(TrackingError, match="format 99 is not known to this version"):
        read_run(run.path)
