"""The quiz of a lesson: questions to read in the notebook, letters to answer, and reasons."""

from __future__ import annotations

from recsys_course.classroom.home.recording import record_quiz
from recsys_course.classroom.nesting import is_nested
from recsys_course.classroom.notices import Notice, deliver, kindly
from recsys_course.classroom.syllabus import Question, load_syllabus

__all__ = ["QuizNotice", "questions_as_markdown", "quiz", "quiz_notice"]

_LETTERS = "abcdefgh"


class QuizNotice(Notice):
    """The answer of ``quiz``."""

    label = "Quiz"


def quiz(slug: str, answers: str = "") -> QuizNotice:
    """Mark your answers to the quiz of a lesson, and say why.

    Args:
        slug: The lesson, such as "mf_loss".
        answers: One letter a question in order, such as "bacd"; a "-" leaves a question out.

    Returns:
        A notice that the notebook shows once. A wrong choice is explained, and the right one is not
        given away.

    Raises:
        LookupError: If there is no such lesson, or it has no quiz.
        TypeError: If the answers are no text.
        ValueError: If there are more or fewer letters than questions, or a letter is not there.
    """
    with kindly():
        notice = quiz_notice(slug, answers)
    if notice.state != "not attempted" and not is_nested():
        record_quiz(slug, notice.state)
    deliver(notice)
    return notice


def quiz_notice(slug: str, answers: str = "") -> QuizNotice:
    """What ``quiz`` shows.

    Args:
        slug: The lesson, such as "mf_loss".
        answers: One letter a question in order; a "-" leaves a question out.

    Raises:
        LookupError: If there is no such lesson, or it has no quiz.
        TypeError: If the answers are no text.
        ValueError: If there are more or fewer letters than questions, or a letter is not there.
    """
    questions = _questions(slug)
    letters = _letters(answers, questions)
    if not letters:
        how = f'Write one letter a question, as in `quiz("{slug}", "{_sample(questions)}")`.'
        headline = f"quiz {slug}: the {len(questions)} questions stand above, none answered yet"
        return QuizNotice("not attempted", headline, [("Next", how)])
    pairs = list(zip(questions, letters, strict=True))
    told = [_mark(number, *pair) for number, pair in enumerate(pairs, 1)]
    right = [_is_right(*pair) for pair in pairs]
    if all(right):
        return QuizNotice(
            "passed", f"quiz {slug}: passed, {len(right)} of {len(right)} right", told
        )
    kept = "".join(letter if good else "-" for letter, good in zip(letters, right, strict=True))
    again = f'Write another letter for each "-" of `quiz("{slug}", "{kept}")`, and run the cell.'
    headline = f"quiz {slug}: not yet, {sum(right)} of {len(right)} right"
    return QuizNotice("failed", headline, [*told, ("Next", again)])


def _questions(slug: str) -> tuple[Question, ...]:
    questions = load_syllabus().lesson(slug).quiz
    if not questions:
        raise LookupError(f"lesson {slug} has no quiz")
    return questions


def _letters(answers: str, questions: tuple[Question, ...]) -> str:
    """The answers, one letter a question; nothing where none was given."""
    if not isinstance(answers, str):
        raise TypeError(
            f"the answers are of type {type(answers).__name__}; write them as one word in "
            f'quotation marks, as in "{_sample(questions)}"'
        )
    letters = "".join(letter for letter in answers.lower() if letter not in " ,;.")
    if letters and len(letters) != len(questions):
        raise ValueError(
            f"{answers!r} has {len(letters)} letter{'s' * (len(letters) > 1)} and the quiz "
            f"{len(questions)} questions; write one letter a question, and - for a question that "
            "you leave out"
        )
    for number, (question, letter) in enumerate(zip(questions, letters, strict=False), 1):
        known = _LETTERS[: len(question.options)]
        if letter not in f"{known}-":
            raise ValueError(
                f"question {number} has the options {known[0]} to {known[-1]}, not {letter!r}"
            )
    return letters


def _sample(questions: tuple[Question, ...]) -> str:
    """Some letters, in the form in which answers are written; nobody's answers."""
    return "".join(_LETTERS[n % len(one.options)] for n, one in enumerate(questions))


def _is_right(question: Question, letter: str) -> bool:
    return letter != "-" and question.options[_LETTERS.index(letter)].right


def _mark(number: int, question: Question, letter: str) -> tuple[str, str]:
    """What to say about an answer."""
    if letter == "-":
        return f"{number}", "Left out."
    verdict = "Right" if _is_right(question, letter) else "Not so"
    return f"{number} {letter}", f"{verdict}. {question.options[_LETTERS.index(letter)].why}"


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
