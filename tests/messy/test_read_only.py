"""A clone, a folder or a place for what runs, in which the learner may not write."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELSEWHERE = (
    "nothing that was there is lost. Make room or leave to write, or choose another folder with "
    "--home, then run this again\n"
)


def test_a_clone_that_cannot_be_written(tmp_path, typed, as_an_ordinary_user, closed):
    clone, mine = tmp_path / "a clone", tmp_path / "my own"
    (clone / "lessons" / "source").mkdir(parents=True)
    closed(clone)
    for command in ("start", "lab"):
        done = typed(command, before=as_an_ordinary_user, cwd=clone)
        assert done.returncode == 2
        said = done.stderr.decode()
        assert said.startswith(f"{clone / 'my-course'} cannot be ")
        assert "(Permission denied)" in said
        assert said.endswith(ELSEWHERE)
        assert len(said.splitlines()) == 1
    done = typed("start", "--home", mine, before=as_an_ordinary_user, cwd=clone)
    assert done.returncode == 0
    assert done.stdout.decode().endswith(f"Open it: recsys-course lab --home '{mine}'\n")
    variable = {"RECSYS_COURSE_HOME": str(mine)}
    done = typed("start", before=as_an_ordinary_user, cwd=clone, **variable)
    assert done.returncode == 0
    assert done.stdout.decode().endswith("Open it: recsys-course lab\n")


def test_the_set_up_of_such_a_clone(tmp_path, as_an_ordinary_user, closed):
    clone = tmp_path / "a clone"
    clone.mkdir()
    closed(clone)
    code = (
        "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import bootstrap; "
        "bootstrap.NEEDED_GB = 0; sys.exit(bootstrap.main(['lab'], pathlib.Path(sys.argv[2])))"
    )
    command = [*as_an_ordinary_user, sys.executable, "-c", code, str(ROOT), str(clone)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {clone} cannot be written (Permission denied); copy the folder to a place of your "
        "own, then run this again there.\n"
    )


def test_a_check_is_answered_though_it_cannot_be_written_down(
    home, answer, typed, as_an_ordinary_user, closed
):
    answer()
    closed(home.folder, home.own, *home.own.glob("*"))
    done = typed("check", "welcome", before=as_an_ordinary_user, cwd=home.folder)
    assert "0 of 1 points" in done.stdout.decode()
    assert done.stderr.decode().endswith(ELSEWHERE)
    assert done.returncode == 2
    done = typed("status", before=as_an_ordinary_user, cwd=home.folder)
    assert "Next: mean_rating in exercises/00_welcome.ipynb" in " ".join(
        done.stdout.decode().split()
    )
    assert done.stderr.decode().endswith(ELSEWHERE)
    assert done.returncode == 2


def test_an_exercise_that_may_not_be_read(home, typed, as_an_ordinary_user):
    path = home.folder / "exercises" / "00_welcome.ipynb"
    path.chmod(0)
    done = typed("check", "welcome", before=as_an_ordinary_user, cwd=home.folder)
    assert done.stderr.decode() == f"{path} cannot be read or written (Permission denied)\n"
    assert done.returncode == 2


def test_jupyterlab_says_where_it_cannot_write(home, typed, as_an_ordinary_user, closed, tmp_path):
    closed(tmp_path)
    variable = {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    done = typed("lab", "--no-browser", before=as_an_ordinary_user, cwd=home.folder, **variable)
    assert done.stderr.decode() == (
        f"error: JupyterLab cannot write in {tmp_path / 'runtime'}; set JUPYTER_RUNTIME_DIR to a "
        "folder of your own, then run this again\n"
    )
    assert done.returncode == 1
