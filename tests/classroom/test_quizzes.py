import pytest

from recsys_course.classroom import quiz, quizzes
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.records import read
from recsys_course.classroom.nesting import without_nested_checks
from recsys_course.classroom.quizzes import questions_as_markdown
from recsys_course.classroom.syllabus import Option, Question, load_syllabus

LESSON = load_syllabus().lesson("mf_loss")
LETTERS = "abcdefgh"
ALL_RIGHT = """\
✔ quiz mf_loss: passed, 5 of 5 right
  1 b: Right. The cell is not in Ω. This is the test that caught the program of
    section 8.
  2 d: Right. The derivative of e² is 2e times that of e. With ½e² as loss your
    gradient would be right: say which loss you mean.
  3 a: Right. With 3 users and 5 films it would stop at once. Test with sizes
    that all differ.
  4 c: Right. v moves along the new u. Not saying so makes results impossible to
    compare.
  5 c: Right. A method looks best on data that were made as it assumes. Look at
    both kinds."""
SOME_RIGHT = """\
✘ quiz mf_loss: not yet, 3 of 5 right
  1 b: Right. The cell is not in Ω. This is the test that caught the program of
    section 8.
  2 a: Not so. Then the differences would be off by a little, and differently
    from cell to cell, not by exactly 2.
  3: Left out.
  4 c: Right. v moves along the new u. Not saying so makes results impossible to
    compare.
  5 c: Right. A method looks best on data that were made as it assumes. Look at
    both kinds.
  Next: Write another letter for each "-" of `quiz("mf_loss", "b--cc")`, and run
    the cell."""


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
    assert notice.text() == (
        "○ quiz mf_loss: the 5 questions stand above, none answered yet\n"
        '  Next: Write one letter a question, as in `quiz("mf_loss", "abcda")`.'
    )
    for question in LESSON.quiz:
        for option in question.options:
            assert option.why not in notice._repr_html_()


def test_all_right_answers_pass_however_they_are_written():
    letters = right_letters(LESSON)
    assert quiz("mf_loss", letters).state == "passed"
    assert quiz("mf_loss", ", ".join(letters.upper())).state == "passed"
    assert quiz("mf_loss", letters).text(80) == ALL_RIGHT


def test_wrong_answers_are_explained_and_the_right_ones_are_not_given_away():
    notice = quiz("mf_loss", wrong_letters(LESSON))
    page = notice._repr_html_()
    assert notice.state == "failed"
    assert "<b>quiz mf_loss: not yet, 0 of 5 right</b>" in page
    assert page.count("Not so.") == 5
    assert "Right." not in page
    for question in LESSON.quiz:
        (why,) = [option.why for option in question.options if option.right]
        assert why not in notice.text()


def test_what_is_right_is_kept_and_what_is_not_is_asked_again():
    assert quiz("mf_loss", "ba-cc").text(80) == SOME_RIGHT


def test_a_script_shows_the_marks_once(capsys):
    notice = quiz("mf_loss", "-----")
    assert capsys.readouterr().out == f"{notice}\n"


def test_answers_are_remembered_in_a_learners_folder_and_questions_are_not(tmp_path, monkeypatch):
    home = Home(tmp_path / "my-course")
    home.own.mkdir(parents=True)
    monkeypatch.chdir(home.folder)
    quiz("mf_loss")
    with without_nested_checks():
        quiz("mf_loss", "bdacc")
    assert read(home.progress).quizzes == {}
    quiz("mf_loss", "bdac-")
    quiz("mf_loss", "bdacc")
    known = read(home.progress).quizzes["mf_loss"]
    assert (known.state, known.attempts) == ("passed", 2)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ("a", "'a' has 1 letter and the quiz 5 questions; write one letter a question"),
        ("abcdab", "'abcdab' has 6 letters and the quiz 5 questions"),
        ("bzacc", "question 2 has the options a to d, not 'z'"),
        ("b?acc", r"question 2 has the options a to d, not '\?'"),
    ],
)
def test_letters_that_do_not_fit_are_refused(answers, message):
    with pytest.raises(ValueError, match=message):
        quiz("mf_loss", answers)


def test_answers_that_are_no_text_are_refused():
    with pytest.raises(TypeError, match="the answers are of type list; write them as one word"):
        quiz("mf_loss", ["a", "b", "c", "d", "a"])


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
