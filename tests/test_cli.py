"""The command line as its users meet it: exit codes, one line an error, stdout for data."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.reports import hops, json_of, text_of, write_rows, write_table
from tui.cli import run
from tui.resources import bundled

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]
SAMPLE = bundled("sample_data") / "example-corp"


def result(capsys: Capture, *arguments: object) -> tuple[int, str, list[str]]:
    capsys.readouterr()
    code = run([str(argument) for argument in arguments])
    out = capsys.readouterr()
    return code, out.out, out.err.splitlines()


def test_a_typing_mistake_names_the_nearest_command(capsys: Capture) -> None:
    code, out, err = result(capsys, "reprot")
    assert (code, out) == (2, "")
    assert err == ["mailflow: 'reprot' is neither a command nor a file; did you mean report?"]


def test_a_file_named_like_a_command_opens_by_its_path(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    write_table(tmp_path / "report", hops(3, "TLS 1.3"))
    monkeypatch.chdir(tmp_path)
    code, out, _ = result(capsys, "./report")
    assert code == 0
    assert "Inbound: 3" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "nowhere.log"], "no such file or folder"),
        (["report", "*.nothing"], "no such file or folder"),
        (["report"], "no PATH given"),
        (["report", "x", "--format", "yaml"], "choose text,"),
        (["report", "x", "--days", "0"], "--days"),
        (["report", "x", "--from", "yesterday"], "--from"),
        (["load", "x"], "--into"),
        (["check", "x", "--fail-on", "nonsense"], "invalid value; choose from"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_usage_errors_are_one_line_and_exit_2(capsys: Capture, arguments: list[str], words: str) -> None:
    code, out, err = result(capsys, *arguments)
    assert (code, out, len(err)) == (2, "", 1)
    assert words in err[0]


def test_nothing_readable_is_3_and_nothing_recognised_is_4(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty.log").write_bytes(b"")
    code, out, err = result(capsys, "report", tmp_path / "empty.log")
    assert (code, out, len(err)) == (3, "", 1)
    assert "is empty" in err[0]
    (tmp_path / "shopping.txt").write_text("milk\nbread\n")
    code, out, err = result(capsys, "report", tmp_path / "shopping.txt")
    assert (code, out, len(err)) == (4, "", 1)
    assert "unknown format" in err[0]
    (tmp_path / "nothing").mkdir()
    code, _, err = result(capsys, "report", tmp_path / "nothing")
    assert (code, len(err)) == (4, 1)


def test_bad_files_are_named_on_stderr_and_the_rest_is_answered(tmp_path: Path, capsys: Capture) -> None:
    write_table(tmp_path / "good.csv", hops(3, "TLS 1.3"))
    (tmp_path / "bad.bin").write_bytes(bytes(range(256)) * 100)
    code, out, err = result(capsys, "report", "--format", "json", tmp_path)
    assert code == 0
    assert json.loads(out)["flow"]["inbound"]["messages"] == 3
    assert len(err) == 1
    assert "bad.bin" in err[0]


def test_a_wrong_window_or_config_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    code, _, err = result(capsys, "report", table, "--from", "2026-11-12", "--to", "2026-11-11")
    assert (code, len(err)) == (2, 1)
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nmin_recoded = 5\n")
    code, _, err = result(capsys, "report", table, "--config", config)
    assert (code, len(err)) == (2, 1)
    assert "min_recoded" in err[0]
    assert "min_recorded" in err[0]
    config.write_text("[engine]\nmemory_mb = 'much'\n")
    assert result(capsys, "report", table, "--config", config)[0] == 2
    config.write_text("= [\n")
    assert result(capsys, "report", table, "--config", config)[0] == 2


def test_load_keeps_and_loading_twice_changes_nothing(tmp_path: Path, capsys: Capture) -> None:
    table, trace = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")), tmp_path / "trace.duckdb"
    assert result(capsys, "load", table, "--into", trace)[0] == 0
    once = json_of(capsys, trace)
    code, out, err = result(capsys, "load", table, "--into", trace)
    assert (code, out) == (0, "")
    assert any("already loaded" in line for line in err)
    assert json_of(capsys, trace) == once


def test_a_trace_file_is_never_written_by_opening_it(tmp_path: Path, capsys: Capture) -> None:
    trace = tmp_path / "trace.duckdb"
    assert result(capsys, "load", write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")), "--into", trace)[0] == 0
    before = trace.read_bytes()
    trace.chmod(0o444)
    assert "Inbound: 3" in text_of(capsys, trace)
    assert trace.read_bytes() == before
    code, _, err = result(capsys, "report", trace, tmp_path / "t.csv")
    assert (code, len(err)) == (2, 1)
    assert "mailflow load" in err[0]


def test_the_trace_file_of_the_config_is_the_default(tmp_path: Path, capsys: Capture) -> None:
    trace, config = tmp_path / "trace.duckdb", tmp_path / "config.toml"
    result(capsys, "load", write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")), "--into", trace)
    config.write_text(f'trace_file = "{trace}"\n')
    assert json_of(capsys, "--config", config)["flow"]["inbound"]["messages"] == 3


def test_formats_are_listed_with_what_they_provide_and_lack(capsys: Capture) -> None:
    code, out, err = result(capsys, "formats")
    assert (code, err) == (0, [])
    for query in (bundled("queries") / "formats").glob("*.sql"):
        assert query.stem in out
    assert out.count("not in this format:") == out.count("    provides:") == len(list((bundled("queries") / "formats").glob("*.sql")))


def test_files_without_a_message_have_a_line_about_it(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3", status="rejected"))
    text = text_of(capsys, table)
    assert "Inbound: no data" in text
    report = json_of(capsys, table)
    assert report["flow"] == {}
    assert report["data"] is None


def mailflow(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("mailflow re", ["report"]),
        ("mailflow report --format j", ["json"]),
        ("mailflow report --minimum-tls a", ["any TLS"]),
        ("mailflow load --as exim", ["exim"]),
        ("mailflow show cov", ["coverage"]),
        ("mailflow check --fail-on data", ["data_is_stale"]),
        ("mailflow help exit", ["exit-codes"]),
    ],
)
def test_shells_complete_commands_and_values(words: str, completed: list[str]) -> None:
    environment = {"_MAILFLOW_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert mailflow(**environment).stdout.splitlines() == completed


@pytest.mark.share(2)
@pytest.mark.parametrize("option", ["--minimum-tls", "--what-if", "--floor"])
def test_the_minimum_has_one_name_in_help_and_two_others(option: str, tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.0"))
    assert json_of(capsys, table, option, "1.2")["what_if"]["minimum_tls"] == "TLS 1.2"
    _, out, _ = result(capsys, "report", "--help")
    assert "--minimum-tls, --what-if VERSION" in out
    assert "--floor" not in out


def test_the_old_name_of_a_list_is_read(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.0", peer_host="mx1.fabrikam.example"))
    assert result(capsys, "show", "floor", table)[1] == result(capsys, "show", "what-if", table)[1] != ""


def test_without_a_terminal_the_demo_prints_the_report_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = mailflow("demo", TMPDIR=str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "Inbound Partner connector seeing significant TLS1.0 mail flow" in done.stdout
    assert "\x1b" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_c_locale_gets_ascii(tmp_path: Path) -> None:
    done = mailflow("report", write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "Inbound: 3" in done.stdout


def test_a_closed_pipe_is_no_error(sample_trace: Path) -> None:
    command = f"{sys.executable} -m tui report {sample_trace} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.startswith("Mail flow ")
    assert done.stderr == ""


def test_the_core_imports_no_terminal_library() -> None:
    code = "import sys; import tui.commands; print([m for m in ('textual', 'rich', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_names_a_path_of_one_machine() -> None:
    root = Path(__file__).parent.parent
    for folder in ("tui", "queries"):
        for file in (root / folder).rglob("*"):
            if file.suffix in (".py", ".sql", ".tcss"):
                assert f"{os.sep}home{os.sep}" not in file.read_text(encoding="utf-8"), file


def test_internal_errors_are_one_line_without_content(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object) -> str:
        secret = "ann@example.com"
        raise ValueError(secret)

    monkeypatch.setattr("tui.commands.report", burst)
    code, out, err = result(capsys, "report", "x")
    assert (code, out, len(err)) == (70, "", 1)
    assert "ValueError" in err[0]
    assert "ann@example.com" not in err[0]


@pytest.mark.share(3)
@pytest.mark.parametrize("what", ["who", "failed", "coverage", "security", "domains", "floor", "work"])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_each_list_is_on_the_command_line(tmp_path: Path, capsys: Capture, what: str, form: str) -> None:
    table = write_rows(tmp_path / "t.csv", hops(1, "TLS 1.0", peer_host="a.example") + hops(1, "TLS 1.0", peer_host="b.example"))
    assert run(["show", what, str(table), "--format", form]) == 0
    result = capsys.readouterr().out
    assert result.startswith("[" if form == "json" else tuple("abcdefghijklmnopqrstuvwxyz"))
    if (what, form) == ("who", "csv"):
        assert [line["name"] for line in csv.DictReader(io.StringIO(result))] == ["a.example", "b.example"]
