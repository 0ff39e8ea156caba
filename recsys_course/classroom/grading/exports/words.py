"""What a student may read about a result, as plain sentences; every front shows the same ones.

Nothing of ``Result.output`` and ``Result.problems`` is here, because a submission can write the
inputs of a check into them; no time, no memory and no seed either.
"""

from __future__ import annotations

from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.reports import FunctionReport

__all__ = ["about_function", "about_submission", "one_line"]

_LONGEST = 1_000


def one_line(text: str, longest: int = _LONGEST) -> str:
    r"""A text without line ends and control characters, cut to a length.

    >>> one_line("two\nlines\x1b[31m")
    'two lines[31m'
    """
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def about_submission(result: Result) -> list[str]:
    """The points, and why a submission is not simply graded.

    Args:
        result: What the grader found out.

    Returns:
        One or two sentences.
    """
    lesson = f" for lesson {result.lesson.stem}" if result.slug else ""
    said = [f"{result.points} of {result.max_points} points{lesson}."]
    if result.outcome != "graded":
        said.append(one_line(f"Your submission: {result.outcome}. {result.reason}").strip())
    return said


def about_function(function: FunctionReport | None) -> list[str]:
    """What the checks say about one function.

    Args:
        function: Its report; None where the submission was not checked at all.

    Returns:
        What was learned when it passed, else what is missing, and the idea that it resembles.
    """
    if function is None:
        return ["It was not checked; what came of your submission says why."]
    if function.state == "passed":
        return ["Every check passed.", one_line(function.exercise.learns)]
    said = [f"{function.n_passed} of {len(function.results)} checks passed.", function.message]
    if function.state == "not attempted":
        said = [function.message or "Not attempted yet."]
    elif function.state != "failed":
        said[0] = f"{function.state.capitalize()}."
    if function.resemblance:
        said += [function.resemblance.idea, function.resemblance.look_at]
    return [one_line(sentence) for sentence in said if sentence]
