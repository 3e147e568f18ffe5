"""Loading in any split and order gives the same answers as loading all at once."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sample_data.generator import build_world, write_world
from tests.support.reports import json_of
from tui.commands import Chosen, load, report
from tui.config import Config
from tui.intake.discovery import InputPaths

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]


def answers(report: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says of mail; which of two files gets a shared hop may differ."""
    return {name: report[name] for name in ("window", "data", "flow", "connectors", "findings")}


def load_each(files: Sequence[Path], into: Path) -> None:
    for file in files:
        load(InputPaths([str(file)]), into, Config())


def cut(path: Path, folder: Path, at: int) -> list[Path]:
    """Cut a log in two before a line; both parts have its header."""
    lines = path.read_bytes().splitlines(keepends=True)
    parts = [folder / f"{path.stem}-{number}.LOG" for number in (1, 2)]
    for part, text in zip(parts, (lines[:at], lines[:5] + lines[at:]), strict=True):
        part.write_bytes(b"".join(text))
    return parts


HEADER = """#Software: Microsoft Exchange Server
#Version: 15.0.0.0
#Log-type: SMTP Receive Protocol Log
#Date: 2026-11-12T10:00:00.000Z
#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
"""

SESSION = """2026-11-12T10:00:00.000Z,EX01\\Default Frontend EX01,08DE100000000001,0,192.0.2.1:25,198.51.100.7:4711,+,,
2026-11-12T10:00:00.010Z,EX01\\Default Frontend EX01,08DE100000000001,1,192.0.2.1:25,198.51.100.7:4711,>,220 ex01 ready,
2026-11-12T10:00:00.020Z,EX01\\Default Frontend EX01,08DE100000000001,2,192.0.2.1:25,198.51.100.7:4711,<,EHLO mx.partner.example,
2026-11-12T10:00:00.030Z,EX01\\Default Frontend EX01,08DE100000000001,3,192.0.2.1:25,198.51.100.7:4711,*,,"TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using bulk encryption algorithm CALG_AES_256 with strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm CALG_ECDHE with strength 384 bits"
2026-11-12T10:00:01.000Z,EX01\\Default Frontend EX01,08DE100000000001,4,192.0.2.1:25,198.51.100.7:4711,<,MAIL FROM:<a@partner.example>,
2026-11-12T10:00:01.010Z,EX01\\Default Frontend EX01,08DE100000000001,5,192.0.2.1:25,198.51.100.7:4711,>,250 2.1.0 Sender OK,
2026-11-12T10:00:01.020Z,EX01\\Default Frontend EX01,08DE100000000001,6,192.0.2.1:25,198.51.100.7:4711,<,RCPT TO:<b@example.com>,
2026-11-12T10:00:01.030Z,EX01\\Default Frontend EX01,08DE100000000001,7,192.0.2.1:25,198.51.100.7:4711,>,250 2.1.5 Recipient OK,
2026-11-12T10:00:01.040Z,EX01\\Default Frontend EX01,08DE100000000001,8,192.0.2.1:25,198.51.100.7:4711,<,DATA,
2026-11-12T10:00:01.050Z,EX01\\Default Frontend EX01,08DE100000000001,9,192.0.2.1:25,198.51.100.7:4711,>,354 Start,
2026-11-12T10:00:02.000Z,EX01\\Default Frontend EX01,08DE100000000001,10,192.0.2.1:25,198.51.100.7:4711,>,250 2.6.0 <m1@partner.example> queued,
2026-11-12T10:00:02.010Z,EX01\\Default Frontend EX01,08DE100000000001,11,192.0.2.1:25,198.51.100.7:4711,-,,Remote
"""  # noqa: E501


def test_a_part_without_the_rest_shows_what_it_has(tmp_path: Path, capsys: Capture) -> None:
    rows = SESSION.splitlines(keepends=True)
    part = tmp_path / "RECV2.LOG"
    part.write_text(HEADER + "".join(rows[4:]))
    trace = tmp_path / "t.duckdb"
    load_each([part], trace)
    assert json_of(capsys, trace)["flow"]["inbound"]["tls"] == {"Not recorded": 1}


def packed(path: Path, rng: Random) -> Path:
    """Write a part in another way: renamed, in another encoding, compressed."""
    stored = path.read_bytes()
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16", "utf-16-be"))
    stored = stored if encoding == "utf-8" else stored.decode().encode(encoding)
    name, packing = f"{rng.randrange(10**6)}-{path.stem}", rng.choice(("", "", "gz", "bz2", "xz", "zip"))
    target = path.parent / (f"{name}.{packing}" if packing else name)
    if packing == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(path.name, stored)
    else:
        target.write_bytes({"": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[packing](stored))
    return target


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], dict[str, Any]]:
    """Return the files of a small world, and what they answer when they are loaded at once."""
    folder = tmp_path_factory.mktemp("world")
    formats = {"exchange_smtp_receive", "exchange_smtp_send", "exo_extended", "connector_settings"}
    write_world(build_world(25, 31, days=2, formats=formats), folder / "files", plain=True)
    files = sorted(path for path in (folder / "files").rglob("*") if path.is_file())
    trace = folder / "whole.duckdb"
    load(InputPaths([str(path) for path in files]), trace, Config())
    return files, answers(report_of(trace))


def report_of(trace: Path) -> dict[str, Any]:
    """Return the JSON report of a trace file over all its days."""
    return json.loads(report(InputPaths([str(trace)]), Config(), Chosen(days=30), "json"))


# All 200 that were asked for take minutes: MAILFLOW_SPLITS=200 runs them.
SPLITS = int(os.environ.get("MAILFLOW_SPLITS", "10"))


@pytest.mark.share(1)
@pytest.mark.parametrize("seed", range(SPLITS))
def test_any_split_order_name_packing_and_double_load(seed: int, world: tuple[list[Path], dict[str, Any]], tmp_path: Path) -> None:
    files, whole = world
    rng = Random(seed)
    parts: list[Path] = []
    for number, path in enumerate(files):
        (tmp_path / str(number)).mkdir(parents=True)
        lines = len(path.read_bytes().splitlines())
        is_log = path.suffix == ".LOG" and lines > 7
        parts += cut(path, tmp_path / str(number), rng.randrange(6, lines)) if is_log and rng.random() < 0.7 else [path]
    parts = [packed(part, rng) if part.suffix == ".LOG" and tmp_path in part.parents else part for part in parts]
    parts += rng.sample(parts, 2) + rng.sample(files, 1)
    rng.shuffle(parts)
    loads = rng.choice((1, 2, 3))
    trace = tmp_path / "t.duckdb"
    for at in range(loads):
        load(InputPaths([str(part) for part in parts[at::loads]]), trace, Config())
    assert answers(report_of(trace)) == whole


@pytest.mark.share(1)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_last_line_that_is_not_finished_is_no_reject(kept: float, tmp_path: Path, capsys: Capture) -> None:
    rows = SESSION.splitlines(keepends=True)
    growing = tmp_path / "RECV1.LOG"
    growing.write_text(HEADER + "".join(rows[:10]) + rows[10][: int(len(rows[10]) * kept)])
    trace = tmp_path / "t.duckdb"
    load_each([growing], trace)
    source = json_of(capsys, trace)["sources"][0]
    assert source["rejected"] == 0
    growing.write_text(HEADER + SESSION)
    load_each([growing], trace)
    report = json_of(capsys, trace)
    assert (report["flow"]["inbound"]["tls"], len(report["sources"])) == ({"TLS 1.2": 1}, 1)
