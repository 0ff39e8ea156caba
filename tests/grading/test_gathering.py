"""Which submissions are found, for whom and for which lesson; and what is said of the others."""

import hashlib
import io
import json
import os
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.classroom.grading.gathering import UnreadableSubmissionError, gather

ROOT = Path(__file__).parents[2]
CODE = b"x = 1\n"


def notebook(slug=None, kind="exercise", **metadata):
    if slug:
        metadata["recsys_course"] = {"slug": slug, "kind": kind}
    return json.dumps({"cells": [], "metadata": metadata, "nbformat": 4}).encode()


def written(folder, files):
    """Files in a folder; a dictionary becomes a zip."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zipped(content) if isinstance(content, dict) else content)
    return folder


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, zipped(content) if isinstance(content, dict) else content)
    return stream.getvalue()


def found(gathered):
    return {(one.student, one.slug) for one in gathered.found}


def refused(gathered):
    return [(one.student, one.slug, one.outcome, one.reason) for one in gathered.refused]


LAYOUTS = {
    "one folder a student": {
        "rivera/03_mf_loss.ipynb": notebook(),
        "chen/03_mf_loss.py": CODE,
    },
    "files in one folder": {
        "rivera 03_mf_loss.ipynb": notebook(),
        "chen_03_mf_loss.py": CODE,
    },
    "folders in a zip": {
        "class.zip": {
            "class/rivera/03_mf_loss.ipynb": notebook(),
            "class/chen/03_mf_loss.py": CODE,
        }
    },
    "one zip a student": {
        "rivera.zip": {"project/03_mf_loss.ipynb": notebook()},
        "chen.zip": {"03_mf_loss.py": CODE},
    },
    "a zip with one zip a student": {
        "class.zip": {
            "rivera.zip": {"03_mf_loss.ipynb": notebook()},
            "chen.zip": {"chen/answers/03_mf_loss.py": CODE},
        }
    },
    "nbgrader": {
        "submitted/rivera/ps3/03_mf_loss.ipynb": notebook(),
        "submitted/chen/ps3/03_mf_loss.py": CODE,
    },
    "one folder a lesson": {
        "03_mf_loss/rivera.ipynb": notebook("mf_loss"),
        "03_mf_loss/chen.py": CODE,
    },
    "by metadata alone": {
        "rivera/homework.ipynb": notebook("mf_loss"),
        "chen/answers.ipynb": notebook("mf_loss"),
    },
}


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_class_is_found_in_every_usual_layout(tmp_path, files):
    gathered = gather([written(tmp_path / "class", files)])
    assert found(gathered) == {("rivera", "mf_loss"), ("chen", "mf_loss")}
    assert (gathered.refused, gathered.left_aside, gathered.remarks) == ((), (), ())


PLATFORMS = {
    "Moodle": (
        {
            "Anna Rivera_101_assignsubmission_file_/03_mf_loss.ipynb": notebook(),
            "Anna Rivera_102_assignsubmission_file_/hw.zip": {"03_mf_loss.ipynb": notebook()},
            "Zoë Li_103_assignsubmission_file_/a/b.ipynb": notebook("mf_loss"),
        },
        {"Anna Rivera_101", "Anna Rivera_102", "Zoë Li_103"},
    ),
    "Moodle without folders": (
        {
            "Anna Rivera_101_assignsubmission_file_03_mf_loss.ipynb": notebook(),
            "Zoë Li_103_assignsubmission_file_mine.ipynb": notebook("mf_loss"),
        },
        {"Anna Rivera_101", "Zoë Li_103"},
    ),
    "Canvas": (
        {
            "riveraanna_101_9001_03_mf_loss.ipynb": notebook(),
            "lizoë_LATE_103_9002_03_mf_loss-1.ipynb": notebook(),
            "chen_104_9003_hw.zip": {"x/03_mf_loss.ipynb": notebook()},
        },
        {"riveraanna_101", "lizoë_103", "chen_104"},
    ),
    "Gradescope": (
        {
            "assignment_9_export/submission_101/03_mf_loss.ipynb": notebook(),
            "assignment_9_export/submission_102/03_mf_loss.ipynb": notebook(),
            "assignment_9_export/submission_metadata.yml": b"x",
        },
        {"submission_101", "submission_102"},
    ),
}


@pytest.mark.parametrize("packed", ["folder", "zip", "zip in a folder", "each by itself"])
@pytest.mark.parametrize(("files", "students"), PLATFORMS.values(), ids=PLATFORMS.keys())
def test_an_export_is_recognised_unpacked_or_not(tmp_path, files, students, packed):
    if packed == "folder":
        paths = [written(tmp_path / "week3", files)]
    elif packed == "zip":
        paths = [written(tmp_path, {"week3.zip": files}) / "week3.zip"]
    elif packed == "zip in a folder":
        paths = [written(tmp_path / "all", {"week3.zip": files, "li.zip": {"a.txt": b""}})]
    else:  # as a shell expands week3/*
        paths = sorted(written(tmp_path / "week3", files).iterdir())
    gathered = gather(paths)
    assert {student for student, _ in found(gathered)} == students
    assert gathered.remarks == ()


def test_a_zip_in_a_folder_that_only_looks_like_an_export_in_part_is_one_student_s(tmp_path):
    files = {
        "Chen Li_7_assignsubmission_file_/03_mf_loss.py": CODE,
        "me/03_mf_loss.py": CODE + CODE,
    }
    written(tmp_path, {"rivera.zip": files, "chen.zip": {"03_mf_loss.py": CODE}})
    assert found(gather([tmp_path])) == {("rivera", "mf_loss"), ("chen", "mf_loss")}


def test_of_several_zips_each_is_one_student_s_whatever_the_folder_in_it_is_called(tmp_path):
    written(tmp_path, {f"{name}.zip": {"chen/answers.ipynb": notebook("mf_loss")}
                       for name in ("rivera", "li")})  # fmt: skip
    gathered = gather([tmp_path / "rivera.zip", tmp_path / "li.zip"])
    assert found(gathered) == {("rivera", "mf_loss"), ("li", "mf_loss")}
    assert gathered.remarks == ()


def test_the_source_the_digest_the_size_and_the_bytes_are_those_of_the_file(tmp_path):
    content = notebook("mf_loss")
    files = {"class/rivera/03_mf_loss.ipynb": content, "class/chen/x.ipynb": content}
    path = written(tmp_path, {"class.zip": files}) / "class.zip"
    one = gather([path]).found[1]
    assert one.source == f"{path}/class/rivera/03_mf_loss.ipynb"
    assert one.digest == hashlib.sha256(content).hexdigest()
    assert (one.size, one.suffix, one.read()) == (len(content), ".ipynb", content)


LESSONS = {
    "metadata before the name": ("02_similarity.ipynb", notebook("mf_loss"), "mf_loss"),
    "the name where metadata say nothing": ("02_similarity.ipynb", notebook(), "similarity"),
    "a copy": ("05_evaluation-Copy1.ipynb", notebook(), "evaluation"),
    "an unknown lesson in the metadata": ("02_similarity.ipynb", notebook("x"), "similarity"),
    "a lesson in a cell's text is no metadata": (
        "02_similarity.ipynb",
        json.dumps({"cells": ['"recsys_course": {"slug": "mf_loss"}'], "metadata": {}}).encode(),
        "similarity",
    ),
    "metadata that contradict themselves": (
        "02_similarity.ipynb",
        notebook("mf_loss") + notebook("evaluation"),
        "similarity",
    ),
    "metadata of a script": ("02_similarity.py", notebook("mf_loss"), "similarity"),
    "metadata that are no JSON": (
        "02_similarity.ipynb",
        b'{"recsys_course": {"slug": mf_loss}}',
        "similarity",
    ),
}


@pytest.mark.parametrize(("name", "content", "slug"), LESSONS.values(), ids=LESSONS.keys())
def test_the_lesson_is_found(tmp_path, name, content, slug):
    assert found(gather([written(tmp_path, {f"rivera/{name}": content})])) == {("rivera", slug)}


@pytest.mark.parametrize("lesson", ["03_mf_loss", "05_evaluation"])
def test_the_course_s_own_exercise_is_found_under_any_name(tmp_path, lesson):
    (tmp_path / "rivera").mkdir()
    shutil.copy(ROOT / f"exercises/{lesson}.ipynb", tmp_path / "rivera/homework.ipynb")
    assert found(gather([tmp_path])) == {("rivera", lesson[3:])}


def test_lessons_and_solutions_are_left_aside(tmp_path):
    files = {"rivera/03_mf_loss.ipynb": notebook("mf_loss")}
    written(tmp_path, files)
    for folder in ("lessons", "solutions"):
        (tmp_path / folder).mkdir()
        shutil.copy(ROOT / folder / "03_mf_loss.ipynb", tmp_path / folder)
    gathered = gather([tmp_path])
    assert found(gathered) == {("rivera", "mf_loss")}
    assert [one.reason for one in gathered.left_aside] == [
        "It is the lesson's notebook, not the exercise.",
        "It is the course's solution, not an exercise.",
    ]


NO_LESSON = (
    "Neither its name nor its metadata names a lesson; name it like 03_mf_loss.ipynb, or grade it "
    "with --exercise SLUG."
)


def test_what_names_no_lesson_is_refused_with_the_next_step_and_a_helper_is_not(tmp_path):
    files = {
        "rivera/03_mf_loss.ipynb": notebook(),
        "rivera/helper.py": CODE,
        "chen/answers.ipynb": notebook(),
        "li/answers.py": CODE,
    }
    gathered = gather([written(tmp_path, files)])
    assert refused(gathered) == [
        ("chen", "", "could not be read", NO_LESSON),
        ("li", "", "could not be read", NO_LESSON),
    ]
    assert [one.source for one in gathered.left_aside] == [f"{tmp_path}/rivera/helper.py"]


def test_a_given_lesson_stands_above_all_but_prefers_the_file_that_names_it(tmp_path):
    files = {
        "rivera/03_mf_loss.ipynb": notebook(),
        "rivera/05_evaluation.ipynb": notebook("evaluation"),
        "rivera/zzz.py": CODE,
        "chen/answers.py": CODE,
        "li/02_similarity.py": CODE,
    }
    gathered = gather([written(tmp_path, files)], slug="mf_loss")
    assert [(one.student, one.source.rpartition("/")[2]) for one in gathered.found] == [
        ("chen", "answers.py"),
        ("li", "02_similarity.py"),
        ("rivera", "03_mf_loss.ipynb"),
    ]
    assert {one.slug for one in gathered.found} == {"mf_loss"}


def test_the_latest_of_several_files_counts(tmp_path):
    names = ["03_mf_loss.ipynb", "03_mf_loss (1).ipynb", "03_mf_loss-Copy1.ipynb"]
    written(tmp_path, {f"rivera/{name}": notebook() + b" " * k for k, name in enumerate(names)})
    for date, name in zip((300, 200, 100), names, strict=True):
        os.utime(tmp_path / "rivera" / name, (date, date))
    gathered = gather([tmp_path])
    assert gathered.found[0].source == f"{tmp_path}/rivera/03_mf_loss.ipynb"
    assert [one.reason for one in gathered.left_aside] == [
        "A later file of the same student answers this lesson; rename one if they are two people."
    ] * 2


def test_canvas_numbers_and_then_copies_say_what_is_later_where_dates_do_not(tmp_path):
    chen = ("03_mf_loss.py", "03_mf_loss (2).py", "03_mf_loss (10).py")
    written(tmp_path / "a", {"rivera_1_1000_03_mf_loss-1.py": CODE})
    written(tmp_path / "a", {"rivera_1_999_03_mf_loss-2.py": CODE})
    written(tmp_path / "b", {f"chen/{name}": CODE for name in chen})
    for path in tmp_path.rglob("*.py"):
        os.utime(path, (100, 100))
    names = [
        one.source.rpartition("/")[2] for one in gather([tmp_path / "a", tmp_path / "b"]).found
    ]
    assert names == ["03_mf_loss (10).py", "rivera_1_1000_03_mf_loss-1.py"]


def test_one_name_in_two_folders_with_one_lesson_is_two_people_and_said(tmp_path):
    for section, content in (("one", CODE), ("two", CODE + CODE)):
        written(tmp_path / section, {"rivera 03_mf_loss.py": content})
    gathered = gather([tmp_path / "one", tmp_path / "two"])
    assert [(one.student, one.size) for one in gathered.found] == [
        ("rivera", 6),
        ("rivera (2)", 12),
    ]
    assert gathered.remarks == (
        f"rivera stands in 2 places ({tmp_path}/one/rivera 03_mf_loss.py, "
        f"{tmp_path}/two/rivera 03_mf_loss.py) with answers to one lesson; graded as different "
        "people: rivera, rivera (2).",
    )


def test_one_name_in_two_folders_with_two_lessons_is_one_person_and_said(tmp_path):
    written(tmp_path / "week3", {"rivera/03_mf_loss.py": CODE})
    written(tmp_path / "week5", {"rivera/05_evaluation.py": CODE})
    gathered = gather([tmp_path / "week3", tmp_path / "week5"])
    assert found(gathered) == {("rivera", "mf_loss"), ("rivera", "evaluation")}
    assert len(gathered.remarks) == 1
    assert gathered.remarks[0].endswith("; taken as one.")


def test_names_that_look_alike_are_told_apart(tmp_path):
    written(tmp_path, {"Zo\u00eb/03_mf_loss.py": CODE, "Zoe\u0308/03_mf_loss.py": CODE,
                       "Zo\u00eb\u200b/03_mf_loss.py": CODE, "Zo\u00eb (2)/03_mf_loss.py": CODE,
                       f"{'x' * 80}1/03_mf_loss.py": CODE,
                       f"{'x' * 80}2/03_mf_loss.py": CODE})  # fmt: skip
    gathered = gather([tmp_path])
    assert [one.student for one in gathered.found] == [
        "Zo\u00eb",
        "Zo\u00eb (2)",
        "Zo\u00eb (3)",
        "Zo\u00eb (4)",
        "x" * 70 + " (2)",
        "x" * 80,
    ]
    assert len(gathered.remarks) == 2


def test_a_pattern_names_the_students_and_what_it_does_not_find_is_refused(tmp_path):
    files = {"group1/u1_03_mf_loss.py": CODE, "group2/u2_03_mf_loss.py": CODE, "x/y.py": CODE}
    gathered = gather([written(tmp_path, files)], pattern=r"/(?P<student>u\d)_")
    assert found(gathered) == {("u1", "mf_loss"), ("u2", "mf_loss")}
    assert refused(gathered) == [
        (
            "y.py",
            "",
            "could not be read",
            "The pattern finds no student in its path; correct the pattern, or leave it out.",
        )
    ]


def test_neither_links_nor_pipes_nor_folders_nor_secrets_nor_floods_are_read(tmp_path, monkeypatch):
    written(tmp_path, {"secret.txt": notebook("mf_loss"), "class/li/03_mf_loss.py": CODE})
    for student in ("link", "pipe", "folder", "empty", "flood", "dangling"):
        (tmp_path / "class" / student).mkdir()
    target = tmp_path / "class/link/03_mf_loss.ipynb"
    target.symlink_to(tmp_path / "secret.txt")
    (tmp_path / "class/dangling/03_mf_loss.py").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "class/pipe/03_mf_loss.ipynb")
    written(tmp_path, {"class/folder/03_mf_loss.ipynb/x.txt": b""})
    (tmp_path / "class/empty/03_mf_loss.ipynb").touch()
    with (tmp_path / "class/flood/03_mf_loss.ipynb").open("wb") as file:
        file.truncate(50_000_001)
    gathered = gather([tmp_path / "class"])
    assert [one.student for one in gathered.found] == ["li"]
    assert refused(gathered) == [
        ("dangling", "mf_loss", "could not be read",
         "It is a link, not a file; hand in the file itself."),
        ("empty", "mf_loss", "could not be read", "It is empty; hand in the saved notebook."),
        ("flood", "mf_loss", "could not be read",
         "It is over 50 MB; clear its outputs, save it and hand it in again."),
        ("folder", "mf_loss", "could not be read",
         "It is a folder, not a file; hand in the file itself."),
        ("link", "mf_loss", "could not be read",
         "It is a link, not a file; hand in the file itself."),
        ("pipe", "mf_loss", "could not be read",
         "It is a named pipe, not a file; hand in the file itself."),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["03_mf_loss.ipynb", "rivera.zip"])
def test_a_link_that_is_given_is_not_followed(tmp_path, name):
    (tmp_path / name).symlink_to("/dev/zero")
    assert gather([tmp_path / name]).refused[0].reason == (
        "It is a link, not a file; hand in the file itself."
    )


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def denied(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    written(tmp_path, {"rivera/03_mf_loss.py": CODE})
    monkeypatch.setattr("recsys_course.classroom.grading.places.os.open", denied)
    assert gather([tmp_path]).refused[0].reason == (
        "It cannot be opened (Permission denied); look at the file and at who may read it."
    )


def test_a_folder_that_may_not_be_read_is_refused_and_one_that_is_too_deep_is_said(
    tmp_path, monkeypatch
):
    scandir = os.scandir

    def denied(path):
        if path.name == "rivera":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    deep = "chen/" + "a/" * 20
    folders = ("rivera/", deep, "li/")
    written(tmp_path, {f"{folder}03_mf_loss.py": CODE for folder in folders})
    monkeypatch.setattr(os, "scandir", denied)
    gathered = gather([tmp_path])
    assert found(gathered) == {("li", "mf_loss")}
    assert [(one.student, one.reason) for one in gathered.refused] == [
        ("rivera", "This folder cannot be opened (Permission denied); look at who may read it.")
    ]
    assert [(one.source, one.reason) for one in gathered.left_aside] == [
        (f"{tmp_path}/{deep}"[:-1], "Folders below the 20th level are not opened.")
    ]


def test_links_to_folders_are_not_followed_and_said(tmp_path):
    written(tmp_path / "class", {"rivera/03_mf_loss.py": CODE})
    (tmp_path / "class/rivera/loop").symlink_to(tmp_path / "class")
    (tmp_path / "class/chen").symlink_to(tmp_path / "class/rivera")
    gathered = gather([tmp_path / "class"])
    assert found(gathered) == {("rivera", "mf_loss")}
    assert {(one.source, one.reason) for one in gathered.left_aside} == {
        (f"{tmp_path}/class/rivera/loop", "A link to a folder is not followed."),
        (f"{tmp_path}/class/chen", "A link to a folder is not followed."),
    }


def test_hidden_and_made_up_folders_and_other_files_are_passed_over_in_silence(tmp_path):
    written(tmp_path, {
        "rivera/03_mf_loss.py": CODE, "rivera/.ipynb_checkpoints/05_evaluation.ipynb": notebook(),
        "rivera/__pycache__/x.py": CODE, "__MACOSX/rivera/x.ipynb": CODE, ".git/x.py": CODE,
        "rivera/._03_mf_loss.ipynb": b"\0", "rivera/plot.png": b"x", "rivera/data.csv": b"1",
    })  # fmt: skip
    gathered = gather([tmp_path])
    assert found(gathered) == {("rivera", "mf_loss")}
    assert (gathered.refused, gathered.left_aside) == ((), ())


def test_what_is_given_twice_counts_once(tmp_path):
    written(
        tmp_path, {"class/rivera/03_mf_loss.py": CODE, "class/chen.zip": {"a/03_mf_loss.py": b"x"}}
    )
    paths = [tmp_path / "class", tmp_path / "class/rivera", tmp_path / "class/../class/rivera"]
    gathered = gather([*paths, tmp_path / "class/rivera/03_mf_loss.py"])
    assert found(gathered) == {("rivera", "mf_loss"), ("chen", "mf_loss")}
    assert gathered.remarks == ()


def test_single_files_are_named_by_themselves_or_by_their_folder(tmp_path):
    written(
        tmp_path,
        {"rivera/03_mf_loss.py": CODE, "chen/03_mf_loss.py": CODE, "li 03_mf_loss.py": b"y"},
    )
    gathered = gather(sorted(tmp_path.rglob("*.py")))
    assert {one.student for one in gathered.found} == {"rivera", "chen", "li"}


def test_bytes_that_have_changed_since_are_not_handed_out(tmp_path):
    files = {"rivera/03_mf_loss.py": CODE, "chen.zip": {"03_mf_loss.py": CODE}}
    gathered = gather([written(tmp_path, files)])
    written(
        tmp_path, {"rivera/03_mf_loss.py": b"x = 2\n", "chen.zip": {"03_mf_loss.py": b"x = 2\n"}}
    )
    for one in gathered.found:
        with pytest.raises(UnreadableSubmissionError):
            one.read()
    (tmp_path / "rivera/03_mf_loss.py").unlink()
    (tmp_path / "rivera/03_mf_loss.py").symlink_to("/etc/passwd")
    with pytest.raises(UnreadableSubmissionError, match="It is a link, not a file"):
        gathered.found[1].read()


def test_the_bytes_are_not_kept(tmp_path):
    written(tmp_path, {f"s{k:02d}/03_mf_loss.py": bytes([k]) * 1_000_000 for k in range(40, 70)})
    tracemalloc.start()
    try:
        gathered = gather([tmp_path])
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(gathered.found) == 30
    assert kept < 1_000_000
    assert most < 6_000_000


SENTENCES = {
    "nowhere": r"nowhere: there is no such file or folder; is the path right\?",
    "empty": "empty: there is nothing to grade; give notebooks",
    "other.txt": "other.txt: there is nothing to grade; give notebooks",
}


@pytest.mark.parametrize(("name", "sentence"), SENTENCES.items(), ids=SENTENCES.keys())
def test_nothing_to_grade_is_one_clear_sentence(tmp_path, name, sentence):
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.txt").touch()
    with pytest.raises(ValueError, match=sentence):
        gather([tmp_path / name])


def test_a_lesson_that_does_not_exist_is_one_clear_sentence(tmp_path):
    with pytest.raises(ValueError, match="no lesson has the slug 'mf_los'; did you mean 'mf_loss'"):
        gather([tmp_path], slug="mf_los")


def test_one_empty_folder_among_others_stops_nothing_and_is_said(tmp_path):
    written(tmp_path, {"rivera/03_mf_loss.py": CODE, "chen/readme.txt": b""})
    gathered = gather([tmp_path / "chen", tmp_path / "rivera"])
    assert found(gathered) == {("rivera", "mf_loss")}
    assert [(one.source, one.reason) for one in gathered.left_aside] == [
        (f"{tmp_path}/chen", "There is no notebook, Python file or zip in it.")
    ]


def test_no_path_at_all_is_one_clear_sentence():
    with pytest.raises(ValueError, match="no path was given: there is nothing to grade"):
        gather([])


def test_the_order_is_the_same_whatever_the_file_system_says(tmp_path, monkeypatch):
    written(tmp_path, {f"s{k}/03_mf_loss.py": CODE for k in (3, 1, 2)})
    expected = [one.student for one in gather([tmp_path]).found]
    scandir = os.scandir

    class Reversed:
        def __init__(self, path):
            self.entries = list(scandir(path))[::-1]

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *error):
            pass

    monkeypatch.setattr(os, "scandir", Reversed)
    assert [one.student for one in gather([tmp_path]).found] == expected == ["s1", "s2", "s3"]


NAME = st.text(st.characters(codec="utf-8", exclude_characters="/\0\\:"), min_size=1, max_size=12)


@settings(max_examples=30)
@given(st.dictionaries(NAME.filter(lambda n: n.strip(". ")), st.binary(min_size=1), max_size=5))
def test_every_file_of_a_class_is_found_refused_or_left_aside(tmp_path_factory, students):
    folder = tmp_path_factory.mktemp("class")
    written(folder, {f"_{name}/03_mf_loss.py": content for name, content in students.items()})
    written(folder, {"_last/03_mf_loss.py": CODE})
    gathered = gather([folder])
    n_told = len(gathered.found) + len(gathered.refused) + len(gathered.left_aside)
    assert n_told == len({*students, "last"})
    assert len({one.student for one in gathered.found}) == len(gathered.found)
