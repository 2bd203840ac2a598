"""All checks together: planted faults are all found, in one report."""

from stance.datasets.checks import CHECKS, check


def test_a_sound_dataset_has_no_fault(source_of, rows):
    report = check(source_of(rows))
    assert report.faults == ()
    assert report.exit_code == 0
    assert report.counts["statements"] == 8


def test_faults_of_all_kinds_are_found_at_once(source_of, rows, terms):
    rows[0]["pairs"][0]["label"] = "favour"
    rows[1]["pairs"][0]["term"] = "truse"
    rows[2]["id"] = "s1"
    rows[4]["text"] = rows[3]["text"]
    rows[5]["pairs"] = rows[5]["pairs"][:1]
    rows[6] |= {"text": rows[7]["text"], "split": "train"}
    rows[7]["pairs"][0] |= {"term": "exit"}
    terms[0]["aliases"] = []
    report = check(source_of(rows, terms))
    found = {(finding.check, finding.severity) for finding in report.findings}
    wanted = {"schema", "terms", "ids", "texts", "leakage", "grid", "contradictions"}
    assert {(name, "fault") for name in wanted} <= found
    assert ("phrases", "warning") in found
    assert [item.severity for item in report.findings] == sorted(
        item.severity for item in report.findings
    )
    assert report.exit_code == 1


def test_every_finding_and_measure_carries_the_name_of_its_check(source_of, rows, terms):
    rows[0]["text"] = rows[1]["text"]
    rows[1]["pairs"][0]["term"] = "truse"
    terms[0]["aliases"] = []
    report = check(source_of(rows, terms))
    names = {item.check for item in (*report.findings, *report.measures)}
    assert names <= {*CHECKS, "terms"}
