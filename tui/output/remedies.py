"""What a person can do about an error, in the words of the command line; screens have keys for the same."""

from __future__ import annotations

from collections.abc import Mapping

from tui.errors import MailflowError, Remedy

OPTIONS: Mapping[Remedy, str] = {
    Remedy.OTHER_CONFIG: "choose another file with --config",
    Remedy.OTHER_FILE: "choose another file name, or overwrite it with --force",
    Remedy.OTHER_FORMAT_NAME: "choose another name with --name",
    Remedy.REPLACE_FORMAT: "choose another name with --name, or overwrite it with --force",
    Remedy.FORCE_FORMAT: "force a format with --as FORMAT (mailflow formats lists them)",
    Remedy.MAP_OR_FORCE_FORMAT: "map its columns with mailflow map {file}, or force one with --as FORMAT (mailflow formats lists them)",
    Remedy.OTHER_DAYS: "choose other days with --from and --to",
    Remedy.FEWER_DAYS: "choose fewer with --days",
    Remedy.SWAP_DAYS: "--from must not be after --to",
    Remedy.MAKE_REPORT: "write one with mailflow report --format json",
    Remedy.LOAD_INTO_NEW: "load it with mailflow load {file} --into NEW.duckdb",
    Remedy.ADD_BY_LOADING: "add files to it with mailflow load PATH… --into {file}",
}


def problem_text(problem: MailflowError) -> str:
    """Return an error as the command line prints it: what failed, where, and what to do."""
    return str(problem) if problem.remedy is None else f"{problem}; {OPTIONS[problem.remedy].format(file=problem.file or 'FILE')}"
