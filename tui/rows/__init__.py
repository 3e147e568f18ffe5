"""What queries return: one frozen dataclass a result, its fields the columns in order."""

from __future__ import annotations

from tui.rows.connectors import (
    CellDetail,
    ConnectorCell,
    ConnectorName,
    ConnectorSetting,
    LastSeen,
    TlsReport,
    TransitDomain,
    TransitSecurity,
    WhatIfConnector,
    WhatIfDay,
    WhatIfPeer,
)
from tui.rows.flow import DataSpan, DirectionCoverage, FindingRow, FlowCell, FlowDay, FlowSpan, NotCounted, OldTls, VersionSpan
from tui.rows.messages import HopLine, MessageDetail, MessageExport, MessageKey, MessageLine, SessionSource, Tally
from tui.rows.peers import Acknowledged, FailedPeer, HostWord, Note, PeerSince, PeerUse, WhoRow
from tui.rows.sources import CountedVersion, CoverageDay, LoadedSource, MailSession, RejectRow, SourceContent, SourceRow, VersionSpelling

__all__ = [
    "Acknowledged",
    "CellDetail",
    "ConnectorCell",
    "ConnectorName",
    "ConnectorSetting",
    "CountedVersion",
    "CoverageDay",
    "DataSpan",
    "DirectionCoverage",
    "FailedPeer",
    "FindingRow",
    "FlowCell",
    "FlowDay",
    "FlowSpan",
    "HopLine",
    "HostWord",
    "LastSeen",
    "LoadedSource",
    "MailSession",
    "MessageDetail",
    "MessageExport",
    "MessageKey",
    "MessageLine",
    "NotCounted",
    "Note",
    "OldTls",
    "PeerSince",
    "PeerUse",
    "RejectRow",
    "SessionSource",
    "SourceContent",
    "SourceRow",
    "Tally",
    "TlsReport",
    "TransitDomain",
    "TransitSecurity",
    "VersionSpan",
    "VersionSpelling",
    "WhatIfConnector",
    "WhatIfDay",
    "WhatIfPeer",
    "WhoRow",
]
