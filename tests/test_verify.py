"""`mailflow verify`: a report that the files bear out passes; each number, row or file that differs is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import hops, json_of, write_table
from tui.cli import run
from tui.output.verify_report import differences
from tui.resources import bundled

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
SAMPLE = bundled("sample_data") / "example-corp"


def world(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        *hops(40, "TLS 1.0", connector="Fabrikam", connector_type="Partner", peer_host="mx1.fabrikam.example"),
        *hops(7, "No TLS", "2026-11-02T23:30:00"),
        *hops(20, "TLS 1.3", direction="outbound", status="refused"),
    ]
    write_table(folder / "one.csv", rows)
    write_table(folder / "two.csv", hops(12, "TLS 1.2", "2026-11-11T10:00:00", direction="outbound"))
    return folder


def verify(capsys: Capture, report: Path, *paths: object) -> tuple[int, list[str], list[str]]:
    capsys.readouterr()
    code = run(["verify", str(report), *map(str, paths)])
    result = capsys.readouterr()
    return code, result.out.splitlines(), result.err.splitlines()


def saved(folder: Path, report: object) -> Path:
    file = folder / "report.json"
    file.write_text(json.dumps(report), encoding="utf-8")
    return file


@pytest.mark.share(2)
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--days", "30"),
        ("--from", "2026-11-01", "--to", "2026-11-12", "--zone", "Europe/Vienna"),
        ("--direction", "inbound"),
        ("--connector", "none"),
        ("--connector", "Fabrikam", "--count", "recipients"),
        ("--where", 'host starts with mx1 or tls is "No TLS"', "--days", "30"),
        ("--type", "Partner", "--tls", "1.0", "--system", "Table"),
        ("--what-if", "1.2"),
        ("--what-if", "any TLS", "--refuse", "--days", "30"),
    ],
)
def test_what_the_files_bear_out_is_verified_wherever_they_lie(tmp_path: Path, capsys: Capture, options: tuple[str, ...]) -> None:
    report = saved(tmp_path, json_of(capsys, world(tmp_path / "here"), *options))
    shutil.move(tmp_path / "here", tmp_path / "there")
    code, out, err = verify(capsys, report, tmp_path / "there" / "two.csv", tmp_path / "there" / "one.csv")
    assert (code, len(out), err) == (0, 1, []), out
    assert out[0].startswith("verified: ")
    assert "2 files, no difference" in out[0]


def test_the_sample_is_verified_against_a_trace_file_too(tmp_path: Path, capsys: Capture) -> None:
    report = saved(tmp_path, json_of(capsys, SAMPLE, "--what-if", "TLS 1.2"))
    assert run(["load", str(SAMPLE), "--into", str(tmp_path / "trace.duckdb")]) == 0
    code, out, _ = verify(capsys, report, tmp_path / "trace.duckdb")
    assert (code, len(out)) == (0, 1), out


def add_tls(report: dict[str, Any]) -> None:
    report["flow"]["inbound"]["tls"]["TLS 1.0"] += 3


def forget_tls(report: dict[str, Any]) -> None:
    del report["flow"]["inbound"]["tls"]["TLS 1.0"]


def change_day(report: dict[str, Any]) -> None:
    row = next(row for row in report["connectors"] if row["connector"] == "Fabrikam")
    row["tls"]["TLS 1.2"] = 5
    row["forced_tls"] = True


def lose_row(report: dict[str, Any]) -> None:
    report["connectors"] = [row for row in report["connectors"] if row["connector"] != "Fabrikam"]


def invent_row(report: dict[str, Any]) -> None:
    report["connectors"].append({**report["connectors"][0], "connector": "Wingtip\x1b[31m"})


def soften_finding(report: dict[str, Any]) -> None:
    report["findings"][0]["percent"] = 49.5


def lose_finding(report: dict[str, Any]) -> None:
    report["findings"] = [one for one in report["findings"] if one["id"] != "tls10_partner_inbound"]


def change_source(report: dict[str, Any]) -> None:
    report["sources"][0] |= {"path": "C:\\elsewhere\\one.csv", "messages": 46, "sha256": "0" * 64}


def lose_source(report: dict[str, Any]) -> None:
    del report["sources"][1]


def change_estimate(report: dict[str, Any]) -> None:
    report["flow"]["outbound"]["is_estimate"] = 0


def change_apart(report: dict[str, Any]) -> None:
    report["not_counted"][0]["messages"] = 19


def change_floor(report: dict[str, Any]) -> None:
    report["what_if"]["totals"]["falls_back_to_clear_text"] = 0
    report["what_if"]["peers"][0]["verdict"] = "newer version seen"


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (add_tls, ["flow.inbound.tls.TLS 1.0: report 43, files 40"]),
        (forget_tls, ["flow.inbound.tls.TLS 1.0: report 0, files 40"]),
        (
            change_day,
            [
                'connectors[2026-11-12 inbound "Fabrikam"].forced_tls: report true, files null',
                'connectors[2026-11-12 inbound "Fabrikam"].tls.TLS 1.2: report 5, files 0',
            ],
        ),
        (lose_row, ['connectors[2026-11-12 inbound "Fabrikam"]: report absent, files 40']),
        (invent_row, ['connectors[2026-11-11 outbound "Wingtip^[[31m"]: report 12, files absent']),
        (soften_finding, ['findings[tls10_partner_inbound inbound "Fabrikam"].percent: report 49.5, files 100.0']),
        (lose_finding, ['findings[tls10_partner_inbound inbound "Fabrikam"]: report absent, files 40']),
        (
            change_source,
            [
                "sources[one.csv].messages: report 46, files 47",
                'sources[one.csv].sha256: report "' + "0" * 64 + '", files "',
            ],
        ),
        (lose_source, ["sources[two.csv]: report absent, files 12"]),
        (change_estimate, ["flow.outbound.is_estimate: report 0, files false"]),
        (change_apart, ["not_counted[outbound rejected].messages: report 19, files 20"]),
        (
            change_floor,
            [
                'what_if.peers[inbound "mx1.fabrikam.example"].verdict: report "newer version seen", files "no newer version seen"',
                "what_if.totals.falls_back_to_clear_text: report 0, files 40",
            ],
        ),
    ],
)
def test_each_difference_is_named(tmp_path: Path, capsys: Capture, change: Callable[[dict[str, Any]], None], lines: list[str]) -> None:
    report = json_of(capsys, world(tmp_path / "here"), "--what-if", "TLS 1.2")
    change(report)
    code, out, err = verify(capsys, saved(tmp_path, report), tmp_path / "here")
    assert code == 1
    assert sorted(line[: len(wanted)] for line, wanted in zip(sorted(out), sorted(lines), strict=True)) == sorted(lines)
    assert err == [f"mailflow: {tmp_path / 'report.json'}: {len(lines)} difference{'s' if len(lines) > 1 else ''}"]


def test_other_files_differ_in_what_they_hold(tmp_path: Path, capsys: Capture) -> None:
    report = saved(tmp_path, json_of(capsys, world(tmp_path / "here")))
    code, out, _ = verify(capsys, report, tmp_path / "here" / "one.csv")
    assert code == 1
    assert "sources[two.csv]: report 12, files absent" in out
    assert any(line.startswith("flow.outbound") for line in out)


def test_a_renamed_file_is_the_same_file(tmp_path: Path, capsys: Capture) -> None:
    report = saved(tmp_path, json_of(capsys, world(tmp_path / "here")))
    (tmp_path / "here" / "one.csv").rename(tmp_path / "here" / "renamed.csv")
    assert verify(capsys, report, tmp_path / "here")[0] == 0


def test_a_report_of_before_there_were_hashes_is_compared_without(tmp_path: Path, capsys: Capture) -> None:
    result = json_of(capsys, world(tmp_path / "here"))
    for source in result["sources"]:
        del source["sha256"]
    assert verify(capsys, saved(tmp_path, result), tmp_path / "here")[0] == 0


def test_a_redacted_report_is_verified_with_the_key_that_made_it(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    report = json_of(capsys, world(tmp_path / "here"), "--redact", "--what-if", "1.2")
    assert report["options"] == {"redacted": True}
    assert "fabrikam.example" not in json.dumps(report)
    assert verify(capsys, saved(tmp_path, report), tmp_path / "here")[0] == 0
    report["options"]["connector"] = "Fabrikam"
    code, _, err = verify(capsys, saved(tmp_path, report), tmp_path / "here")
    assert (code, len(err)) == (2, 1)


VERDICTS_OF_1 = {
    "no newer version seen": "never did better",
    "newer version seen": "can do better",
    "also sent in clear text": "seen in clear",
}


def test_a_report_of_version_1_is_read(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, world(tmp_path / "here"), "--what-if", "TLS 1.2", "--direction", "inbound")
    del report["schema_version"]
    report["asked"] = report.pop("options")
    result = report["what_if"]
    result["floor"] = result.pop("minimum_tls")
    for row in (result["totals"], *result["connectors"], *result["days"], *result["peers"]):
        row["falls_back"] = row.pop("falls_back_to_clear_text")
        if "not_recorded" in row:
            row["untold"] = row.pop("not_recorded")
    for row in result["peers"]:
        row["is_claim"] = row.pop("is_unverified")
        row["verdict"] = VERDICTS_OF_1[row["verdict"]]
    for row in report["not_counted"]:
        row["status"] = {"rejected": "refused", "delivered": "handed over", "incomplete": "unfinished"}.get(row["status"], row["status"])
    code, out, _ = verify(capsys, saved(tmp_path, report), tmp_path / "here")
    assert (code, len(out)) == (0, 1), out
    result["peers"][0]["verdict"] = "newer version seen"
    assert verify(capsys, saved(tmp_path, report), tmp_path / "here")[0] == 1


def test_a_report_of_a_later_version_is_refused(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, world(tmp_path / "here"))
    code, _, err = verify(capsys, saved(tmp_path, report | {"schema_version": 3}), tmp_path / "here")
    assert (code, len(err)) == (2, 1)
    assert "schema version 3" in err[0]


def test_files_of_one_name_in_two_folders_are_not_confused(tmp_path: Path, capsys: Capture) -> None:
    world(tmp_path / "here" / "EX01")
    write_table(world(tmp_path / "here" / "EX02") / "one.csv", hops(3, "TLS 1.3", "2026-11-10T10:00:00"))
    result = json_of(capsys, tmp_path / "here")
    result["sources"].reverse()
    assert verify(capsys, saved(tmp_path, result), tmp_path / "here")[0] == 0
    result["sources"][-1]["messages"] += 1
    assert len(verify(capsys, saved(tmp_path, result), tmp_path / "here")[1]) == 1


def test_a_report_in_utf16_as_a_shell_may_write_it_is_read(tmp_path: Path, capsys: Capture) -> None:
    result = json_of(capsys, world(tmp_path / "here"))
    file = tmp_path / "report.json"
    for encoding in ("utf-16", "utf-8-sig"):
        file.write_bytes(json.dumps(result).encode(encoding))
        assert verify(capsys, file, tmp_path / "here")[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "7",
        "{}",
        "[" * 100_000,
        '{"window": {"from": "2026-11-09", "to": "2026-11-15"}, "flow": {}, "connectors": [], "sources": []}',
        '{"window": {"from": "2026-11-09T00:00:00Z"}, "flow": {}, "connectors": [], "sources": []}',
        '{"window": {"from": "9999-12-31T00:00:00Z", "to": "9999-12-31T23:59:59Z"}, "flow": [], "connectors": [], "sources": []}',
        '{"window": {"from": "2026-11-09T00:00:00Z", "to": "2026-11-15T23:59:59Z"}, "flow": {}, "connectors": [], "sources": [],'
        ' "asked": 5}',
        '{"window": {"from": "2026-11-09T00:00:00Z", "to": "2026-11-15T23:59:59Z"}, "flow": {}, "connectors": [], "sources": [],'
        ' "asked": {"zone": "Nowhere/Land"}}',
        '{"window": {"from": "2026-11-09T00:00:00Z", "to": "2026-11-15T23:59:59Z"}, "flow": {}, "connectors": [], "sources": [],'
        ' "asked": {"filter": "weather is fine"}}',
        '{"window": {"from": "2026-11-09T00:00:00Z", "to": "2026-11-15T23:59:59Z"}, "flow": {}, "connectors": [], "sources": [],'
        ' "what_if": {"floor": "TLS 9", "refuse": false}}',
    ],
)
def test_what_is_no_report_is_one_line_and_exit_2(tmp_path: Path, capsys: Capture, text: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text)
    code, out, err = verify(capsys, file, world(tmp_path / "here"))
    assert (code, out, len(err)) == (2, [], 1)


def test_a_report_or_a_file_that_is_not_there_is_exit_2(tmp_path: Path, capsys: Capture) -> None:
    assert verify(capsys, tmp_path / "nothing.json", world(tmp_path / "here"))[0] == 2
    assert verify(capsys, tmp_path, world(tmp_path / "here"))[0] == 2
    report = saved(tmp_path, json_of(capsys, tmp_path / "here"))
    assert verify(capsys, report, tmp_path / "nowhere")[0] == 2


def test_rows_that_are_no_rows_are_differences_not_errors() -> None:
    result: dict[str, Any] = {"connectors": [7, None, {}], "sources": [3], "findings": "none", "flow": []}
    found: dict[str, Any] = {"connectors": [], "sources": [], "findings": [], "flow": {}}
    assert differences(result, found) == [
        "connectors[?]: report 7, files absent",
        "connectors[? #2]: report null, files absent",
        'connectors[? #3]: report "present", files absent',
        'sources[?]: report "present", files absent',
        'findings: report "none", files []',
        "flow: report [], files {}",
    ]
