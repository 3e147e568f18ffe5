"""The sanitiser: every string from outside passes it before it is drawn, printed or put into a title.

Mail subjects, host names, connector names and file names are written by others. An ESC among them can rename the
administrator's terminal or fill the clipboard, a right-to-left override can turn `gpj.exe` round. `visible` shows such
codes instead of obeying them; the other functions measure, cut, pad and wrap what came through, in terminal cells.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, TypeVar

Align = Literal["left", "right"]
_Kind = Literal["base", "mark", "spacing mark", "code"]
_Value = TypeVar("_Value")

MARKS_SHOWN = 2
"""The most combining marks on one character: Vietnamese and Thai need two; more would cover other lines."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Letters and marks that draw nothing (Unicode: Default_Ignorable_Code_Point, and the blank Braille cell), and those
# whose width terminals disagree on: variation selectors, skin tones, flag letters, what Unicode 16 made wide.
_UNSURE_RANGES = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0x4DC0, 0x4DFF),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0x1D300, 0x1D37F),
    (0x1F1E6, 0x1F1FF),
    (0x1F3FB, 0x1F3FF),
    (0xE0100, 0xE01EF),
)

# The middle and last letters of a decomposed Korean syllable are drawn in the cell of the first.
_JAMO_RANGES = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))

_ASCII_OF = {
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "═": "=", "║": "|", "█": "#", "▌": "=", "▐": "=", "░": ".", "▒": ":", "▓": "%", "■": "#", "□": ".",
    "►": ">", "◄": "<", "▲": "^", "▼": "v", "·": ".", "•": "*", "–": "-", "—": "-", "−": "-", "…": "~",
    "≥": ">", "≤": "<", "×": "x", "÷": "/", "←": "<", "→": ">", "↑": "^", "↓": "v", "›": ">", "‹": "<",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": ",", "\u00a0": " ",
}  # fmt: skip

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def visible(text: str) -> str:
    """Write out every code that a terminal would obey, hide or misplace: `^[`, `^J`, `<U+202E>`.

    C0 controls and DEL are shown as carets, all others as code points. Letters of every script pass, and so does what
    looks like markup. Passing twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown_parts(text))


def cell_width(text: str) -> int:
    """Count the terminal cells that the text takes: East Asian wide characters and emoji 2, marks on a character 0."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def clip(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut the text to at most `width` cells, the ellipsis included that shows the cut; no half characters."""
    if cell_width(text) <= width:
        return text
    room = width - cell_width(ellipsis)
    if room < 0:
        return _head(ellipsis, width)
    return _head(text, room) + ellipsis


def clip_middle(text: str, width: int) -> str:
    """Return the text cut to at most `width` cells in its middle: names that differ at their end remain distinct."""
    if cell_width(text) <= width:
        return text
    tail = clip_begin(text, max(1, width // 3), "")
    return clip(text, width - cell_width(tail)) + tail


def clip_begin(text: str, width: int, ellipsis: str = "…") -> str:
    """Return the text cut to at most `width` cells at its beginning, where a breadcrumb or a path is least specific."""
    return clip(text[::-1], width, ellipsis)[::-1] if cell_width(text) > width else text


def fit(text: str, width: int, align: Align = "left") -> str:
    """Give the text exactly `width` cells: cut with an ellipsis or padded with spaces."""
    shown = clip(text, width)
    blank = " " * (width - cell_width(shown))
    return shown + blank if align == "left" else blank + shown


def ascii_only(text: str) -> str:
    """Spell the text for a terminal without UTF-8: lines, bars and marks as look-alikes of as many cells, else `?`."""
    if text.isascii():
        return text
    return "".join(char if char.isascii() else _ASCII_OF.get(char, "?" * _char_width(char)) for char in text)


def wrap(text: str, width: int) -> list[str]:
    """Break the text at spaces into lines of at most `width` cells, at least one; longer words are cut into pieces."""
    width = max(width, 1)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        for piece in _pieces(word, width):
            joined = f"{line} {piece}" if line else piece
            if cell_width(joined) <= width:
                line = joined
            else:
                lines.append(line)
                line = piece
    if line or not lines:
        lines.append(line)
    return lines


def definition_lines(definitions: Mapping[str, str], term_cells: int, width: int) -> list[str]:
    """Return terms with their definitions in a column beside them; a line has at most `width` cells."""
    lines: list[str] = []
    for term, definition in definitions.items():
        first, *more = wrap(definition, width - term_cells)
        lines += [f"{fit(term, term_cells)}{first}", *(f"{'':{term_cells}}{line}" for line in more)]
    return lines


def csv_safe(value: _Value) -> _Value | str:
    """Guard a CSV cell: text that a spreadsheet would run as a formula gets a leading apostrophe.

    Numbers and other values that are not text pass. Source: OWASP, "CSV Injection".
    """
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _shown_parts(text: str) -> Iterator[str]:
    """Yield each character as itself or as its code; marks only where a character can carry them."""
    marks = spacing_marks = MARKS_SHOWN  # there is no character yet to carry them
    for char in text:
        kind = _kind(char)
        if kind == "base":
            marks = spacing_marks = 0
        elif kind == "mark" and marks < MARKS_SHOWN:
            marks += 1
        elif kind == "spacing mark" and spacing_marks < MARKS_SHOWN:
            spacing_marks += 1
        else:
            # A mark after a code would cover the last letter of the code.
            marks = spacing_marks = MARKS_SHOWN
            yield _code(char)
            continue
        yield char


@lru_cache(maxsize=4096)
def _kind(char: str) -> _Kind:
    """Return whether a character is drawn as it is, combines with the one before it, or must be written as its code."""
    category = unicodedata.category(char)
    if category in _HIDDEN_CATEGORIES or _within(char, _UNSURE_RANGES):
        return "code"
    if category == "Mc":
        return "spacing mark"
    return "mark" if _char_width(char) == 0 else "base"


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    """Count the cells of one character; 0 for all kinds of marks, as Textual counts them."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Mc") or _within(char, _JAMO_RANGES):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Return whether the character lies in one of the ranges, ends included."""
    return any(first <= ord(char) <= last for first, last in ranges)


def _code(char: str) -> str:
    """Return the code of a character in ASCII: `^[` for ESC, `<U+202E>` for what has no caret form."""
    point = ord(char)
    return f"^{chr(point ^ 0x40)}" if point < 0x20 or point == 0x7F else f"<U+{point:04X}>"


def _head(text: str, width: int) -> str:
    """Return as much of the beginning as fits into `width` cells, with the marks of its last character."""
    used = 0
    for index, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return text[:index]
    return text


def _pieces(word: str, width: int) -> Iterator[str]:
    """Cut the word into pieces of at most `width` cells; a wide character in a width of one cell becomes `…`."""
    while cell_width(word) > width:
        head = _head(word, width)
        yield head or "…"
        word = word[len(head) or 1 :]
    if word:
        yield word
