"""Pages of HTML that stand alone: one look, and everything escaped.

``templates/base.html`` is the look; what is particular to a page lies beside the module that fills
it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import Path

from markupsafe import Markup, escape

try:
    import jinja2
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"pages of HTML need Jinja, and the module {missing.name!r} is not installed; "
        'run: pip install "recsys-course[lab]"',
        name=missing.name,
    ) from missing

__all__ = ["environment", "shown"]

_SHARED = Path(__file__).with_name("templates")
_MOST_WORDS = 300  # characters of a text that somebody else chose
# with these a name can pose as another: they turn the direction of what follows
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def environment(folder: Path) -> jinja2.Environment:
    """What fills the templates of a folder, and the shared ones.

    Args:
        folder: Where the page's own templates lie.

    Returns:
        An environment that escapes everything and refuses a field that is missing.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, _SHARED]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"with_code": _with_code, "moment": _moment}
    return made


def shown(text: str, most: int = _MOST_WORDS) -> str:
    """A text without characters that a page cannot show, cut where it is too long.

    Args:
        text: What somebody else chose.
        most: Characters that are shown of it.

    Returns:
        The text; it is not escaped yet.

    >>> shown("Alien (1979)", 5)
    'Alien … (7 characters more)'
    """
    cut = text[:most]
    left = len(text) - len(cut)
    plain = cut if cut.isprintable() else "".join(_character(one) for one in cut)
    return f"{plain} … ({left} characters more)" if left else plain


def _character(one: str) -> str:
    known = one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"}
    return one if known and one not in _TURNING else "\ufffd"


def _with_code(text: str) -> Markup:
    """A sentence of the course, escaped, with what stands between backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _moment(when: str) -> str:
    """A moment in ISO 8601 as people write it; anything else as it is."""
    try:
        return f"{datetime.fromisoformat(when):%Y-%m-%d %H:%M %Z}".rstrip()
    except ValueError:
        return when
