"""What queries return: one frozen dataclass a result, its fields the columns in order."""

from __future__ import annotations

from tui.rows.connectors import (
    CellDetail,
    ConnectorCell,
    ConnectorName,
    ConnectorSetting,
    FloorConnector,
    FloorDay,
    FloorPeer,
    LastSeen,
    TlsReport,
    TransitDomain,
    TransitSecurity,
)
from tui.rows.flow import DataSpan, DirectionCover, FindingRow, FlowCell, FlowDay, FlowSpan, KeptApart, OldTls, VersionSpan
from tui.rows.messages import HopLine, MessageDetail, MessageExport, MessageKey, MessageLine, SessionSource, Tally
from tui.rows.peers import Acknowledged, FailedPeer, HostWord, Note, PeerSince, PeerUse, WhoRow
from tui.rows.sources import CountedVersion, CoverageDay, Known, MailSession, RejectRow, SourceContent, SourceRow, SpeltVersion

__all__ = [
    "Acknowledged",
    "CellDetail",
    "ConnectorCell",
    "ConnectorName",
    "ConnectorSetting",
    "CountedVersion",
    "CoverageDay",
    "DataSpan",
    "DirectionCover",
    "FailedPeer",
    "FindingRow",
    "FloorConnector",
    "FloorDay",
    "FloorPeer",
    "FlowCell",
    "FlowDay",
    "FlowSpan",
    "HopLine",
    "HostWord",
    "KeptApart",
    "Known",
    "LastSeen",
    "MailSession",
    "MessageDetail",
    "MessageExport",
    "MessageKey",
    "MessageLine",
    "Note",
    "OldTls",
    "PeerSince",
    "PeerUse",
    "RejectRow",
    "SessionSource",
    "SourceContent",
    "SourceRow",
    "SpeltVersion",
    "Tally",
    "TlsReport",
    "TransitDomain",
    "TransitSecurity",
    "VersionSpan",
    "WhoRow",
]
