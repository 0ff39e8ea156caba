"""The one command that the generated scripts run, so that its options stand in one place."""

from __future__ import annotations

__all__ = ["grade_command"]


def grade_command(
    submissions: str,
    slug: str,
    *,
    gradescope: str = "",
    out: str = "",
    require_sandbox: bool = False,
) -> str:
    """The arguments after ``python`` that grade submissions of one exercise.

    Args:
        submissions: The file or folder, as a word of a shell script, quotes included.
        slug: The lesson that they answer.
        gradescope: Where Gradescope's results.json goes, as such a word; nowhere if empty.
        out: The folder for grades.json and the pages, as such a word; none if empty.
        require_sandbox: Refuse to grade without bubblewrap.

    Returns:
        One line of a shell script. No seed is fixed: every run draws fresh numbers.

    >>> grade_command('"$answers"', "mf_loss", out='"$results"')
    '-P -m recsys_course.cli grade "$answers" --exercise mf_loss --out "$results"'
    """
    # -P: no module of the current folder, which may be a student's, stands in for the course
    words = ["-P", "-m", "recsys_course.cli", "grade", submissions, "--exercise", slug]
    words += ["--gradescope", gradescope] if gradescope else []
    words += ["--out", out] if out else []
    words += ["--require-sandbox"] if require_sandbox else []
    return " ".join(words)
