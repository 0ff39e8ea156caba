"""Exercises as VS Code, Colab and editors on Windows save them."""

import copy
import json

import pytest

from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.survey import look
from recsys_course.classroom.home.watching import watch
from recsys_course.classroom.materials import materials
from recsys_course.classroom.syllabus import load_syllabus

WELCOME = load_syllabus().lesson("welcome")


def by_vs_code(notebook):
    """Its own metadata, execution counts, each source in one string."""
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook["cells"]):
        cell["source"] = ["".join(cell["source"])]
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["metadata"]["vscode"] = {"languageId": "python"}
    notebook["metadata"]["vscode"] = {"interpreter": {"hash": "0123"}}
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    return json.dumps(notebook, indent=1).encode()


def by_colab(notebook):
    """Ids moved into the cells' metadata, and the notebook's metadata its own, not the course's."""
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id")
        cell["metadata"] = {"id": f"q{number}"}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"outputId": "7f", "colab": {"base_uri": "https://localhost:8080/"}}
    notebook["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    notebook["nbformat_minor"] = 0
    return json.dumps(notebook).encode()


def on_windows(notebook):
    """A byte order mark, and Windows line ends in the file and in the sources."""
    text = json.dumps(notebook, indent=1).replace("\n", "\r\n").replace("\\n", "\\r\\n")
    return b"\xef\xbb\xbf" + text.encode()


SAVED = {"VS Code": by_vs_code, "Colab": by_colab, "Windows": on_windows}


@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_it_is_checked_surveyed_and_watched(home, solved, run, save):
    home.notebook(WELCOME).write_bytes(save(solved))
    assert look(home)[0].states == ("passed",)
    assert run("check", "welcome").endswith("1 of 1 points\n")
    assert next(watch(home, WELCOME)).points == 1


@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_an_update_replaces_it_where_it_was_only_run(home, save, tmp_path):
    path = home.notebook(WELCOME)
    path.write_bytes(ran := save(json.loads(path.read_text("utf-8"))))
    newer = tmp_path / "newer.ipynb"
    newer.write_bytes(materials()["exercises/00_welcome.ipynb"].read_bytes() + b"\n")
    (done,) = deliver(home, materials() | {"exercises/00_welcome.ipynb": newer})
    assert (done.verb, done.path) == ("replaced", "exercises/00_welcome.ipynb")
    assert path.read_bytes() == newer.read_bytes()
    assert (home.folder / done.kept).read_bytes() == ran  # with its outputs


@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_and_leaves_it_where_something_was_written(home, solved, save, tmp_path):
    path = home.notebook(WELCOME)
    path.write_bytes(mine := save(solved))
    newer = tmp_path / "newer.ipynb"
    newer.write_bytes(materials()["exercises/00_welcome.ipynb"].read_bytes() + b"\n")
    (done,) = deliver(home, materials() | {"exercises/00_welcome.ipynb": newer})
    assert (done.verb, done.path) == ("beside", "exercises/00_welcome.new.ipynb")
    assert path.read_bytes() == mine


def test_a_text_that_an_old_editor_saved_in_utf_16_is_told_of(home, solved, run):
    home.notebook(WELCOME).write_bytes(json.dumps(solved).encode("utf-16"))
    assert run("check", "welcome", code=2) == (
        f"{home.notebook(WELCOME)}: byte 0 is not UTF-8; save it as UTF-8. `recsys-course reset "
        "welcome` begins anew and keeps this file as well.\n"
    )
