"""The quiz of a lesson: questions to read in the notebook, letters to answer, and reasons."""

from __future__ import annotations

from recsys_course.classroom.cards import Notice
from recsys_course.classroom.syllabus import Question, load_syllabus

__all__ = ["questions_as_markdown", "quiz"]

_LETTERS = "abcdefgh"


def quiz(slug: str, answers: str = "") -> Notice:
    """Mark your answers to the quiz of a lesson, and say why.

    Args:
        slug: The lesson, such as "mf_loss".
        answers: One letter a question in order, such as "bacd"; a "-" leaves a question out.

    Returns:
        A notice that the notebook shows. A wrong choice is explained, and the right one is not
        given away.

    Raises:
        LookupError: If there is no such lesson, or it has no quiz.
        ValueError: If there are more or fewer letters than questions, or a letter is not there.
    """
    questions = _questions(slug)
    letters = [letter for letter in answers.lower() if letter not in " ,;."]
    if not letters:
        return Notice(
            "not attempted",
            f"○ quiz {slug}: {len(questions)} questions stand above",
            [
                (
                    "Next",
                    f'Write one letter a question, as in quiz("{slug}", "{_sample(questions)}").',
                )
            ],
        )
    if len(letters) != len(questions):
        raise ValueError(
            f"{answers!r} has {len(letters)} letters and the quiz {len(questions)} questions; "
            "write one letter a question, and - for a question that you leave out"
        )
    marked = [
        _mark(n, one, letter)
        for n, (one, letter) in enumerate(zip(questions, letters, strict=True), 1)
    ]
    n_right = sum(right for right, _ in marked)
    state = "passed" if n_right == len(questions) else "failed"
    return Notice(
        state,
        f"{'✔' if state == 'passed' else '✘'} quiz {slug}: {n_right} of {len(questions)} right",
        [paragraph for _, paragraph in marked],
    )


def _questions(slug: str) -> tuple[Question, ...]:
    questions = load_syllabus().lesson(slug).quiz
    if not questions:
        raise LookupError(f"lesson {slug} has no quiz")
    return questions


def _sample(questions: tuple[Question, ...]) -> str:
    """Some letters, in the form in which answers are written; nobody's answers."""
    return "".join(_LETTERS[n % len(one.options)] for n, one in enumerate(questions))


def _mark(number: int, question: Question, letter: str) -> tuple[bool, tuple[str, str]]:
    """Whether a letter is the right one, and what to say about it."""
    if letter == "-":
        return False, (f"{number}", "Left out.")
    place = _LETTERS.find(letter)
    if not 0 <= place < len(question.options):
        raise ValueError(
            f"question {number} has the options a to {_LETTERS[len(question.options) - 1]}, "
            f"not {letter!r}"
        )
    option = question.options[place]
    verdict = "Right" if option.right else "Not so"
    return option.right, (f"{number} {letter}", f"{verdict}. {option.why}")


def questions_as_markdown(slug: str) -> str:
    """The questions of a lesson with lettered options, to be read without running anything.

    Raises:
        LookupError: If there is no such lesson, or it has no quiz.
    """
    lines = []
    for number, one in enumerate(_questions(slug), 1):
        lines.append(f"**{number}.** {one.question}\n")
        for letter, option in zip(_LETTERS, one.options, strict=False):
            lines.append(f"- **{letter}** · {option.text}")
        lines.append("")
    return "\n".join(lines).strip()
