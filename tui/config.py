"""The configuration: one TOML file, strict keys, every value with a default. `tui/help/config.md` documents the keys."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from tzlocal import get_localzone_name

from tui.errors import ConfigError, Remedy

_T = TypeVar("_T")
_Check = Callable[[str, object, object], object]


def _thread_count() -> int:
    return max(1, min(4, os.cpu_count() or 1))


@dataclass(frozen=True)
class EngineConfig:
    """How much of the machine DuckDB may take."""

    memory_mb: int = 750
    threads: int = field(default_factory=_thread_count)
    temp_folder: str | None = None
    spill_gb: int = 100


@dataclass(frozen=True)
class ConnectorLimits:
    """Limits of one connector's own, in percent; None leaves it to the finding's."""

    tls10_percent: float | None = None
    no_tls_percent: float | None = None


@dataclass(frozen=True)
class FindingsConfig:
    """When a share of mail becomes a finding; the defaults are the documented 50% and 25%."""

    min_recorded: int = 30
    tls10_percent: float = 50.0
    no_tls_percent: float = 25.0
    force_messages: int = 100
    force_days: int = 5
    ceiling_peers: int = 3
    handshakes: int = 3
    stale_hours: float = 48.0
    limits: Mapping[str, float] = field(default_factory=dict[str, float])
    connectors: Mapping[str, ConnectorLimits] = field(default_factory=dict[str, ConnectorLimits])

    def limit_percent(self, finding: str) -> float:
        """Return the limit in percent for one finding, such as `tls10_partner_inbound`."""
        general = self.no_tls_percent if finding.startswith("no_tls") else self.tls10_percent
        return float(self.limits.get(finding, general))

    def connector_limits(self, finding: str) -> list[dict[str, object]]:
        """Return the limits that connectors have of their own for one finding, as rows of connector (lower case) and percent."""
        kind = "no_tls_percent" if finding.startswith("no_tls") else "tls10_percent"
        limits = {name: getattr(limits, kind) for name, limits in self.connectors.items()}
        return [{"connector": name.lower(), "percent": float(percent)} for name, percent in limits.items() if percent is not None]

    def share_limits(self, findings: Iterable[str]) -> list[dict[str, object]]:
        """Return the limits of findings, as rows of finding, connector (lower case; empty for all others) and percent."""
        rows: list[dict[str, object]] = []
        for finding in findings:
            rows.append({"finding": finding, "connector": "", "percent": self.limit_percent(finding)})
            rows += [{"finding": finding, **row} for row in self.connector_limits(finding)]
        return rows

    def params(self, finding: str, several: Iterable[str] = ()) -> dict[str, object]:
        """Return what the query of one finding, or of several, may ask for, by the names of its parameters."""
        return {
            "share_limits": self.share_limits(several),
            "limit_percent": self.limit_percent(finding),
            "limits": self.connector_limits(finding),
            "min_recorded": self.min_recorded,
            "min_messages": self.force_messages,
            "min_days": self.force_days,
            "min_peers": self.ceiling_peers,
            "min_handshakes": self.handshakes,
            "max_age_hours": float(self.stale_hours),
        }


@dataclass(frozen=True)
class Config:
    """Everything a person can set in the config file."""

    trace_file: str | None = None
    own_servers: tuple[str, ...] = ()
    zone: str = "UTC"
    log_zone: str = ""
    without: tuple[str, ...] = ()
    redact: bool = False
    findings: FindingsConfig = field(default_factory=FindingsConfig)
    engine: EngineConfig = field(default_factory=EngineConfig)
    folder: Path | None = None

    def own(self, kind: str) -> Path | None:
        """Return where the user's own files of a kind lie, such as `formats`; None without a config folder."""
        return self.folder / kind if self.folder else None

    @property
    def clock_zone(self) -> str:
        """The zone of stamps that name none: the one that was set, else this machine's."""
        return self.log_zone or get_localzone_name() or "UTC"


def checked_zone(name: str) -> str:
    """Return the name of a time zone that exists, such as `Europe/Vienna`. Raises ConfigError for others."""
    try:
        if name != "UTC":  # which needs no data of time zones on the machine
            ZoneInfo(name)
    except (ValueError, OSError, KeyError) as problem:
        raise ConfigError(f'unknown time zone "{name}" (expected a name such as Europe/Vienna or UTC)') from problem
    return name


def config_folder() -> Path:
    """Return the folder of the user's own files: `$MAILFLOW_CONFIG_HOME`, else `~/.config/mailflow`."""
    if own := os.environ.get("MAILFLOW_CONFIG_HOME"):
        return Path(own)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "mailflow"


def read_config(path: Path | None = None) -> Config:
    """Read the config file (default: `config.toml` in the config folder); a missing default file is all defaults.

    Raises ConfigError for unreadable TOML, an unknown key (naming the nearest) or a value of the wrong type.
    """
    chosen = path or config_folder() / "config.toml"
    if path is None and not _is_there(chosen):
        return Config(folder=config_folder())
    try:
        raw = tomllib.loads(chosen.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{chosen}: cannot be read ({problem})", Remedy.OTHER_CONFIG) from problem
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{chosen}: not valid TOML: {problem}") from problem
    engine = _section(chosen, "engine", EngineConfig(), raw.pop("engine", {}))
    section: object = raw.pop("findings", {})
    connectors = _connector_limits(chosen, section)
    findings = replace(_section(chosen, "findings", FindingsConfig(), section, but=("connectors",)), connectors=connectors)
    top = _section(chosen, "", Config(), raw, but=("engine", "findings", "folder"))
    try:
        checked_zone(top.zone)
        checked_zone(top.log_zone or "UTC")
    except ConfigError as problem:
        raise ConfigError(f"{chosen}: {problem}") from problem
    return replace(top, engine=engine, findings=findings, folder=config_folder())


def _connector_limits(path: Path, findings: object) -> dict[str, ConnectorLimits]:
    """Take the limits of `[findings.connectors.NAME]` out of the findings' table, by the connector's name."""
    raw: object = cast("dict[str, object]", findings).pop("connectors", {}) if isinstance(findings, dict) else dict[str, object]()
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: [findings.connectors] must contain tables, such as [findings.connectors.Fabrikam]")
    limits: dict[str, ConnectorLimits] = {}
    for name, values in cast("dict[str, object]", raw).items():
        section = f"findings.connectors.{name}"
        if name.lower() in map(str.lower, limits):
            raise ConfigError(f"{path}: [{section}] appears twice; connector names are not case-sensitive")
        limits[name] = _section(path, section, ConnectorLimits(), values, check=_percent)
    return limits


def _is_there(path: Path) -> bool:
    """Return whether a file exists; a home folder that the user cannot read has none."""
    try:
        return path.exists()
    except OSError:
        return False


def _section(path: Path, name: str, base: _T, raw: object, but: tuple[str, ...] = (), check: _Check | None = None) -> _T:
    """Return `base` with the values of one table of the file, each checked, if not by `check`, against the type of its default."""
    label = f"[{name}] " if name else ""
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: {label}must be a table, such as [{name}] with key = value lines")
    values = cast("dict[str, object]", raw)
    defaults = {item.name: getattr(base, item.name) for item in fields(cast("Any", base)) if item.name not in but}
    for key, value in values.items():
        if key not in defaults:
            near = difflib.get_close_matches(key, defaults, 1)
            hint = f"did you mean {near[0]}?" if near else f"valid keys: {', '.join(defaults)}"
            raise ConfigError(f'{path}: {label}unknown key "{key}"; {hint}')
        values[key] = (check or _checked)(f"{path}: {label}{key}", defaults[key], value)
    return replace(cast("Any", base), **values)


def _percent(where: str, _default: object, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 100:
        raise ConfigError(f"{where} must be a number from 0 to 100")
    return float(value)


def _checked(where: str, default: object, value: object) -> object:
    if isinstance(default, tuple):
        items = cast("list[object]", value) if isinstance(value, list) else [None]
        if not all(isinstance(item, str) for item in items):
            raise ConfigError(f'{where} must be a list of strings, such as ["a", "b"]')
        return tuple(items)
    if isinstance(default, Mapping):
        limits = cast("dict[str, object]", value) if isinstance(value, dict) else {"": None}
        if not all(isinstance(item, int | float) for item in limits.values()):
            raise ConfigError(f"{where} must be a table of finding = percent")
        return limits
    if isinstance(default, bool):
        fits, wanted = isinstance(value, bool), "true or false"
    elif default is None or isinstance(default, str):
        fits, wanted = isinstance(value, str), "a string"
    elif isinstance(default, int):
        fits, wanted = isinstance(value, int | float) and not isinstance(value, bool) and value > 0, "a number above 0"
    else:
        fits, wanted = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0, "a number"
    if not fits:
        raise ConfigError(f"{where} must be {wanted}")
    return value
