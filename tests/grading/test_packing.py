"""Packing an exercise for a class, and knowing each student's variant again."""

import json
import re
import shutil
import stat
import zipfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from recsys_course.classroom.authoring import to_notebook
from recsys_course.classroom.grading.packing import (
    Ledger,
    LedgerError,
    PackingError,
    RosterError,
    pack,
    read_students,
)
from recsys_course.classroom.grading.variants import functions_with_examples
from recsys_course.classroom.grading.variants.ledger import OwnNumbers
from recsys_course.classroom.grading.variants.notebooks import NotebookError, personal_notebook
from recsys_course.classroom.grading.variants.own_numbers import variant_results
from recsys_course.classroom.grading.variants.recognition import read_variant, seed_of
from recsys_course.classroom.loading import load
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
LESSONS = load_syllabus().lessons
SECRET = bytes(range(32))
CLASS = ("ann", "Bo Núñez", "2026/17")


def files(folder):
    """Every file below a folder, by its path in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def packed(folder, student, stem="02_similarity"):
    return folder / "release" / student / f"{stem}.ipynb"


@pytest.fixture(scope="module")
def similarity(tmp_path_factory):
    """One release, which no test changes."""
    return pack(ROOT, "similarity", CLASS, tmp_path_factory.mktemp("similarity"), SECRET)


@pytest.fixture
def course(tmp_path):
    """A course's folder with one exercise, which a test may change."""
    for path in ("exercises/00_welcome.ipynb", "solutions/source/00_welcome.py"):
        target = tmp_path / "course" / path
        target.parent.mkdir(parents=True)
        shutil.copy(ROOT / path, target)
    return tmp_path / "course"


def rewrite(course, old, new):
    """Change the text of the exercise, and build it."""
    source = course / "solutions" / "source" / "00_welcome.py"
    text = source.read_text("utf-8")
    assert old in text
    source.write_text(text.replace(old, new), "utf-8")
    notebook = to_notebook(source, "exercise")
    (course / "exercises" / "00_welcome.ipynb").write_text(notebook, "utf-8")


# The list of the class


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("class.txt", b"ann\nBo N\xc3\xba\xc3\xb1ez\n2026/17\n"),
        ("class.txt", b"\xef\xbb\xbfann\r\n\r\n  Bo N\xc3\xba\xc3\xb1ez \r\n\r\n2026/17"),
        ("class.txt", "ann\nBo Nu\u0301n\u0303ez\n2026/17\n".encode("utf-16")),
        ("class.csv", b"student\nann\nBo N\xc3\xba\xc3\xb1ez\n2026/17\n"),
        (
            "class.csv",
            b'\xef\xbb\xbfID;Name\r\nann;"A\r\nnn"\r\n;\r\nBo N\xc3\xba\xc3\xb1ez\r\n2026/17;',
        ),
        ("class.tsv", b"name\tid\nAnn\tann\nBo\tBo N\xc3\xba\xc3\xb1ez\nCy\t2026/17\n"),
        ("class.csv", b'email,"Student"\na@x,"ann"\nb@x,"Bo N\xc3\xba\xc3\xb1ez"\nc@x,2026/17\n'),
    ],
    ids=["text", "windows", "utf-16", "one column", "semicolons", "tabs", "quoted"],
)
def test_a_list_is_read_however_it_was_saved(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert read_students(path) == CLASS


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", "ann\n\nbo\nann\n", "a.txt, lines 1 and 4: 'ann' stands twice"),
        ("a.txt", "Ann\nANN\n", "a.txt, lines 1 and 2: 'ANN' stands twice"),
        ("a.txt", "Nu\u0301n\nN\u00fan\n", "a.txt, lines 1 and 2: 'Nún' stands twice"),
        ("a.txt", "2026/17\nbo\n2026-17\n", "a.txt, lines 1 and 3: '2026-17' stands twice"),
        ("a.csv", "id,x\nann,1\nbo,2\nann,3\n", "a.csv, lines 2 and 4: 'ann' stands twice"),
        ("a.txt", "ann\n..\n", "a.txt, line 2: the id '..' has no letter or digit"),
        ("a.txt", "ann\n/\n", "a.txt, line 2: the id '/' has no letter or digit"),
        ("a.txt", "a\0b\n", r"a.txt, line 1: the id 'a\x00b' holds a sign that cannot be seen"),
        ("a.txt", "a\u202eb\n", r"a.txt, line 1: the id 'a\u202eb' holds a sign that cannot be"),
        ("a.txt", "n" * 81, f"a.txt, line 1: the id '{'n' * 40}'… has 81 characters, too many"),
        ("a.txt", "猫" * 67, f"a.txt, line 1: the id '{'猫' * 40}'… has 67 characters, too many"),
        ("a.txt", " \n\n", "a.txt: nobody stands in it; write one id a line"),
        ("a.csv", "name,mail\nAnn,a@x\n", "a.csv, line 1: no column is called student or id"),
        ("a.csv", "name,id\n", "a.csv: nobody stands below the names of the columns"),
        ("a.csv", "id,name\nann,Ann\n,Bo\n", "a.csv, line 3: the id is missing"),
        ("a.csv", "name,id\nAnn\n", "a.csv, line 2: the id is missing"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_by_line(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content.encode())
    with pytest.raises(RosterError, match=re.escape(f"{tmp_path}/{sentence}")):
        read_students(path)


def test_a_list_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "latin.txt").write_bytes(b"Bo N\xfa\xf1ez\n")
    with pytest.raises(RosterError, match=r"latin.txt: byte 4 is not UTF-8; save it as UTF-8"):
        read_students(tmp_path / "latin.txt")
    with pytest.raises(RosterError, match=r"the list of students cannot be read \(No such file"):
        read_students(tmp_path / "nowhere.txt")
    with pytest.raises(RosterError, match=r"the list of students cannot be read \(Is a directory"):
        read_students(tmp_path)


def test_names_are_made_fit_for_every_file_system(tmp_path):
    names = ["a/b\\c", 'x:y*z?"<>|', "con", "LPT1.txt", "ends.", ".hidden", "-rf", "Ünal 猫", "a,b"]
    made = pack(ROOT, "welcome", names, tmp_path, SECRET)
    assert sorted(path.name for path in (tmp_path / "release").iterdir()) == sorted(
        ["a-b-c", "x-y-z-----", "_con", "_LPT1.txt", "ends", "_.hidden", "_-rf", "Ünal 猫", "a,b"]
    )
    assert list(Ledger.read(made.ledger).variants) == names


# The notebooks


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_notebook_is_the_exercise_with_two_cells_below_each_check(tmp_path, lesson):
    made = pack(ROOT, lesson.slug, ["ann"], tmp_path, SECRET)
    assert made.functions == functions_with_examples(lesson.slug)
    text = packed(tmp_path, "ann", lesson.stem).read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == text  # as JupyterLab saves it
    sources = [cell.source for cell in notebook.cells]
    for function in made.functions:
        place = sources.index(f"check({function})")
        below = notebook.cells[place + 1 : place + 3]
        name = function.replace("_", "-")
        ids = [f"own-numbers-{name}", f"own-numbers-{name}-code"]
        assert [one.id for one in below] == ids
        assert [one.cell_type for one in below] == ["markdown", "code"]
        assert below[0].source.startswith("**Your own numbers.**")
        assert f"{function}(*own_numbers)" in below[1].source
    original = nbformat.read(ROOT / "exercises" / f"{lesson.stem}.ipynb", as_version=4)
    notebook.cells = [one for one in notebook.cells if not one.id.startswith("own-numbers-")]
    del notebook.metadata["recsys_course"]["variant"]
    assert notebook == original


def test_the_numbers_in_a_notebook_are_those_of_the_ledger(similarity):
    variant = Ledger.read(similarity.ledger).variants["ann"]
    notebook = nbformat.read(packed(similarity.folder, "ann"), as_version=4)
    cells = {cell.id: cell.source for cell in notebook.cells}
    for function, numbers in variant.functions.items():
        name = f"own-numbers-{function.replace('_', '-')}"
        scope = {"np": np, function: lambda *given: given}
        exec(cells[f"{name}-code"], scope)
        for written, kept in zip(scope["own_numbers"], numbers.fresh_arguments(), strict=True):
            np.testing.assert_array_equal(written, kept, strict=isinstance(kept, np.ndarray))
        shown = re.search(r"```text\n(.*?)\n```", cells[name], re.DOTALL)[1]
        if np.ndim(numbers.result()) == 0:
            assert float(shown) == pytest.approx(numbers.result(), abs=5e-5)
        else:
            rows = np.array([json.loads(line) for line in shown.splitlines()])
            assert np.allclose(rows.reshape(numbers.result().shape), numbers.result(), atol=5e-5)


def test_own_numbers_hide_no_name_of_the_exercise():
    for lesson in LESSONS:
        text = (ROOT / "solutions" / "source" / f"{lesson.stem}.py").read_text("utf-8")
        assert not re.search(r"\b(own_numbers|by_hand)\b", text)


def test_an_untouched_notebook_runs_and_says_what_is_not_attempted(similarity):
    notebook = nbformat.read(packed(similarity.folder, "ann"), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    said = {
        cell.id: "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    for function in similarity.functions:
        name = f"own-numbers-{function.replace('_', '-')}-code"
        assert said[name] == f"{function}: not attempted yet.\n"


@pytest.mark.parametrize(
    "lesson",
    [one for one in LESSONS if functions_with_examples(one.slug)],
    ids=lambda one: one.slug,
)
def test_an_untouched_notebook_is_not_attempted(tmp_path, lesson, capsys):
    pack(ROOT, lesson.slug, ["ann"], tmp_path, SECRET)
    path = packed(tmp_path, "ann", lesson.stem)
    assert load(read_answers(path)).problems == []
    said = capsys.readouterr().out
    for function in functions_with_examples(lesson.slug):
        assert f"{function}: not attempted yet.\n" in said


def test_a_renamed_notebook_is_known_by_its_metadata(similarity, tmp_path):
    path = tmp_path / "final (2).ipynb"
    shutil.copy(packed(similarity.folder, "ann"), path)
    report = check_file(path, seed=1)
    assert report.slug == "similarity"
    assert {one.state for one in report.functions} == {"not attempted"}


def test_a_solved_notebook_shows_what_came_out_beside_what_was_expected(tmp_path, capsys):
    pack(ROOT, "welcome", ["ann"], tmp_path, SECRET)
    path = packed(tmp_path, "ann", "00_welcome")
    solved = path.read_text("utf-8").replace(
        "raise NotImplementedError  # YOUR CODE HERE",
        "return ratings[ratings > 0].sum() / max((ratings > 0).sum(), 1)",
    )
    path.write_text(solved.replace("by_hand = None", "by_hand = 2.5"), "utf-8")
    assert load(read_answers(path)).problems == []
    numbers = Ledger.read(tmp_path / "ledger.json").variants["ann"].functions["mean_rating"]
    expected = f"Your function returns:\n{numbers.result()}\nBy hand:\n2.5\n"
    assert expected in capsys.readouterr().out


def test_an_exercise_without_a_check_is_refused(similarity):
    exercise = (ROOT / "exercises" / "02_similarity.ipynb").read_text("utf-8")
    variant = Ledger.read(similarity.ledger).variants["ann"]
    without = exercise.replace('"check(cosine_similarity)"', '"check_all()"')
    assert without != exercise
    with pytest.raises(
        NotebookError, match=r"no function cosine_similarity with a cell check\(…\)"
    ):
        personal_notebook(without, variant)


# What is given away


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_zip_holds_the_notebooks_and_nothing_of_the_solution(tmp_path, lesson):
    made = pack(ROOT, lesson.slug, CLASS, tmp_path)
    source = (ROOT / "solutions" / "source" / f"{lesson.stem}.py").read_text("utf-8")
    parts = re.split(r"### (?:BEGIN|END) SOLUTION", source)
    given, solved = "".join(parts[::2]), "".join(parts[1::2])
    lines = {line.strip() for line in solved.splitlines()}
    solution = {line for line in lines if line not in given}  # a few stand in the exercise, too
    assert len(solution) >= 4
    secret = json.loads(made.ledger.read_text("utf-8"))["secret"]
    with zipfile.ZipFile(made.archive) as archive:
        assert archive.testzip() is None
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
        contents = [archive.read(name).decode() for name in names]
    assert names == [f"{one}/{lesson.stem}.ipynb" for one in ("2026-17", "Bo Núñez", "ann")]
    for content in contents:
        cells = json.loads(content)["cells"]
        text = content + "\n".join("".join(cell["source"]) for cell in cells)
        assert [line for line in solution if line in text] == []
        assert secret not in text
        assert "SOLUTION" not in text
        assert json.loads(content)["metadata"].keys() == {
            "kernelspec",
            "language_info",
            "recsys_course",
        }


def test_the_zip_and_the_folder_hold_the_same(similarity):
    with zipfile.ZipFile(similarity.archive) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert zipped == files(similarity.folder / "release")
    assert set(files(similarity.folder)) == {
        "ledger.json",
        "release.zip",
        *(f"release/{one}/02_similarity.ipynb" for one in ("2026-17", "Bo Núñez", "ann")),
    }


def test_students_get_different_numbers_and_ids_that_tell_nothing(similarity):
    ledger = Ledger.read(similarity.ledger)
    ids = [one.variant for one in ledger.variants.values()]
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert len(set(ids)) == 3
    assert Ledger("", "similarity", "00" * 32).variant_of("ann") not in ids
    assert Ledger("", "evaluation", ledger.secret).variant_of("ann") not in ids
    for function in similarity.functions:
        drawn = [json.dumps(one.functions[function].arguments) for one in ledger.variants.values()]
        assert len(set(drawn)) == 3


def test_a_secret_is_drawn_where_none_is_given(tmp_path):
    made = [pack(ROOT, "welcome", ["ann"], tmp_path / name) for name in "ab"]
    secrets = [Ledger.read(one.ledger).secret for one in made]
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in secrets)
    assert secrets[0] != secrets[1]


# Packing again


def test_packing_again_writes_nothing(tmp_path):
    pack(ROOT, "welcome", CLASS, tmp_path)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in tmp_path.rglob("*.*")}
    again = pack(ROOT, "welcome", CLASS, tmp_path)
    assert (again.added, again.kept, again.older) == ((), CLASS, ())
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in tmp_path.rglob("*.*")}
    assert after == before


def test_an_equal_secret_gives_equal_bytes(similarity, tmp_path):
    pack(ROOT, "similarity", CLASS, tmp_path, SECRET)
    assert files(tmp_path) == files(similarity.folder)


def test_what_was_lost_is_written_again_from_the_ledger(tmp_path):
    pack(ROOT, "welcome", CLASS, tmp_path)
    before = files(tmp_path)
    shutil.rmtree(tmp_path / "release")
    (tmp_path / "release.zip").unlink()
    pack(ROOT, "welcome", ["ann"], tmp_path)
    assert files(tmp_path) == before


def test_new_students_are_added_and_nobody_changes(similarity, tmp_path):
    shutil.copytree(similarity.folder, tmp_path, dirs_exist_ok=True)
    before = files(tmp_path)
    made = pack(ROOT, "similarity", ["zoe", "ANN"], tmp_path)
    assert (made.added, made.kept) == (("zoe",), CLASS)
    after = files(tmp_path)
    unchanged = {name for name, content in before.items() if after[name] == content}
    assert set(before) - unchanged == {"ledger.json", "release.zip"}
    assert set(after) - set(before) == {"release/zoe/02_similarity.ipynb"}
    old, new = Ledger.read(similarity.ledger), Ledger.read(made.ledger)
    assert list(new.variants) == [*CLASS, "zoe"]
    assert {name: new.variants[name] for name in CLASS} == old.variants
    with zipfile.ZipFile(made.archive) as archive:
        assert len(archive.namelist()) == 4


def test_a_variant_does_not_depend_on_the_others(similarity, tmp_path):
    pack(ROOT, "similarity", ["somebody", "2026/17"], tmp_path, SECRET)
    for path in ("2026-17/02_similarity.ipynb",):
        one, other = (folder / "release" / path for folder in (tmp_path, similarity.folder))
        assert one.read_bytes() == other.read_bytes()


def refused(sentence, *arguments, error=PackingError):
    """Packing is refused with that sentence, and no file is touched."""
    folder = arguments[3]
    before = files(folder) if folder.exists() else {}
    with pytest.raises(error, match=sentence):
        pack(*arguments)
    assert (files(folder) if folder.exists() else {}) == before


def test_nothing_is_written_over_something_else(tmp_path):
    pack(ROOT, "welcome", CLASS, tmp_path)
    path = packed(tmp_path, "ann", "00_welcome")
    path.write_bytes(path.read_bytes() + b"\n")
    refused(
        r"ann/00_welcome.ipynb is something else than would be packed; move it away",
        *(ROOT, "welcome", ["zoe"], tmp_path),
    )


@pytest.mark.parametrize("content", [b"", b"my holidays", b"PK\x05\x06" + bytes(18)])
def test_a_zip_of_something_else_is_not_written_over(tmp_path, content):
    pack(ROOT, "welcome", ["ann"], tmp_path)
    (tmp_path / "release.zip").write_bytes(content)
    if content[:2] == b"PK":  # an empty zip loses nothing
        pack(ROOT, "welcome", ["ann"], tmp_path)
        assert len(zipfile.ZipFile(tmp_path / "release.zip").namelist()) == 1
    else:
        refused("release.zip holds something else", ROOT, "welcome", ["zoe"], tmp_path)


def test_a_zip_with_one_file_more_is_not_written_over(tmp_path):
    pack(ROOT, "welcome", ["ann"], tmp_path)
    with zipfile.ZipFile(tmp_path / "release.zip", "a") as archive:
        archive.writestr("notes.txt", "to do")
    refused("release.zip holds something else", ROOT, "welcome", ["ann"], tmp_path)


def test_a_release_without_its_ledger_is_not_written_over(tmp_path):
    pack(ROOT, "welcome", ["ann"], tmp_path)
    (tmp_path / "ledger.json").unlink()
    refused(r"ann/00_welcome.ipynb is something else", *(ROOT, "welcome", ["ann"], tmp_path))


def test_a_folder_has_one_lesson_and_one_secret(tmp_path):
    pack(ROOT, "welcome", ["ann"], tmp_path)
    refused(
        "ledger.json is the ledger of welcome; pack similarity into a folder of its own",
        *(ROOT, "similarity", ["ann"], tmp_path),
    )
    refused("ledger.json holds another secret", ROOT, "welcome", ["ann"], tmp_path, SECRET)
    refused(
        "the secret has 5 bytes; give at least 16",
        *(ROOT, "welcome", ["ann"], tmp_path / "new", b"short"),
    )


def test_two_students_never_share_a_folder(tmp_path):
    refused(
        "the list of students, lines 1 and 2: 'a-b' stands twice",
        *(ROOT, "welcome", ["a/b", "a-b"], tmp_path),
        error=RosterError,
    )
    pack(ROOT, "welcome", ["a/b"], tmp_path)
    refused(
        "the folder of 'a-b' would be that of 'a/b', who is in the ledger",
        *(ROOT, "welcome", ["a-b"], tmp_path),
    )


def test_a_class_of_nobody_is_refused(tmp_path):
    refused("the list of students is empty", ROOT, "welcome", [], tmp_path)


# The course's folder


def test_without_the_course_nothing_can_be_packed(tmp_path, course):
    refused(
        r"there is no .*00_welcome.ipynb; packing needs the course's folder with its solutions",
        *(tmp_path / "elsewhere", "welcome", ["ann"], tmp_path / "out"),
    )
    (course / "solutions" / "source" / "00_welcome.py").unlink()
    refused(
        r"there is no .*00_welcome.py; packing needs the course's folder",
        *(course, "welcome", ["ann"], tmp_path / "out"),
    )


def test_an_exercise_in_which_somebody_worked_is_never_handed_out(tmp_path, course):
    path = course / "exercises" / "00_welcome.ipynb"
    text = path.read_text("utf-8")
    path.write_text(text.replace("raise NotImplementedError", "return 3 #"), "utf-8")
    refused(
        r"00_welcome.ipynb is not what its text says: .* run recsys-course build",
        *(course, "welcome", ["ann"], tmp_path / "out"),
    )


def test_a_solution_without_a_number_is_refused(tmp_path, course):
    rewrite(course, "return float(rated.sum()) / len(rated)", 'return float("nan")')
    refused(
        "the solution of mean_rating gives nan or inf for the numbers of 'ann'",
        *(course, "welcome", ["ann"], tmp_path / "out"),
    )


def test_a_solution_that_is_missing_is_named(tmp_path, course):
    rewrite(course, "def mean_rating(ratings):", "def mean_of_ratings(ratings):")
    refused("00_welcome.py defines no mean_rating", course, "welcome", ["ann"], tmp_path / "out")


def test_who_has_an_earlier_text_keeps_it(tmp_path, course):
    out = tmp_path / "out"
    pack(course, "welcome", ["ann", "bo"], out)
    before = files(out)
    rewrite(course, "Plan on a quarter of an hour.", "Plan on half an hour.")
    made = pack(course, "welcome", ["ann", "bo", "cy"], out)
    assert made.older == ("ann", "bo")
    after = files(out)
    assert after["release/ann/00_welcome.ipynb"] == before["release/ann/00_welcome.ipynb"]
    assert "Plan on half an hour." in after["release/cy/00_welcome.ipynb"].decode()
    packed(out, "ann", "00_welcome").unlink()
    refused(
        r"ann/00_welcome.ipynb is not what 'ann' was handed out, and the exercise has changed",
        *(course, "welcome", ["ann"], out),
    )


# The ledger


def test_the_ledger_is_as_documented(similarity):
    ledger = json.loads(similarity.ledger.read_text("utf-8"))
    assert list(ledger) == ["format", "course_version", "slug", "secret", "students"]
    assert (ledger["format"], ledger["course_version"], ledger["slug"]) == (
        1,
        "0.1.0",
        "similarity",
    )
    assert ledger["secret"] == SECRET.hex()
    assert list(ledger["students"]) == list(CLASS)
    entry = ledger["students"]["2026/17"]
    assert list(entry) == ["variant", "folder", "notebook", "functions"]
    assert entry["folder"] == "2026-17"
    numbers = entry["functions"]["cosine_similarity"]
    assert [one["dtype"] for one in numbers["arguments"]] == ["float64", "float64"]
    assert [one["shape"] for one in numbers["arguments"]] == [[5], [5]]
    assert isinstance(numbers["expected"], float)


def test_nobody_else_may_read_the_ledger(similarity):
    assert stat.S_IMODE(similarity.ledger.stat().st_mode) == 0o600


def test_a_ledger_comes_back_as_it_was(similarity):
    ledger = Ledger.read(similarity.ledger)
    assert ledger.to_json() == similarity.ledger.read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text[:500], "this is no JSON"),
        (
            lambda text: "[]",
            "the format of the ledger is None, and this version of the course reads",
        ),
        (lambda text: text.replace('"format": 1', '"format": 2'), "the format of the ledger is 2"),
        (lambda text: text.replace('"folder": "ann"', '"folder": "../x"'), "the folder of 'ann'"),
        (lambda text: text.replace("00010203", "ff010203"), "the variant of 'ann' does not follow"),
        (lambda text: text.replace('"shape": [5]', '"shape": [6]'), "changed by hand .*reshape"),
        (lambda text: text.replace('"notebook"', '"notebooks"'), r"changed by hand \(KeyError"),
        (lambda text: text.replace('"functions": {', '"functions": [{'), "this is no JSON"),
    ],
)
def test_a_ledger_that_was_changed_is_refused(similarity, tmp_path, change, sentence):
    text = similarity.ledger.read_text("utf-8")
    assert change(text) != text
    (tmp_path / "ledger.json").write_text(change(text), "utf-8")
    with pytest.raises(LedgerError, match=sentence):
        Ledger.read(tmp_path / "ledger.json")


def test_a_ledger_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LedgerError, match=r"the ledger cannot be read \(No such file"):
        Ledger.read(tmp_path / "ledger.json")


# Recognition


def test_a_notebook_is_recognised_however_it_was_saved(similarity):
    variant = Ledger.read(similarity.ledger).variants["ann"].variant
    content = packed(similarity.folder, "ann").read_bytes()
    assert read_variant(content) == variant
    notebook = json.loads(content)
    assert read_variant(json.dumps(notebook).encode()) == variant
    assert read_variant(json.dumps(notebook, separators=(",", ":")).encode()) == variant
    assert read_variant(json.dumps(notebook, indent=4).replace("\n", "\r\n").encode()) == variant


def test_what_carries_no_variant():
    assert read_variant((ROOT / "exercises" / "02_similarity.ipynb").read_bytes()) is None
    assert read_variant(b"def cosine_similarity(first, second):\n    return 0\n") is None
    assert read_variant(b"") is None
    assert read_variant(b'{"recsys_course": {"variant": "short"}}') is None
    assert read_variant(b'{"recsys_course": {"variant": "0123456789ABCDEF"}}') is None
    assert read_variant(b'{"recsys_course": {}, "variant": "0123456789abcdef"}') is None


def test_a_variant_inside_a_cell_does_not_count():
    inner = json.dumps({"recsys_course": {"variant": "0123456789abcdef"}})
    assert read_variant(inner.encode()) == "0123456789abcdef"
    assert read_variant(json.dumps({"cells": [{"source": [inner]}]}).encode()) is None


def test_two_different_variants_are_none():
    one, other = (b'{"recsys_course": {"variant": "%s"}}' % (sign * 16) for sign in (b"a", b"b"))
    assert read_variant(one + one) == "a" * 16
    assert read_variant(one + other) is None


def test_a_ledger_says_whose_variant_it_is(similarity):
    ledger = Ledger.read(similarity.ledger)
    ann, bo, third = ledger.variants.values()

    def sentence(variant, student):
        return ledger.check(variant, student).sentence

    for name in ("ann", "ANN ", "ann"):
        assert ledger.check(ann.variant, name).variant == ann
        assert sentence(ann.variant, name) == ""
    assert ledger.check(third.variant, "2026-17") == ledger.check(third.variant, "2026/17")
    assert sentence(third.variant, "2026-17") == ""
    assert ledger.check(bo.variant, "ann").variant == ann
    assert sentence(bo.variant, "ann") == (
        "it carries the variant of Bo Núñez: a place to look, not a proof"
    )
    assert sentence("0" * 16, "ann") == (
        "it carries a variant that is not in the ledger: another class?"
    )
    assert ledger.check(None, "ann").variant == ann
    assert sentence(None, "ann") == (
        "it carries no variant: begun from another notebook, or saved without its metadata?"
    )
    assert ledger.check(None, "zoe").variant is None
    assert sentence(None, "zoe") == (
        "nobody of this name is in the ledger: is the name that of the list?"
    )
    assert sentence(bo.variant, "zoe") == (
        "nobody of this name is in the ledger, and it carries the variant of Bo Núñez: is the name "
        "that of the list?"
    )


def test_seeds_differ_by_student_and_by_run():
    seeds = [seed_of(variant, run) for variant in ("a" * 16, "b" * 16) for run in (1, 2)]
    assert len(set(seeds)) == 4
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert seed_of("0123456789abcdef", 7) == 0xFDB7A8E8  # of SHA-256, by sha256sum
    assert seed_of(None, 7) == 7


# Own numbers in the grade


def mean(*answers):
    """A student whose function gives one answer after the other."""
    left = list(answers)
    return SimpleNamespace(mean_rating=lambda ratings: left.pop(0))


NUMBERS = OwnNumbers.of("mean_rating", (np.array([1.0, 0.0, 4.0]),), 2.5)
PAIR = OwnNumbers.of("both", (np.array([1.0]),), (np.array([1.0, 2.0]), 0.5))
SENTENCE = (
    "Your own numbers do not come out: work out the example below the check of mean_rating with a "
    "pencil, compare each step with what your function does, and then look at what should come "
    "out, which stands there, too."
)


@pytest.mark.parametrize(
    "answer", [2.5, np.float32(2.5), np.array(2.5), 2.5 + 1e-6], ids=["float", "f4", "0-d", "near"]
)
def test_own_numbers_come_out(answer):
    result = variant_results(mean(answer), "mean_rating", NUMBERS)
    assert (result.name, result.function) == ("test_mean_rating_own_numbers", "mean_rating")
    assert (result.passed, result.message) == (True, "")


@pytest.mark.parametrize(
    "answer",
    [2.4, None, np.array([2.5]), [2.5], (2.5, 2.5), "many", {}, float("nan"), float("inf"), 2.5j],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Casting complex values")
def test_own_numbers_do_not_come_out(answer):
    result = variant_results(mean(answer), "mean_rating", NUMBERS)
    assert (result.passed, result.message) == (False, SENTENCE)
    assert not re.search(r"\d", result.message)


@pytest.mark.parametrize("error", [ValueError("2.5"), NotImplementedError(), SystemExit(0)])
def test_own_numbers_of_an_answer_that_stops(error):
    def stops(ratings):
        raise error

    result = variant_results(SimpleNamespace(mean_rating=stops), "mean_rating", NUMBERS)
    assert (result.passed, result.message) == (False, SENTENCE)


def test_own_numbers_of_an_answer_that_is_missing():
    result = variant_results(SimpleNamespace(), "mean_rating", NUMBERS)
    assert (result.passed, result.message) == (False, SENTENCE)


def test_an_interrupt_is_not_an_answer():
    def stops(ratings):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        variant_results(SimpleNamespace(mean_rating=stops), "mean_rating", NUMBERS)


def test_a_pair_is_compared_part_by_part():
    def passed(answer):
        return variant_results(SimpleNamespace(both=lambda _: answer), "both", PAIR).passed

    assert passed((np.array([1.0, 2.0]), 0.5))
    assert passed([[1, 2], np.array(0.5)])
    assert not passed((np.array([1.0, 2.0]), 0.25))
    assert not passed((np.array([1.0, 2.5]), 0.5))
    assert not passed((0.5, np.array([1.0, 2.0])))
    assert not passed((np.array([1.0, 2.0]),))
    assert not passed((np.array([1.0, 2.0]), 0.5, 0.5))
    assert not passed({0: 1})
    assert not passed(0.5)


def test_an_answer_that_spoils_its_arguments_spoils_no_other_call():
    def spoils(ratings):
        total = ratings.sum() / 2
        ratings[:] = 0
        return total

    for _ in range(2):
        assert variant_results(SimpleNamespace(mean_rating=spoils), "mean_rating", NUMBERS).passed


def test_ids_of_cells_are_unique_and_stable(similarity):
    notebooks = [nbformat.read(packed(similarity.folder, one), 4) for one in ("ann", "2026-17")]
    ids = [[cell.id for cell in notebook.cells] for notebook in notebooks]
    assert ids[0] == ids[1]
    assert max(Counter(ids[0]).values()) == 1
