"""The commands of ``python -m stance.datasets``, called as a person would."""

import csv
import json
import subprocess
import sys

import pytest

from stance.datasets.__main__ import main
from stance.datasets.card_section import BEGIN, END
from stance.datasets.source import read_source


@pytest.fixture
def called(capsys):
    def call(*arguments):
        code = main([str(item) for item in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_check_is_clean_with_0_and_writes_its_report(called, build, rows, tmp_path):
    code, out, _ = called("check", build(rows), "--json", tmp_path / "report.json")
    assert code == 0
    assert "8 statements" in out
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["clean"] is True
    assert report["counts"]["pairs"] == 11


def test_check_finds_faults_with_1(called, build, rows, tmp_path):
    rows[0]["pairs"][0]["label"] = "favour"
    rows[2]["id"] = "s2"
    code, out, _ = called("check", build(rows), "--json", tmp_path / "report.json")
    assert code == 1
    assert "did you mean 'favor'?" in " ".join(out.split())
    assert "2 faults" in out
    findings = json.loads((tmp_path / "report.json").read_text())["findings"]
    assert [item["check"] for item in findings if item["severity"] == "fault"] == ["schema", "ids"]


def test_no_report_takes_the_place_of_an_input(called, build, rows, terms, tmp_path):
    folder, lines = build(rows), build(rows, name="lines")
    (lines / "terms.jsonl").write_text("\n".join(map(json.dumps, terms)))
    table, catalogue = tmp_path / "pairs.csv", tmp_path / "terms.yaml"
    table.write_text("text,term,label\nWe sign.,A truce takes effect,favor\n")
    catalogue.write_text("- name: A truce takes effect\n")
    commands = [
        (table, "check", table),
        (catalogue, "check", table, "--terms", catalogue),
        (folder / "statements.jsonl", "check", folder),
        (folder / "terms.yaml", "check", folder / "statements.jsonl"),
        (lines / "terms.jsonl", "check", lines),
        (lines / "terms.yaml", "check", lines),
        (table, "agreement", table, table),
    ]
    for victim, *command in commands:
        before = victim.read_bytes()
        code, _, err = called(*command, "--json", victim)
        assert code == 2
        assert f"error: --json {victim} is an input itself; choose another name" in err
        assert victim.read_bytes() == before


def test_no_report_takes_the_place_of_the_dataset_that_ships(
    called, build, rows, tmp_path, monkeypatch
):
    folder = build(rows)
    monkeypatch.setattr("stance.datasets.settlement.default_path", lambda: folder)
    before = (folder / "terms.yaml").read_bytes()
    code, _, err = called("check", "--json", folder / "terms.yaml")
    assert (code, "terms.yaml is an input itself; choose" in err) == (2, True)
    assert (folder / "terms.yaml").read_bytes() == before


def test_the_ending_says_what_is_exported(called, build, rows, tmp_path):
    folder = build(rows)
    assert called("export", folder, "--out", tmp_path / "a.json")[0] == 0
    assert json.loads((tmp_path / "a.json").read_text())
    code, _, err = called("export", folder, "--out", tmp_path / "a.xlsx")
    assert code == 2
    assert "a.xlsx: expected a name that ends in .csv or .json, or --format" in err
    assert not (tmp_path / "a.xlsx").exists()


def test_check_cannot_read_with_2(called, tmp_path):
    code, out, err = called("check", tmp_path / "nowhere\x1b")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert r"nowhere\x1b: no such file or folder" in err


def test_an_interrupted_check_ends_with_a_line_and_130(called, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("stance.datasets.__main__.read_source", interrupt)
    assert called("check") == (130, "", "error: interrupted\n")


def test_check_reads_a_table_by_its_own_names(called, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("body,term,label\nWe sign.,A dam is filled,PRO\n")
    code, out, _ = called("check", table, "--column", "text=body", "--label", "PRO=favor")
    assert code == 0
    assert "1 statements" in out
    code, _, err = called("check", table, "--column", "body")
    assert code == 2
    assert "--column 'body': expected LEFT=RIGHT" in err


def test_statistics_are_written_into_the_folder_and_its_card(called, build, rows):
    folder = build(rows)
    (folder / "README.md").write_text(f"# Mine\n{BEGIN}\n{END}\nrest\n")
    code, out, _ = called("statistics", folder)
    assert code == 0
    assert "brought in step" in out.replace("\n", "")
    assert json.loads((folder / "statistics.json").read_text())["counts"]["pairs"] == 11
    assert "11 pairs" in (folder / "README.md").read_text()


def test_statistics_elsewhere_leave_folder_and_card_alone(called, build, rows, tmp_path):
    folder = build(rows)
    (folder / "README.md").write_text(f"{BEGIN}\n{END}\n")
    assert called("statistics", folder, "--out", tmp_path / "s.json")[0] == 0
    assert (tmp_path / "s.json").exists()
    assert not (folder / "statistics.json").exists()
    assert (folder / "README.md").read_text() == f"{BEGIN}\n{END}\n"


@pytest.mark.parametrize("content", [b'{"mean": 4}', b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_statistics_replace_statistics_only(called, tmp_path, content):
    table, out = tmp_path / "pairs.csv", tmp_path / "statistics.json"
    table.write_text("text,term,label\nWe sign.,A dam is filled,favor\n")
    assert called("statistics", table)[0] == called("statistics", table)[0] == 0
    out.write_bytes(content)
    code, _, err = called("statistics", table)
    assert code == 2
    assert "statistics.json: it is there already and holds no statistics of a dataset; c" in err
    assert out.read_bytes() == content
    assert called("statistics", table, "--out", table)[0] == 2
    assert table.read_text().startswith("text,")


def test_export_does_not_overwrite_its_own_dataset(called, tmp_path):
    table = tmp_path / "pairs.csv"
    table.write_text("text,term,label\nWe sign.,A dam is filled,favor\n")
    code, _, err = called("export", table, "--out", table)
    assert code == 2
    assert "pairs.csv: it is there already; choose another with --out" in err
    assert table.read_text().startswith("text,")


def test_a_card_without_the_marks_is_left_alone(called, build, rows):
    folder = build(rows)
    (folder / "README.md").write_text("# Mine\n")
    assert called("statistics", folder)[0] == 0
    assert (folder / "README.md").read_text() == "# Mine\n"


def test_export_label_import_agree(called, build, rows, tmp_path):
    folder = build(rows)
    for reader in ("ann", "bob"):
        file = tmp_path / f"{reader}.csv"
        assert called("export", folder, "--format", "csv", "--out", file)[0] == 0
        with file.open(encoding="utf-8-sig", newline="") as opened:
            cells = list(csv.reader(opened))
        for number, row in enumerate(cells[1:]):
            row[-1] = "favor" if number % 2 or (reader == "bob" and number == 0) else "against"
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(cells)
    code, out, _ = called("import-labels", tmp_path / "ann.csv", folder)
    assert code == 0
    assert "11 labels written to" in out
    copy = read_source(tmp_path / "mine-labelled")
    assert copy.statements[0].pairs[0].votes == ("favor", "favor", "against")
    code, out, _ = called("agreement", tmp_path / "ann.csv", tmp_path / "bob.csv",
                          "--json", tmp_path / "agreement.json")  # fmt: skip
    assert code == 0
    assert "all labels" in out
    found = json.loads((tmp_path / "agreement.json").read_text())
    assert found["pairwise"][0]["items"] == 11
    assert found["pairwise"][0]["agreed"] == pytest.approx(10 / 11)
    assert 0.5 < found["alpha"] < 1
    assert found["labels"]["neutral"] is None


def test_imported_labels_may_replace_the_old_and_go_elsewhere(called, build, rows, tmp_path):
    folder = build(rows)
    (tmp_path / "ann.csv").write_text("statement,term,label\ns1,truce,against\n")
    code, _, _ = called(
        "import-labels", tmp_path / "ann.csv", folder, "--as", "labels", "--out", tmp_path / "new"
    )
    assert code == 0
    assert read_source(tmp_path / "new").statements[0].pairs[0].label == "against"


def test_every_wrong_row_of_an_import_is_an_error_line(called, build, rows, tmp_path):
    (tmp_path / "ann.csv").write_text("statement,term,label\ns99,truce,favor\ns1,truse,favor\n")
    code, _, err = called("import-labels", tmp_path / "ann.csv", build(rows))
    assert code == 2
    assert len(err.splitlines()) == 2
    assert not (tmp_path / "mine-labelled").exists()


def test_agreement_takes_two_readers(called, tmp_path):
    (tmp_path / "ann.csv").write_text("statement,term,label\ns1,truce,favor\n")
    code, _, err = called("agreement", tmp_path / "ann.csv")
    assert code == 2
    assert "agreement takes the labels of two readers; these files have fewer" in err


def test_it_runs_as_a_module(build, rows):
    rows[0]["pairs"][0]["label"] = "favour"
    done = subprocess.run(
        [sys.executable, "-m", "stance.datasets", "check", str(build(rows))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "1 fault" in done.stdout
