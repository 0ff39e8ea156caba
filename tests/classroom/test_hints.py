import pytest

from recsys_course.classroom import hint
from recsys_course.classroom.cards import Notice
from recsys_course.classroom.syllabus import load_syllabus

HINTS = load_syllabus().lesson("mf_loss").exercise("sgd_step").hints


def sgd_step():
    raise AssertionError("a hint never calls the function")


def test_hints_go_from_a_question_to_a_plan_and_stay_there():
    from recsys_course.classroom import hints

    hints._asked.clear()
    said = [repr(hint(sgd_step)) for _ in range(4)]
    assert [text.splitlines()[0] for text in said] == [
        "? sgd_step: hint 1 of 3, a question",
        "? sgd_step: hint 2 of 3, a pointer",
        "? sgd_step: hint 3 of 3, a plan",
        "? sgd_step: hint 3 of 3, a plan",
    ]
    for text, words in zip(said, HINTS, strict=False):
        assert " ".join(words.split()[:4]) in " ".join(text.split())
    assert "last hint" in said[2]
    assert "Ask again for a pointer" in said[0]


def test_a_level_can_be_chosen_and_one_function_does_not_move_another():
    assert "hint 3 of 3" in repr(hint("sgd_step", 3))
    assert "hint 1 of 3" in repr(hint("sgd_step", 1))
    with pytest.raises(ValueError, match="level is 4; sgd_step has the hints 1 to 3"):
        hint("sgd_step", 4)


def test_a_name_that_is_no_exercise_is_refused_with_the_nearest():
    with pytest.raises(LookupError, match="did you mean 'sgd_step'"):
        hint("sgd_stepp")
    with pytest.raises(TypeError, match="without brackets"):
        hint(3.0)


def test_a_notice_is_a_box_in_a_notebook_and_escapes_what_it_says():
    notice = Notice("hint", "a < b", [("Hint", "<script>")])
    bundle = notice._repr_mimebundle_()
    assert bundle["text/plain"] == "a < b\n  Hint: <script>"
    assert "&lt;script&gt;" in bundle["text/html"]
    assert "<script>" not in bundle["text/html"]
