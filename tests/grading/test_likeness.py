"""Submissions that are alike are found when they are disguised, and only then."""

import ast
import inspect
import json
import random
import re
import subprocess
import sys
import zlib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recsys_course.classroom.grading import likeness
from recsys_course.classroom.grading.likeness import Pair, fingerprints, pairs_alike
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).parents[2]
LESSONS = load_syllabus().lessons[1:7]  # the welcome asks for one short function: too little
SMALL = "def f(a, b):\n    total = a + 2 * b\n    return total / np.sqrt(b)\n"


def starter_of(lesson):
    notebook = json.loads((ROOT / f"exercises/{lesson.stem}.ipynb").read_text("utf-8"))
    return "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )


def filled(lesson, answers):
    """The exercise with its stubs written."""
    text = starter_of(lesson)
    for name, source in answers.items():
        pattern = rf"^def {name}\(.*?# YOUR CODE HERE$"
        text = re.sub(pattern, lambda _match, new=source: new, text, flags=re.MULTILINE | re.DOTALL)
    return text


def solution_of(lesson):
    text = (ROOT / f"solutions/source/{lesson.stem}.py").read_text("utf-8")
    names = {exercise.name for exercise in lesson.exercises}
    return {
        one.name: ast.get_source_segment(text, one)
        for one in ast.parse(text).body
        if isinstance(one, ast.FunctionDef) and one.name in names
    }


def right_answers_of(lesson):
    """Sets of other right answers: the first of each function, the second of each."""
    spec = spec_from_file_location("answers", ROOT / f"tests/right_answers/{lesson.slug}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for which in range(2):
        answers = {}
        for name, variants in module.ANSWERS.items():
            code = variants[which]
            source = inspect.getsource(code if inspect.isfunction(code) else type(code))
            answers[name] = re.sub(r"^(def|class) \w+", rf"\1 {name}", source, count=1)
        yield answers


class Disguise(ast.NodeTransformer):
    """Other names for every variable, no documentation, other forms of numbers."""

    def visit_FunctionDef(self, node):
        if ast.get_docstring(node):
            node.body = node.body[1:]
        own = {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)}
        own |= {
            name.id
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in own:
                one.id = f"{one.id}_of_mine"
            if isinstance(one, ast.arg):
                one.arg = f"{one.arg}_of_mine"
            if isinstance(one, ast.Constant) and one.value == 2:
                one.value = 2.0
        return node


def renamed(answers):
    """As a copy is disguised: with another layout, too."""
    return {
        name: ast.unparse(Disguise().visit(ast.parse(one))).replace("\n", "  # how I see it\n")
        for name, one in answers.items()
    }


def reordered(text):
    parts = re.split(r"^(?=def |check\()", text, flags=re.MULTILINE)
    random.Random(3).shuffle(parts)
    return "".join(parts)


def handed_in(student, lesson, text):
    marks = fingerprints(text, starter_of(lesson))
    return Result(student, lesson.slug, f"{student}.py", "00", "graded", fingerprints=marks)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_disguised_copy_is_found_and_no_right_answer_is(lesson):
    answers = solution_of(lesson)
    others = [filled(lesson, one) for one in right_answers_of(lesson)]
    original = filled(lesson, answers)
    honest = [original, *others, starter_of(lesson)]
    assert all(text.count("YOUR CODE HERE") == 0 for text in honest[:-1])
    honest = [handed_in(f"honest{n}", lesson, text) for n, text in enumerate(honest)]
    assert pairs_alike(honest) == ()
    for copy in (
        original,
        reordered(original),
        filled(lesson, renamed(answers)),
        reordered(filled(lesson, renamed(answers))),
    ):
        (pair,) = pairs_alike([*honest, handed_in("copied", lesson, copy)])
        assert (pair.slug, pair.first, pair.second) == (lesson.slug, "copied", "honest0")
        assert 0.6 <= pair.similarity <= 1
        assert pair.n_shared >= 25


def test_two_untouched_exercises_are_not_alike():
    assert fingerprints(starter_of(LESSONS[0]), starter_of(LESSONS[0])) == ()


def test_the_starter_text_does_not_count():
    lesson = LESSONS[2]
    answer = "def predict_ratings(u, v):\n    return np.einsum('id,jd->ij', u, v) + 0 * u.sum()\n"
    alone = set(fingerprints(answer))
    assert len(fingerprints(starter_of(lesson) + answer)) > 70
    left = set(fingerprints(starter_of(lesson) + answer, starter_of(lesson)))
    assert 0 < len(left) < 12
    assert len(left & alone) >= 3


# worked out once; another value means that stored results cannot be compared with new ones
KNOWN = (237884092, 258942958, 1534518797, 2231199660)


def test_every_process_finds_the_same():
    code = (
        "from recsys_course.classroom.grading.likeness import fingerprints; "
        f"import sys; sys.stdout.write(repr(fingerprints({SMALL!r})))"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ast.literal_eval(run.stdout) == KNOWN


def test_the_known_ones_are_the_lowest_of_each_window():
    runs = [
        "def V V V : V = V",
        "V V V : V = V +",
        "V V : V = V + number",
        "V : V = V + number *",
        ": V = V + number * V",
        "V = V + number * V return",
        "= V + number * V return V",
        "V + number * V return V /",
        "+ number * V return V / V",
        "number * V return V / V .",
        "* V return V / V . sqrt",
        "V return V / V . sqrt V",
    ]
    hashes = [zlib.crc32(run.encode()) for run in runs]
    lowest = {min(hashes[i : i + 4]) for i in range(len(hashes) - 3)}
    assert fingerprints(SMALL) == tuple(sorted(lowest)) == KNOWN


@pytest.mark.parametrize(
    "text",
    [
        re.sub(r"\b(total|a|b|f|np)\b", r"my_\1", SMALL),
        SMALL.replace("2", "0.5e3"),
        '"""Mine."""\n\n# mine\n' + SMALL.replace("\n", "  # a comment, 'quoted\n"),
        SMALL.replace("a + 2 * b", "(a + (2 * b))").replace("(a, b)", "(\n    a,\n    b,\n)"),
    ],
    ids=["names", "numbers", "comments", "layout"],
)
def test_what_is_easily_changed_changes_nothing(text):
    assert fingerprints(text) == KNOWN


@pytest.mark.parametrize(
    "text",
    [SMALL.replace("sqrt", "exp"), SMALL.replace("+", "-"), SMALL.replace("2 *", "2 **")],
)
def test_what_is_computed_counts(text):
    assert fingerprints(text) != KNOWN


@pytest.mark.parametrize("quote", ['"""', "'''", '"', "'", 'rb"', 'f"'])
def test_an_open_text_takes_the_rest_of_its_line_or_file(quote):
    rest = " a b c d e f g h i j k"
    before = fingerprints(SMALL)
    with_rest = fingerprints(f"{SMALL}{quote}{rest}")
    assert len(set(with_rest) - set(before)) <= 1  # the text itself is one token at most
    assert set(before) <= set(with_rest) or len(before) == len(with_rest)


@pytest.mark.parametrize("text", ["", " \n", "a b c", "\\", "\udcff\0", "(" * 1000])
def test_a_text_without_a_run_of_tokens_has_none(text):
    assert fingerprints(text) == ()


def test_no_text_takes_long():
    # each of them took a common lexer minutes, or a pattern that goes back and forth
    for text in ('"%0' + "0" * 99_000, '\\"""' * 25_000, "'''" + "\\" * 99_997, "a." * 50_000):
        assert len(fingerprints(text)) <= 1


def test_a_long_text_is_cut():
    text = "x = 1\n" * 16_666 + "    "
    assert len(text) == 100_000
    assert fingerprints(text + SMALL) == fingerprints(text)


def marks(student, *values, slug="mf_loss"):
    return Result(student, slug, f"{student}.py", "00", "graded", fingerprints=values)


def test_pairs_are_ordered_and_say_how_much():
    results = [
        marks("b", *range(100, 150)),
        marks("a", *range(100, 140), *range(900, 910)),
        marks("c", *range(100, 150), slug="evaluation"),
        marks("d", *range(100, 150), slug="evaluation"),
        marks("e", *range(500, 550)),
        marks("f"),
    ]
    assert pairs_alike(results) == (
        Pair("evaluation", "c", "d", 1.0, 50),
        Pair("mf_loss", "a", "b", pytest.approx(0.7555, abs=1e-4), 40),
    )
    assert pairs_alike(results[::-1]) == pairs_alike(results)


def test_similarity_by_hand():
    """Two students: a shared run weighs ln(21/2), another ln(21)."""
    both, alone = 2.351375, 3.044522  # ln(10.5), ln(21)
    (pair,) = pairs_alike([marks("a", *range(40)), marks("b", *range(10, 60))])
    assert pair.similarity == pytest.approx(30 * both / (30 * both + 10 * alone), abs=1e-6)
    assert pair.n_shared == 30


def test_one_student_is_no_pair():
    twice = [marks("a", *range(50)), marks("a", *range(50))]
    assert pairs_alike(twice) == ()
    assert len(pairs_alike([*twice, marks("b", *range(50))])) == 1


def test_little_in_common_is_no_pair():
    assert pairs_alike([marks("a", *range(24)), marks("b", *range(24))]) == ()
    assert len(pairs_alike([marks("a", *range(25)), marks("b", *range(25))])) == 1


def test_what_the_whole_class_wrote_makes_no_pair():
    class_ = [
        marks(f"s{n:02d}", *range(50), *range(1000 * (n + 1), 1000 * (n + 1) + 20))
        for n in range(30)
    ]
    assert pairs_alike(class_) == ()


def test_a_longer_list_is_cut():
    class_ = [marks(f"s{n:02d}", *range(50)) for n in range(30)]  # 435 pairs
    pairs = pairs_alike(class_)
    assert len(pairs) == 200
    assert (pairs[0].first, pairs[0].second) == ("s00", "s01")


def test_what_two_have_in_common_is_counted_by_blocks(monkeypatch):
    rng = np.random.default_rng(3)
    common = [tuple(np.flatnonzero(rng.random(90) < 0.4)) for _ in range(12)]
    sets = [(*own, *range(1000 * n, 1000 * n + n)) for n, own in enumerate(common, 1)]
    known, columns = np.unique(np.concatenate(sets), return_inverse=True)
    rows = np.repeat(np.arange(12), [len(one) for one in sets])
    held = csr_array((np.ones(len(rows)), (rows, columns)), shape=(12, len(known))).toarray()
    weights = np.log(21 / held.sum(axis=0))
    for width in (2048, 7, 1):
        monkeypatch.setattr(likeness, "_AT_ONCE", width)
        shared, weighed = likeness._in_common(sets)
        np.testing.assert_array_equal(shared, held @ held.T)
        np.testing.assert_allclose(weighed, held @ np.diag(weights) @ held.T)
