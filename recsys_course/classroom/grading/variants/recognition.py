"""Which variant a submission carries, and the seed that follows."""

from __future__ import annotations

import hashlib
import re

__all__ = ["ID_DIGITS", "read_variant", "seed_of"]

ID_DIGITS = 16  # 64 bits: nobody guesses one, and no two of a class are alike

# The quotes of a JSON text inside a cell are escaped, so only real keys match. Bounded, because the
# bytes are somebody else's.
_VARIANT = re.compile(
    rb'"recsys_course"\s{0,40}:\s{0,40}\{[^{}]{0,400}?'
    rb'"variant"\s{0,40}:\s{0,40}"([0-9a-f]{%d})"' % ID_DIGITS
)


def read_variant(notebook: bytes) -> str | None:
    """Which variant a notebook says it is, without parsing it.

    Args:
        notebook: The bytes of the submission.

    Returns:
        The id in its metadata; None if there is none, or several.

    >>> read_variant(b'{"recsys_course": {"slug": "x", "variant": "0123456789abcdef"}}')
    '0123456789abcdef'
    """
    found = {match.decode("ascii") for match in _VARIANT.findall(notebook)}
    return found.pop() if len(found) == 1 else None


def seed_of(variant: str | None, run_seed: int) -> int:
    """The seed of one student's random tables: of the run and the variant.

    Args:
        variant: The student's variant; None leaves the seed of the run as it is.
        run_seed: The seed of the whole run.

    >>> seed_of(None, 7)
    7
    """
    if variant is None:
        return run_seed
    digest = hashlib.sha256(f"{run_seed} {variant}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
