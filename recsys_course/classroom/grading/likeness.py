"""Find submissions that are alike: a place to look, never a verdict.

A program becomes a sequence of tokens without comments, layout and names of its own; hashes of runs
of tokens are thinned out by winnowing, and two programs that share a passage share hashes.

Short exercises look alike by nature: ``return users @ items.T`` is what everybody writes. So runs
that the starter text holds do not count, runs that many of the class wrote count little, and a pair
needs a number of rare runs in common before it is listed.

Source: Schleimer, Wilkerson and Aiken (2003), Winnowing: local algorithms for document
fingerprinting, section 3.
"""

from __future__ import annotations

import builtins
import functools
import keyword
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.grading.results import Result

__all__ = ["Pair", "fingerprints", "pairs_alike"]

Floats = npt.NDArray[np.float64]

# Chosen by measurement on lessons 01 to 06. Copies with other names, comments, layout, numbers and
# order of cells come out at 0.87 or more, with half of the sums turned round too at 0.77 or more,
# with a print after every other line at 0.65 or more. Of 3,586 pairs of answers that have no
# function in common one comes out above 0.6; a solution and other right answers share 0.09 at most.
# What rewrites every line is not found.
_RUN = 8  # tokens in a run: shorter ones are idioms, longer ones break at every small edit
_WINDOW = 4  # a passage of 11 tokens that two share always leaves a fingerprint
_ALIKE = 0.6  # of the smaller submission's own text, rare runs counting more
_FEWEST_SHARED = 25  # fingerprints; four or five functions leave 88 to 202, a single one 13
_SMALL_CLASS = 20  # in a class of two, "everybody has it" means nothing
_LONGEST = 100_000  # characters; an exercise with its answers has about 10,000
_MOST_PAIRS = 200  # nobody reads a longer list
_AT_ONCE = 2048  # fingerprints, so that memory stays small for a class of a thousand

# the lists of Python itself, without what an interactive session adds
_PYTHONS_OWN = frozenset(keyword.kwlist) | {one for one in dir(builtins) if one[0] != "_"}
# Every branch takes what it began, closed or not, so that no text costs more than one pass. None
# takes a bracket or comma: they come and go when a line is reformatted. Triple quotes are mostly
# documentation.
_TOKEN = re.compile(
    r"""
    (?P<unseen>
        \#[^\n]*
      | [rbfu]{0,2} "{3} (?:[^\\]|\\.|\\\Z)*? (?:"{3}|\Z)
      | [rbfu]{0,2} '{3} (?:[^\\]|\\.|\\\Z)*? (?:'{3}|\Z)
    )
  | (?P<text>
        [rbfu]{0,2} " (?:[^"\\\n]|\\.|\\\Z)* (?:"|\n|\Z)
      | [rbfu]{0,2} ' (?:[^'\\\n]|\\.|\\\Z)* (?:'|\n|\Z)
    )
  | (?P<number> \d[\w.]*)
  | (?P<name> [^\W\d]\w*)
  | (?P<sign> \*\* | // | -> | [-+*/%@&|^<>=!:]= | [^\s(),])
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class Pair:
    """Two submissions to one exercise that share much of what their authors wrote.

    Args:
        slug: The lesson that both answer.
        first: One student's id; the smaller one in the order of letters.
        second: The other student's id.
        similarity: Share of the smaller submission found in the other, in [0, 1].
        n_shared: Fingerprints that both have.
    """

    slug: str
    first: str
    second: str
    similarity: float
    n_shared: int


def fingerprints(source: str, starter: str = "") -> tuple[int, ...]:
    """Hashes of the token runs that stand for a program, the same in every process.

    Names are taken for one another, except attributes and Python's own; so are all numbers and all
    texts. Comments, documentation and layout do not count. A text that is no Python has them too.

    Args:
        source: The program; of a longer one the first 100,000 characters.
        starter: The text that every student was handed; its token runs are left out.

    Returns:
        Ascending hashes of 32 bits; none for a text shorter than 8 tokens.
    """
    hashes = _hashes(source)
    own = ~np.isin(hashes, _starter_hashes(starter))
    if not own.any():
        return ()
    # a run of the starter is never the smallest in its window
    ranks = np.where(own, hashes, np.iinfo(np.int64).max)
    width = min(_WINDOW, len(ranks))
    lowest = np.lib.stride_tricks.sliding_window_view(ranks, width).min(axis=1)
    return tuple(int(one) for one in np.unique(lowest) if one <= 0xFFFFFFFF)


@functools.cache
def _starter_hashes(starter: str) -> np.ndarray:
    return _hashes(starter)


def _hashes(source: str) -> np.ndarray:
    tokens = list(_tokens(source[:_LONGEST]))
    runs = (" ".join(tokens[i : i + _RUN]) for i in range(len(tokens) - _RUN + 1))
    return np.array([zlib.crc32(run.encode("utf-8", "replace")) for run in runs], dtype=np.int64)


def _tokens(source: str) -> Iterator[str]:
    # what is easily changed is made equal
    after_dot = False
    for match in _TOKEN.finditer(source):
        text = match[0]
        kind = match.lastgroup
        if kind == "name":
            # np.linalg.solve cannot be renamed, and tells more than a variable's name
            yield text if after_dot or text in _PYTHONS_OWN else "V"
        elif kind in {"text", "number"}:
            yield kind
        elif kind == "sign":
            yield text
        after_dot = text == "."


def pairs_alike(results: Sequence[Result]) -> tuple[Pair, ...]:
    """Pairs of different students whose submissions to one exercise are alike.

    Args:
        results: All submissions of a class.

    Returns:
        The most alike first, at most 200; of two students with several submissions the closest.
    """
    slugs = sorted({result.slug for result in results})
    pairs = [pair for slug in slugs for pair in _pairs_of(slug, results)]
    pairs.sort(key=lambda pair: (-pair.similarity, pair.slug, pair.first, pair.second))
    closest = {(pair.slug, pair.first, pair.second): pair for pair in reversed(pairs)}
    return tuple(pair for pair in pairs if closest[pair.slug, pair.first, pair.second] is pair)[
        :_MOST_PAIRS
    ]


def _pairs_of(slug: str, results: Sequence[Result]) -> Iterator[Pair]:
    class_ = [one for one in results if one.slug == slug and len(one.fingerprints) > 0]
    if len(class_) < 2:
        return
    shared, weighed = _in_common([result.fingerprints for result in class_])
    sizes = weighed.diagonal()
    similarity = weighed / np.minimum.outer(sizes, sizes)
    close = (similarity >= _ALIKE) & (shared >= _FEWEST_SHARED)
    for i, j in np.argwhere(np.triu(close, 1)):
        first, second = sorted((class_[i].student, class_[j].student))
        if first != second:
            yield Pair(slug, first, second, float(similarity[i, j]), int(shared[i, j]))


def _in_common(sets: Sequence[tuple[int, ...]]) -> tuple[Floats, Floats]:
    """How many fingerprints each two have in common, and how much these tell, as square tables.

    What everybody has tells little. What one alone has counts on the diagonal only, which spares
    most of the columns.
    """
    n_sets, rows = len(sets), np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    _, columns, n_having = np.unique(np.concatenate(sets), return_inverse=True, return_counts=True)
    weights = np.log((max(n_sets, _SMALL_CLASS) + 1) / n_having)
    alone = n_having[columns] == 1
    shared = np.diag(np.bincount(rows[alone], minlength=n_sets)).astype(np.float64)
    weighed = shared * weights.max()  # which is the weight of what one alone has
    rows, weights = rows[~alone], weights[n_having > 1]
    columns = (np.cumsum(n_having > 1) - 1)[columns[~alone]]
    for first in range(0, len(weights), _AT_ONCE):
        here = (columns >= first) & (columns < first + _AT_ONCE)
        weights_here = weights[first : first + _AT_ONCE]
        held = np.zeros((n_sets, len(weights_here)))
        held[rows[here], columns[here] - first] = 1.0
        shared += held @ held.T
        weighed += held @ (held * weights_here).T
    return shared, weighed
