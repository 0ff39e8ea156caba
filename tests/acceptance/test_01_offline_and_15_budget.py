"""Two properties in one file, so that every lesson runs once for both.

1. With sockets blocked (loopback aside), lessons run and exercises can be checked (18 has the
   untouched exercises).
15. A lesson says how long it runs and how much memory it takes, and takes no more memory.
"""

import json
import re
import sys
from pathlib import Path

import pytest

from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
LESSONS = load_syllabus().lessons
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)

PROVE_THE_BLOCK = """
import socket, subprocess, sys, urllib.request

blocked = 0
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=5),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"?", ("192.0.2.1", 53)),
    lambda: socket.getaddrinfo("example.org", 443),
    lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=5),
):
    try:
        attempt()
    except OSError as error:
        blocked += "blocked: " in str(error)
print("blocked", blocked)
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    socket.create_connection(server.getsockname(), timeout=5).close()
print("loopback is open")
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"], check=True)
"""


def test_the_block_bites_in_a_process_and_in_its_children(offline):
    said = offline.script(PROVE_THE_BLOCK)
    assert said.count("blocked 4") == 2
    assert said.count("loopback is open") == 2


@each_lesson
def test_the_lesson_runs(lesson_run, lesson):
    assert lesson_run(lesson.stem).splitlines()[-1].startswith("measured ")


@each_lesson
def test_a_lesson_keeps_to_the_memory_that_it_states(lesson_run, lesson):
    path = ROOT / "lessons" / f"{lesson.stem}.ipynb"
    title = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    text = " ".join(title.split())
    seconds = re.search(r"takes about (\d+) seconds on two cores", text)
    megabytes = re.search(r"([\d,]+) MB of memory", text)
    assert seconds, text
    assert int(seconds[1]) <= 60
    assert megabytes, text
    _, peak, took = lesson_run(lesson.stem).splitlines()[-1].split()
    # Shown by `pytest -rP`; never asserted, because another machine has another clock.
    sys.stdout.write(f"{lesson.stem}: {float(took):.1f} s, {float(peak):.0f} MB\n")
    # allocators differ by some tens of MB
    assert float(peak) < 1.25 * int(megabytes[1].replace(",", ""))


@each_lesson
def test_a_file_of_answers_is_checked(offline, lesson):
    answers = ROOT / "solutions" / f"{lesson.stem}.ipynb"
    n = len(lesson.exercises)
    assert f"{n} of {n} points" in offline.run("-m", "recsys_course.cli", "check", answers)
