import pytest
from typer.testing import CliRunner

from recsys_course.classroom import asked, hint
from recsys_course.classroom.hints import hint_notice
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.records import read
from recsys_course.classroom.nesting import without_nested_checks
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.cli import app

HINTS = load_syllabus().lesson("mf_loss").exercise("sgd_step").hints


@pytest.fixture(autouse=True)
def no_hint_given(monkeypatch):
    monkeypatch.setattr(asked, "_reached", {})


def sgd_step():
    raise AssertionError("a hint never calls the function")


def test_hints_go_from_a_question_to_a_plan_and_stay_there():
    said = [repr(hint(sgd_step)) for _ in range(4)]
    assert [text.splitlines()[0] for text in said] == [
        "? sgd_step: hint 1 of 3, a question",
        "? sgd_step: hint 2 of 3, a pointer",
        "? sgd_step: hint 3 of 3, a plan",
        "? sgd_step: hint 3 of 3, a plan",
    ]
    for text, words in zip(said, HINTS, strict=False):
        assert words in " ".join(text.split())
    assert said[0].endswith("Next: Try it, and run check(sgd_step). Ask again for a pointer.")
    assert said[2].endswith("Next: Try it, and run check(sgd_step). This is the last hint.")


def test_a_script_shows_the_hint_once(capsys):
    notice = hint("sgd_step")
    assert capsys.readouterr().out == f"{notice}\n"


def test_a_level_can_be_chosen_and_the_next_one_comes_after_it():
    assert "hint 2 of 3" in repr(hint("sgd_step", 2))
    assert "hint 1 of 3" in repr(hint("sgd_step", 1))  # looking back takes nothing back
    assert "hint 3 of 3" in repr(hint("sgd_step"))
    assert "hint 1 of 3" in repr(hint("predict_ratings"))  # one function does not move another


def test_the_next_hint_is_remembered_in_a_learners_folder(tmp_path, monkeypatch):
    home = Home(tmp_path / "my-course")
    home.own.mkdir(parents=True)
    monkeypatch.chdir(home.folder)
    hint("sgd_step", 2)
    assert read(home.progress).functions["sgd_step"].hints == 2
    asked._reached.clear()  # as in a new kernel
    assert "hint 3 of 3" in repr(hint("sgd_step"))
    with without_nested_checks():
        hint("predict_ratings")
    assert set(read(home.progress).functions) == {"sgd_step"}


@pytest.mark.parametrize("level", [0, 4, -1])
def test_a_level_that_is_not_there_is_refused(level):
    with pytest.raises(ValueError, match=f"level is {level}; sgd_step has the hints 1 to 3"):
        hint("sgd_step", level)
    assert asked.level_reached("sgd_step") == 0


def test_a_hint_in_a_file_that_is_being_checked_does_not_count(capsys):
    with without_nested_checks():
        hint("sgd_step")
    assert capsys.readouterr().out == ""
    assert asked.level_reached("sgd_step") == 0


def test_a_name_that_is_no_exercise_is_refused_with_the_nearest():
    with pytest.raises(LookupError, match="did you mean 'sgd_step'"):
        hint("sgd_stepp")
    with pytest.raises(TypeError, match="without brackets"):
        hint(3.0)


@pytest.mark.parametrize("lesson", load_syllabus().lessons, ids=lambda lesson: lesson.stem)
def test_every_exercise_has_its_three_hints(lesson):
    for exercise in lesson.exercises:
        words = [hint_notice(exercise.name).text(96) for _ in range(3)]
        assert [text.splitlines()[0].rsplit(", ")[-1] for text in words] == [
            "a question",
            "a pointer",
            "a plan",
        ]


def test_the_command_says_it_once_as_wide_as_the_terminal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["hint", "sgd_step"], env={"COLUMNS": "40"})
    assert result.output == (
        "? sgd_step: hint 1 of 3, a question\n"
        "  Hint: Both new vectors are computed\n"
        "    from old ones. When you compute the\n"
        "    item's, is the user's row still the\n"
        "    old one?\n"
        "  Next: Try it, and run check(sgd_step).\n"
        "    Ask again for a pointer.\n"
    )
