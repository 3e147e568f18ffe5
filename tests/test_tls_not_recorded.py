"""Where files do not tell TLS, what is said names the export that has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sample_data.generator import build_world, write_world
from tests.support.reports import hops, json_of, text_of, write_table
from tests.support.screens import opened, until_shown
from tui.cli import run
from tui.store.query_files import load_folder

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]
TRACE = "TLS is in the extended report of the same days"


def world(folder: Path, *formats: str) -> Path:
    write_world(build_world(40, 7, formats=formats), folder, plain=True)
    return folder


def squeezed(text: str) -> str:
    """Return a text without its line ends and boxes."""
    return " ".join(text.replace("│", " ").split())


def test_each_format_without_tls_versions_names_one_that_has_them() -> None:
    silent = [
        one.path.stem
        for one in load_folder("formats")
        if one.one("into") == "message" and "TLS version" in one.one("lacks") and not one.one("tls_from")
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("name", "system", "place"),
    [
        ("exo_enhanced", "Exchange Online", "the extended report of the same days"),
        ("exchange_tracking", "Exchange Server", "the SMTP receive and send protocol logs of the same server"),
    ],
)
def test_the_text_report_names_it_once(name: str, system: str, place: str, tmp_path: Path, capsys: Capture) -> None:
    folder = world(tmp_path / "w", name)
    flow = json_of(capsys, folder)["flow"]
    count = sum(one["messages"] - one["recorded"] for one in flow.values())
    assert count
    text = squeezed(text_of(capsys, folder))
    assert text.count(f"{count} not recorded ({system}: TLS is in {place})") == 1


def test_a_count_that_is_an_estimate_is_marked(sample_trace: Path, capsys: Capture) -> None:
    assert "~33 not recorded (Exchange Online: TLS is in" in squeezed(text_of(capsys, sample_trace))


def test_only_systems_with_unrecorded_mail_are_named(tmp_path: Path, capsys: Capture) -> None:
    text = squeezed(text_of(capsys, world(tmp_path / "w", "exo_enhanced", "haraka")))
    assert TRACE in text
    assert "Haraka: TLS is in" not in text


def test_no_line_where_all_is_recorded(tmp_path: Path, capsys: Capture) -> None:
    assert "TLS is in" not in text_of(capsys, write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")))


def test_lists_of_formats_and_sources_name_it(tmp_path: Path, capsys: Capture) -> None:
    folder = world(tmp_path / "w", "exo_enhanced")
    capsys.readouterr()
    assert run(["formats"]) == 0
    assert "TLS is in: the Gmail logs of BigQuery or the Reports API" in squeezed(capsys.readouterr().out)
    assert run(["sources", str(folder)]) == 0
    assert "TLS is in: the extended report of the same days" in squeezed(capsys.readouterr().out)


def test_the_page_names_it(tmp_path: Path, capsys: Capture) -> None:
    folder = world(tmp_path / "w", "exo_enhanced")
    capsys.readouterr()
    assert run(["report", str(folder), "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert "TLS is in" in page
    assert "the extended report of the same days" in page


async def test_the_flyout_and_the_sheet_of_a_source_name_it(tmp_path: Path) -> None:
    async with opened(world(tmp_path / "w", "exo_enhanced")) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("d", "G")
        assert "not recorded (Exchange Online: TLS is in" in squeezed(await until_shown(app, pilot, "TLS is in"))
        await pilot.press("escape", "4", "enter")
        assert "TLS is in the extended report of the same days" in squeezed(await until_shown(app, pilot, "TLS is in"))


def test_the_contract_of_the_json_report_is_as_it_was(tmp_path: Path, capsys: Capture) -> None:
    assert "TLS is in" not in json.dumps(json_of(capsys, world(tmp_path / "w", "exo_enhanced")))
