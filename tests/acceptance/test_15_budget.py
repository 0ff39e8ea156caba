"""A lesson says how long it runs and how much memory it takes, and takes no more memory."""

import json
import re

import pytest

MEASURE = """
import json, pathlib, resource
scope = {{}}
cells = json.load(open({path!r}, encoding="utf-8"))["cells"]
for cell in cells:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), scope)
# On Linux ru_maxrss begins with what the parent held when it started this process.
status = pathlib.Path("/proc/self/status")
if status.exists():
    peak = int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print("measured", peak)
"""


@pytest.mark.parametrize("name", ["03_mf_loss"])
def test_a_lesson_keeps_to_the_memory_that_it_states(root, run_python, name):
    path = root / "lessons" / f"{name}.ipynb"
    title = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    text = " ".join(title.split())
    seconds = re.search(r"takes about (\d+) seconds on two cores", text)
    megabytes = re.search(r"(\d+) MB of memory", text)
    assert seconds, text
    assert int(seconds[1]) <= 60
    assert megabytes, text
    done = run_python(MEASURE.format(path=str(path)), MPLBACKEND="Agg")
    assert done.returncode == 0, done.stderr[-2000:]
    peak = done.stdout.splitlines()[-1].split()[1]
    assert float(peak) < 1.25 * int(megabytes[1])  # allocators differ by some tens of MB
