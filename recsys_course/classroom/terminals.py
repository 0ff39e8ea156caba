"""What a terminal or a file can hold: signs that it cannot are spelt out.

Windows writes a redirected output in cp1252 and some terminals know ASCII alone. An answer that a
learner waits for must not end there in a UnicodeEncodeError.
"""

from __future__ import annotations

import unicodedata

__all__ = ["legible"]

_SPELT = {
    "✔": "+",
    "✘": "x",
    "○": "o",
    "●": "*",
    "★": "*",
    "☆": "-",
    "·": "-",
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "x",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "∞": "infinity",
    "√": "root ",
    "‖": "||",
    "²": "^2",
    "³": "^3",
    "½": "1/2",
}
# Unicode's names follow modern Greek; these are the ones that formulas are read with
_GREEK = {"LAMDA": "lambda"}


def legible(text: str, encoding: str) -> str:
    """Text in which every sign can be written in an encoding.

    Args:
        text: What is to be written.
        encoding: Name of the encoding; a name that Python does not know counts as ASCII.

    >>> legible("✔ λ = ½", "ascii")
    '+ lambda = 1/2'
    >>> legible("✔ λ = ½", "cp1252")
    '+ lambda = ½'
    """
    if _fits(text, encoding):
        return text
    return "".join(sign if _fits(sign, encoding) else _spelt(sign, encoding) for sign in text)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    except LookupError:
        return text.isascii()
    return True


def _spelt(sign: str, encoding: str) -> str:
    if sign in _SPELT:
        return _SPELT[sign]
    name = unicodedata.name(sign, "")
    if name.startswith(("GREEK SMALL LETTER", "GREEK CAPITAL LETTER")):
        letter = name.split()[3]
        letter = _GREEK.get(letter, letter.lower())
        return letter.capitalize() if "CAPITAL" in name else letter
    if unicodedata.combining(sign):
        return ""
    plain = "".join(one for one in unicodedata.normalize("NFKD", sign) if _fits(one, encoding))
    return plain or "?"
