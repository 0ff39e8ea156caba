import pytest

from recsys_course.classroom import quiz, quizzes
from recsys_course.classroom.quizzes import questions_as_markdown
from recsys_course.classroom.syllabus import Option, Question, load_syllabus

LESSON = load_syllabus().lesson("mf_loss")
LETTERS = "abcdefgh"


def right_letters(lesson):
    return "".join(
        LETTERS[[option.right for option in one.options].index(True)] for one in lesson.quiz
    )


def wrong_letters(lesson):
    return "".join(
        LETTERS[[option.right for option in one.options].index(False)] for one in lesson.quiz
    )


def test_without_answers_it_says_how_to_answer_and_gives_nothing_away():
    notice = quiz("mf_loss")
    assert notice.state == "not attempted"
    assert f"{len(LESSON.quiz)} questions" in repr(notice)
    for question in LESSON.quiz:
        for option in question.options:
            assert option.why not in repr(notice)


def test_all_right_answers_pass_however_they_are_written():
    letters = right_letters(LESSON)
    assert quiz("mf_loss", letters).state == "passed"
    assert quiz("mf_loss", ", ".join(letters.upper())).state == "passed"


def test_a_wrong_answer_is_explained_and_the_right_one_is_kept():
    notice = quiz("mf_loss", wrong_letters(LESSON))
    html = notice._repr_html_()
    assert notice.state == "failed"
    assert f"0 of {len(LESSON.quiz)} right" in html
    assert html.count("Not so.") == len(LESSON.quiz)
    assert "Right." not in html


def test_one_right_and_one_left_out():
    letters = right_letters(LESSON)
    said = repr(quiz("mf_loss", letters[0] + "-" * (len(letters) - 1)))
    assert f"1 of {len(letters)} right" in said
    assert said.count("Left out.") == len(letters) - 1


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ("a", "has 1 letters and the quiz"),
        ("z" * len(LESSON.quiz), "question 1 has the options a to"),
    ],
)
def test_letters_that_do_not_fit_are_refused(answers, message):
    with pytest.raises(ValueError, match=message):
        quiz("mf_loss", answers)


def test_an_unknown_lesson_is_refused():
    with pytest.raises(LookupError, match="did you mean 'mf_loss'"):
        quiz("mf_los")


def test_the_questions_can_be_read_without_running(monkeypatch):
    question = Question("Why?", (Option("so", "yes", right=True), Option("not", "no")))
    monkeypatch.setattr(quizzes, "_questions", lambda _slug: (question, question))
    assert questions_as_markdown("demo") == (
        "**1.** Why?\n\n- **a** · so\n- **b** · not\n\n**2.** Why?\n\n- **a** · so\n- **b** · not"
    )


def test_a_question_has_exactly_one_right_option():
    with pytest.raises(ValueError, match="has 2 right options"):
        Question("Why?", (Option("a", "x", right=True), Option("b", "x", right=True)))
    with pytest.raises(ValueError, match="has 0 right options"):
        Question("Why?", (Option("a", "x"),))
