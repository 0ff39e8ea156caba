"""Terminals of 60 columns, without colours, without signs, and none at all."""

import os
import re
import subprocess

import pytest

CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[;m]")
SPINNING = "checking the exercises that have changed"


def shown(arrived):
    """The lines that stay on the screen."""
    lines = [CODE.sub("", line).rstrip() for line in arrived.split("\n")]
    return [line for line in lines if SPINNING not in line]


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["status"], 0, ["00 Welcome: ten films for you", "   ✘ 0 of 1, attempted, 50 min"]),
        (["check", "welcome"], 1, ["✘ mean_rating: not yet", "0 of 1 points"]),
        (["hint", "mean_rating"], 0, ["? mean_rating: hint 1 of 3, a question"]),
        (["update"], 0, ["everything is up to date"]),
        (["reset", "mf_loss"], 0, ["exercises/03_mf_loss.ipynb is new again"]),
    ],
)
def test_sixty_columns_hold_every_line(answer, in_terminal, words, code, expected):
    answer()
    arrived, ended = in_terminal(*words)
    lines = shown(arrived)
    assert ended == code, arrived
    assert all(any(line.startswith(one) for line in lines) for one in expected), lines
    narrow = [line for line in lines if str(answer()) not in line]
    assert [line for line in narrow if len(line) > 60 or "…" in line] == []
    assert "Traceback" not in arrived


def test_no_path_is_broken_into_lines(home, in_terminal):
    arrived, _ = in_terminal("solution", "welcome", "--anyway")
    assert f"the solution: {home.folder / 'solutions' / '00_welcome.ipynb'}" in shown(arrived)
    arrived, _ = in_terminal("check", str(home.folder / "nothing.py"))
    assert f"{home.folder / 'nothing.py'}: there is no such file" in shown(arrived)


@pytest.mark.parametrize("words", [["status"], ["check", "welcome"], ["check", "nonsense"]])
def test_colours_are_there_unless_they_are_not_wanted(answer, in_terminal, words):
    answer()
    assert COLOUR.search(in_terminal(*words)[0])
    assert not COLOUR.search(in_terminal(*words, NO_COLOR="1")[0])
    dumb, _ = in_terminal(*words, TERM="dumb")  # an editor's shell
    assert "\x1b" not in dumb
    narrow = [line for line in dumb.split("\n") if str(answer()) not in line]
    # an error is one line, which the terminal wraps: what stands in it can be copied
    assert words[-1] == "nonsense" or all(len(line) <= 60 for line in narrow)


@pytest.mark.parametrize(
    ("encoding", "failed", "rule"),
    [("ascii", "x", "+-"), ("cp1252", "x", "+-"), ("utf-8", "✘", "┏━")],
)
def test_into_a_pipe_go_plain_words_in_the_signs_that_it_has(
    home, answer, typed, encoding, failed, rule
):
    answer()
    done = typed("check", "welcome", cwd=home.folder, PYTHONIOENCODING=encoding)
    said = done.stdout.decode(encoding)
    assert f"{failed} mean_rating: not yet" in said
    assert (done.returncode, "\x1b" in said) == (1, False)
    done = typed("status", cwd=home.folder, PYTHONIOENCODING=encoding)
    said = done.stdout.decode(encoding)
    assert f" {failed} 0 of 1 " in said
    assert rule in said
    assert (done.returncode, "\x1b" in said, done.stderr) == (0, False, b"")


def test_a_path_in_a_terminal_that_lacks_its_letters(home, typed):
    done = typed("solution", "welcome", "--anyway", cwd=home.folder, PYTHONIOENCODING="ascii")
    assert b"Mein Kurs u/my-course/solutions/00_welcome.ipynb" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("words", [["status"], ["check", "welcome"], ["hint", "mean_rating"]])
def test_who_reads_only_the_beginning_sees_no_traceback(home, answer, typed, words):
    answer()
    ours, theirs = os.pipe()
    os.close(ours)  # as `| head` does when it has seen enough
    done = typed(*words, cwd=home.folder, stdout=theirs)
    os.close(theirs)
    said = done.stderr.decode()  # what the answers print is there
    assert not re.search("Traceback|Broken|Errno", said), said
    assert done.returncode == 1


def test_without_any_output_it_works_as_well(home, typed):
    words = ["sh", "-c", '"$@" >&- 2>&-', "sh"]
    assert typed("update", before=words, cwd=home.folder).returncode == 0
    done = typed("check", "nonsense", before=words, cwd=home.folder, stdout=subprocess.DEVNULL)
    assert done.returncode == 2
