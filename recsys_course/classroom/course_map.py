"""A map of the lessons as one picture: in which order they stand, and which one needs which.

It is a plain SVG in which text is text. It has a background of its own, so that it can be read on
any page, and a dark form for systems that ask for one. Its 384 units fit a phone as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from recsys_course.classroom.syllabus import Lesson

__all__ = ["course_map", "needs_in_words"]

_WIDTH, _MARGIN, _GAP = 384, 12, 12
_LANE = 12  # between two lines that run side by side
_TITLE_LINE, _SMALL_LINE, _PADDING = 19, 18, 9
_NUMBER = 40  # what a lesson's number takes of its box
_TITLE, _SMALL = 15.0, 11.6  # how wide text is set: 15 px bold, and 13 px, which is narrower
# Widths of letters in ems, in a font wider than most (DejaVu Sans Bold); all others 0.71.
_WIDTHS = {" iljI.,:;'!|": 0.38, "ftr()-": 0.5, "wGOQDHNU": 0.93, "mMW@%": 1.1}
_TO_COME = "To come: deep models, and their use in the world"
_LEGEND = (
    "Minutes: for the lesson + for its exercise. A line leads from a lesson to those that need it."
)
_STYLE = """
  text { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
  .title { font-size: 15px; font-weight: 600; fill: #1b1f24 }
  .small { font-size: 13px; fill: #4a545e }
  .page { fill: #ffffff; stroke: #d0d7de }
  .box { fill: #f3f5f7; stroke: #6b7683 }
  .come { fill: #ffffff; stroke: #6b7683; stroke-dasharray: 5 4 }
  .halo { fill: none; stroke: #ffffff; stroke-width: 6 }
  .line { fill: none; stroke: currentColor; stroke-width: 2.5 }
  .head { fill: currentColor }
  .c0 { color: #0072b2 } .c1 { color: #b34700 } .c2 { color: #00785a } .c3 { color: #9c3f75 }
  @media (prefers-color-scheme: dark) {
    .title { fill: #f0f3f6 }
    .small { fill: #c3cad1 }
    .page { fill: #161b22; stroke: #30363d }
    .box { fill: #22282f; stroke: #8b949e }
    .come { fill: #161b22; stroke: #8b949e }
    .halo { stroke: #161b22 }
    .c0 { color: #56b4e9 } .c1 { color: #f0a04b } .c2 { color: #3ccba0 } .c3 { color: #e5a3c8 }
  }
"""
_N_COLORS = 4


@dataclass(frozen=True)
class _Box:
    """Where a lesson is drawn, and the lines of its text."""

    lesson: Lesson
    left: int
    top: int
    title: list[str]
    small: list[str]

    @property
    def height(self) -> int:
        return 2 * _PADDING + _TITLE_LINE * len(self.title) + _SMALL_LINE * len(self.small)


def course_map(lessons: Sequence[Lesson]) -> str:
    """The map of some lessons.

    Args:
        lessons: In teaching order. A lesson that is needed and not among them has no line.

    Returns:
        An SVG document. The same lessons give the same bytes.
    """
    lanes = _lanes(lessons)
    left = _MARGIN + _LANE * (max(lanes.values(), default=-1) + 1) + 14
    boxes: list[_Box] = []
    top = _MARGIN
    for lesson in lessons:
        boxes.append(_box(lesson, lessons, left, top))
        top += boxes[-1].height + _GAP
    come = _wrapped(_TO_COME, _WIDTH - _MARGIN - left - 24, _SMALL)
    legend = _wrapped(_LEGEND, _WIDTH - 2 * _MARGIN, _SMALL)
    come_height = 2 * _PADDING + _SMALL_LINE * len(come)
    below = top + come_height + _GAP
    body = [
        *(line for box in boxes for line in _drawn(box)),
        *_lines(boxes, lanes),
        _rectangle("come", left, top, come_height),
        *_text("small", left + 12, top + _PADDING, come, _SMALL_LINE),
        *_text("small", _MARGIN, below, legend, _SMALL_LINE),
    ]
    return _document(lessons, below + _SMALL_LINE * len(legend) + _MARGIN, body)


def needs_in_words(lesson: Lesson, lessons: Sequence[Lesson]) -> str:
    """Which lessons one builds on, such as "needs 02 and 03".

    Args:
        lesson: The one.
        lessons: All that have a number to be named by.

    Returns:
        Words for a list or a picture.
    """
    numbers = [f"{one.number:02d}" for one in lessons if one.slug in lesson.needs]
    if not numbers:
        return "needs no other"
    *others, last = numbers
    return f"needs {', '.join(others)} and {last}" if others else f"needs {last}"


def _lanes(lessons: Sequence[Lesson]) -> dict[int, int]:
    """For each lesson that others need, by its place, the lane of its line; 0 is farthest out.

    Those that begin first lie outside. Two share a lane where one ends before the other begins.
    """
    ends = {
        place: max(n for n, other in enumerate(lessons) if lesson.slug in other.needs)
        for place, lesson in enumerate(lessons)
        if any(lesson.slug in other.needs for other in lessons)
    }
    lanes: dict[int, int] = {}
    for place in ends:
        beside = {lane for other, lane in lanes.items() if place < ends[other]}
        lanes[place] = min(set(range(len(ends))) - beside)
    return lanes


def _box(lesson: Lesson, lessons: Sequence[Lesson], left: int, top: int) -> _Box:
    room = _WIDTH - _MARGIN - left - _NUMBER - 8
    minutes = f"{lesson.minutes} + {sum(one.minutes for one in lesson.exercises)} minutes"
    small = _wrapped(f"{minutes}, {needs_in_words(lesson, lessons)}", room, _SMALL)
    return _Box(lesson, left, top, _wrapped(lesson.title, room, _TITLE), small)


def _drawn(box: _Box) -> Iterator[str]:
    yield _rectangle("box", box.left, box.top, box.height)
    top = box.top + _PADDING
    yield from _text("title", box.left + 12, top, [f"{box.lesson.number:02d}"], _TITLE_LINE)
    yield from _text("title", box.left + _NUMBER, top, box.title, _TITLE_LINE)
    top += _TITLE_LINE * len(box.title)
    yield from _text("small", box.left + _NUMBER, top, box.small, _SMALL_LINE)


def _lines(boxes: Sequence[_Box], lanes: dict[int, int]) -> list[str]:
    """A line for each need: out of the lower left of a box, down its lane, into the upper left."""
    drawn = []
    for color, place in enumerate(sorted(lanes)):
        start = boxes[place]
        x, y = _MARGIN + _LANE * lanes[place], start.top + start.height - 10
        paths, heads = [], []
        for box in boxes:
            needed = [n for n in lanes if boxes[n].lesson.slug in box.lesson.needs]
            if place in needed:
                # Those from inner lanes enter above, so that they cross no line that ends here.
                needed.sort(key=lambda n: -lanes[n])
                entry = box.top + 12 + 10 * needed.index(place)
                paths.append(
                    f"M{start.left} {y}H{x + 6}Q{x} {y} {x} {y + 6}V{entry - 6}"
                    f"Q{x} {entry} {x + 6} {entry}H{box.left - 6}"
                )
                heads.append(f"M{box.left} {entry}l-8 -4.5v9z")
        drawn += [
            f'<g class="c{color % _N_COLORS}">',
            f'<path class="halo" d="{" ".join(paths)}"/>',
            f'<path class="line" d="{" ".join(paths)}"/>',
            f'<path class="head" d="{" ".join(heads)}"/>',
            "</g>",
        ]
    return drawn


def _wrapped(text: str, room: int, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and size * sum(map(_ems, longer)) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _ems(letter: str) -> float:
    found = [ems for letters, ems in _WIDTHS.items() if letter in letters]
    return found[0] if found else 0.8 if letter.isupper() else 0.71


def _rectangle(kind: str, left: int, top: int, height: int) -> str:
    size = f'width="{_WIDTH - _MARGIN - left}" height="{height}"'
    return f'<rect class="{kind}" x="{left}" y="{top}" {size} rx="7"/>'


def _text(kind: str, left: int, top: int, lines: Sequence[str], pitch: int) -> Iterator[str]:
    for n, line in enumerate(lines):
        yield f'<text class="{kind}" x="{left}" y="{top + pitch * n + 14}">{escape(line)}</text>'


def _document(lessons: Sequence[Lesson], height: int, body: Sequence[str]) -> str:
    told = " ".join(
        f"{one.number:02d}, {one.title}: {needs_in_words(one, lessons)}." for one in lessons
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title told">',
        "<!-- Built from recsys_course/classroom/syllabus; edit there, then run make build. -->",
        '<title id="title">Map of the lessons</title>',
        f'<desc id="told">{escape(told)} {escape(_TO_COME)}.</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="9"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
