import json

from stance.datasets.checks.results import Finding, Measure, Report


def test_a_value_beyond_a_bound_is_a_finding_that_names_value_and_limit():
    above = Measure("sides", "macro F1", 0.612, high=0.45).finding()
    assert above == Finding("sides", "fault", "macro F1 is 0.612, above the limit of 0.45")
    below = Measure("labels", "share", 0.02, low=0.05, severity="warning", note="few").finding()
    assert below.message == "share is 0.02, below the limit of 0.05 (few)"
    assert below.severity == "warning"


def test_the_bounds_themselves_and_what_was_not_measured_are_no_finding():
    assert Measure("x", "share", 0.05, low=0.05, high=0.05).finding() is None
    assert Measure("x", "share", None, high=0.05).finding() is None
    assert Measure("x", "share", None, low=0.1, high=0.5).bounds() == "at least 0.1, at most 0.5"


def test_only_faults_make_the_exit_code_one():
    warning, fault = Finding("a", "warning", "w"), Finding("b", "fault", "f")
    assert Report("p", {}, (), (warning,)).exit_code == 0
    report = Report("p", {"pairs": 2}, (Measure("m", "w", 1.0),), (fault, warning))
    assert report.exit_code == 1
    assert report.faults == (fault,)
    assert report.warnings == (warning,)
    content = json.loads(json.dumps(report.to_dict()))
    assert content["clean"] is False
    assert content["counts"] == {"pairs": 2}
    assert content["measures"][0]["value"] == 1.0
    assert content["findings"][0] == {"check": "b", "severity": "fault", "message": "f"}
