"""Which lessons there are, which functions a learner writes in each, hints, quiz and terms.

Each lesson is one file ``syllabus/NN_slug.toml``; number and slug are its name.
"""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Exercise", "Lesson", "Option", "Question", "Syllabus", "Term", "load_syllabus"]

_FOLDER = Path(__file__).with_name("syllabus")


@dataclass(frozen=True)
class Exercise:
    """One function that a learner writes; ``seconds`` is the limit for all its checks together."""

    name: str
    difficulty: int
    minutes: int
    learns: str
    next_step: str
    hints: tuple[str, ...] = ()
    seconds: float = 10.0

    def __post_init__(self) -> None:
        """Check the entry.

        Raises:
            ValueError: If the name is no Python name, or a number is out of its range.
        """
        if not self.name.isidentifier():
            raise ValueError(f"exercise {self.name!r}: the name must be a Python name")
        if self.difficulty not in {1, 2, 3}:
            raise ValueError(
                f"exercise {self.name}: difficulty is {self.difficulty}; give 1, 2 or 3 stars"
            )
        for what, number in (("minutes", self.minutes), ("seconds", self.seconds)):
            if number <= 0:
                raise ValueError(f"exercise {self.name}: {what} is {number}; give at least 1")


@dataclass(frozen=True)
class Option:
    """One answer to choose: its text, why it is right or wrong."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """One question of a quiz; the options are lettered a, b, c … in their order."""

    question: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        """Check the entry.

        Raises:
            ValueError: If not exactly one option is right.
        """
        n_right = sum(option.right for option in self.options)
        if n_right != 1:
            raise ValueError(
                f"the question {self.question!r} has {n_right} right options; give exactly one"
            )


@dataclass(frozen=True)
class Term:
    """A word that a lesson introduces, and the heading under which it does."""

    term: str
    meaning: str
    section: str


@dataclass(frozen=True)
class Lesson:
    """One lesson and its exercise functions in the order in which they are asked.

    ``needs`` are the slugs of the lessons that this one builds on, as its first cell says;
    ``imports`` names what its exercise may import where answers are graded: distributions beside
    the common ones (staging.py), and modules of the course, which are not there otherwise.
    """

    number: int
    slug: str
    title: str
    minutes: int
    exercises: tuple[Exercise, ...]
    needs: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    outcome: str = ""
    exhibit: str = ""
    exhibit_section: str = ""
    quiz: tuple[Question, ...] = ()
    terms: tuple[Term, ...] = ()

    @property
    def stem(self) -> str:
        """The file name of the lesson's notebooks, without suffix."""
        return f"{self.number:02d}_{self.slug}"

    def exercise(self, name: str) -> Exercise:
        """The exercise function of that name.

        Raises:
            LookupError: If this lesson asks for no such function.
        """
        names = [exercise.name for exercise in self.exercises]
        if name not in names:
            raise LookupError(f"lesson {self.stem} asks for no function {name!r}; {_known(names)}")
        return self.exercises[names.index(name)]


@dataclass(frozen=True)
class Syllabus:
    """All lessons; looked up by slug, by exercise function or by file name."""

    lessons: tuple[Lesson, ...]

    def __post_init__(self) -> None:
        """Check that nothing is named twice, and that lessons build on earlier ones.

        Raises:
            ValueError: If two lessons share a number or slug, or two exercises a name, or a lesson
                needs one that does not come before it.
        """
        for what, values in {
            "number": [str(lesson.number) for lesson in self.lessons],
            "slug": [lesson.slug for lesson in self.lessons],
            "exercise": [e.name for lesson in self.lessons for e in lesson.exercises],
        }.items():
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"the syllabus has the {what} {twice[0]} twice; rename one")
        for lesson in self.lessons:
            earlier = [one.slug for one in self.lessons if one.number < lesson.number]
            for slug in lesson.needs:
                if slug not in earlier:
                    raise ValueError(
                        f"lesson {lesson.stem} needs {slug!r}, which is no lesson before it; "
                        f"{_known(earlier, slug)}"
                    )

    def lesson(self, slug: str) -> Lesson:
        """The lesson with that slug.

        Raises:
            LookupError: If there is none.
        """
        slugs = [lesson.slug for lesson in self.lessons]
        if slug not in slugs:
            raise LookupError(f"no lesson has the slug {slug!r}; {_known(slugs, slug)}")
        return self.lessons[slugs.index(slug)]

    def lesson_of(self, function: str) -> Lesson:
        """The lesson that asks for that function.

        Raises:
            LookupError: If none does.
        """
        for lesson in self.lessons:
            if any(exercise.name == function for exercise in lesson.exercises):
                return lesson
        names = [exercise.name for lesson in self.lessons for exercise in lesson.exercises]
        raise LookupError(f"{function!r} is no exercise function; {_known(names, function)}")

    def lesson_of_file(self, stem: str) -> Lesson:
        """The lesson that a file belongs to by its name, copies and added names included.

        Args:
            stem: The file name without suffix, such as ``03_mf_loss-Copy1``.

        Raises:
            LookupError: If the name holds no slug.

        >>> load_syllabus().lesson_of_file("rivera 03_mf_loss (1)").slug
        'mf_loss'
        """
        for lesson in self.lessons:
            # "_" counts as a letter of a slug, except after the lesson's number
            pattern = rf"(?:^|[^a-z0-9_])(?:.*\d_)?{lesson.slug}(?![a-z0-9_])"
            if re.search(pattern, stem, re.IGNORECASE):
                return lesson
        stems = [lesson.stem for lesson in self.lessons]
        raise LookupError(
            f"the file name {stem!r} names no lesson; name it like {stems[0]}, or give the slug"
        )


def _known(names: list[str], given: str | None = None) -> str:
    """What to try instead of a name that was not found."""
    close = difflib.get_close_matches(given, names, n=1) if given else []
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names)}"


def _lesson(path: Path) -> Lesson:
    """The lesson that a file describes.

    Raises:
        ValueError: If the file is not well-formed; the message names it.
    """
    number, _, slug = path.stem.partition("_")
    try:
        entry: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        exercises = [one | {"hints": tuple(one.get("hints", ()))} for one in entry.pop("exercises")]
        questions = entry.pop("quiz", [])
        terms = entry.pop("terms", [])
        needs, imports = (tuple(entry.pop(field, ())) for field in ("needs", "imports"))
        return Lesson(
            int(number),
            slug,
            exercises=tuple(Exercise(**one) for one in exercises),
            needs=needs,
            imports=imports,
            quiz=tuple(
                Question(one["question"], tuple(Option(**option) for option in one["options"]))
                for one in questions
            ),
            terms=tuple(Term(**one) for one in terms),
            **entry,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


@functools.cache
def load_syllabus() -> Syllabus:
    """The syllabus of this course, read once.

    >>> load_syllabus().lesson_of("sgd_step").stem
    '03_mf_loss'
    """
    return Syllabus(tuple(_lesson(path) for path in sorted(_FOLDER.glob("[0-9]*.toml"))))
