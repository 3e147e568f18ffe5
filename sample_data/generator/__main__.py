"""The generator's command line: `python -m sample_data.generator --out DIR --messages 3000 --seed 7`."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sample_data.generator.big_log import write_big_receive_log
from sample_data.generator.every_format import write_every_format
from sample_data.generator.hops import ALL_FORMATS
from sample_data.generator.truth import boolean_of
from sample_data.generator.world import DEFAULT_LAST, build_world, write_world
from sample_data.generator.writers.registry import WRITERS


def main() -> None:
    """Write a world, or one big receive log, and print the true number of counted messages."""
    options = _parser().parse_args()
    if options.big_receive_log is not None:
        log = write_big_receive_log(options.out / "RECV20261115-1.LOG", options.big_receive_log, options.seed)
        print(f"{log.path}: {log.size_bytes} bytes, {log.messages} counted messages, {json.dumps(log.tls)}")
        return
    last: datetime = options.last
    if options.every_format:
        of_format = write_every_format(options.out, options.messages, options.seed, last)
        if options.truth is not None:
            options.truth.write_text(_json(of_format))
        print(f"{options.out}: {len(of_format)} formats with counted messages")
        return
    world = build_world(options.messages, options.seed, days=options.days, last=last, formats=options.only)
    paths = write_world(world, options.out, plain=options.plain)
    truth = boolean_of(world)
    if options.truth is not None:
        week = boolean_of(world, first_day=(last - timedelta(days=6)).date(), last_day=last.date())
        options.truth.write_text(_json({"whole": truth, "last_7_days": week}))
    flow = ", ".join(f"{direction} {part['messages']}" for direction, part in truth["flow"].items())
    print(f"{options.out}: {len(paths)} files; counted messages: {flow}")


def _json(truth: object) -> str:
    return json.dumps(truth, indent=1, ensure_ascii=True) + "\n"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sample_data.generator", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--messages", type=int, default=3000, help="counted messages in all; with --only: in each format")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--last", type=_moment, default=DEFAULT_LAST, help="time of the newest message (UTC)")
    parser.add_argument("--only", nargs="+", choices=(*ALL_FORMATS, *WRITERS), metavar="FORMAT", help=" ".join((*ALL_FORMATS, *WRITERS)))
    parser.add_argument("--plain", action="store_true", help="compress nothing")
    parser.add_argument("--truth", type=Path, help="also write the true counts to this JSON file")
    parser.add_argument(
        "--every-format", action="store_true", help="write a world of --messages for every other format, each in its own folder"
    )
    parser.add_argument("--big-receive-log", type=int, metavar="MB", help="write one receive log of MB million bytes instead")
    return parser


if __name__ == "__main__":
    main()
