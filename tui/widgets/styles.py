"""Tones as terminal colours: of the 16 that every terminal has, so that its owner's palette decides their looks."""

from collections.abc import Callable, Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.view.table import Piece, Tone

TONES: dict[Tone, Style] = {
    "plain": Style(),
    "dim": Style(dim=True),
    "good": Style(color="green"),
    "warn": Style(color="yellow"),
    "alarm": Style(color="red", bold=True),
    "head": Style(bold=True),
    "title": Style(bold=True),
}


def style_of(piece: Piece) -> Style:
    """Give the style of the piece's tone."""
    return TONES[piece.tone]


def paint(pieces: Iterable[Piece], own: Style, width: int, style_of: Callable[[Piece], Style] = style_of) -> Strip:
    """Colour pieces that fill `width` cells, over the widget's own style; neighbours of one style share its codes."""
    if all(color is None or color.is_default for color in (own.color, own.bgcolor)):
        own = TONES["plain"]  # the terminal's own colours need no codes
    drawn: list[tuple[str, Style]] = []
    for piece in pieces:
        style = style_of(piece)
        if drawn and drawn[-1][1] == style:
            drawn[-1] = (drawn[-1][0] + piece.text, style)
        else:
            drawn.append((piece.text, style))
    return Strip([Segment(text, own + style) for text, style in drawn], width)
