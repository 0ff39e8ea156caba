"""A lesson says how long it runs and how much memory it takes, and takes no more memory."""

import json
import re
import sys

import pytest

from recsys_course.classroom.syllabus import load_syllabus


@pytest.mark.parametrize("stem", [lesson.stem for lesson in load_syllabus().lessons])
def test_a_lesson_keeps_to_the_memory_that_it_states(root, lesson_run, stem):
    path = root / "lessons" / f"{stem}.ipynb"
    title = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    text = " ".join(title.split())
    seconds = re.search(r"takes about (\d+) seconds on two cores", text)
    megabytes = re.search(r"([\d,]+) MB of memory", text)
    assert seconds, text
    assert int(seconds[1]) <= 60
    assert megabytes, text
    _, peak, took = lesson_run(stem).splitlines()[-1].split()
    # Shown by `pytest -rP`; never asserted, because another machine has another clock.
    sys.stdout.write(f"{stem}: {float(took):.1f} s, {float(peak):.0f} MB\n")
    # allocators differ by some tens of MB
    assert float(peak) < 1.25 * int(megabytes[1].replace(",", ""))
