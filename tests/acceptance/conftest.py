"""Shared by the acceptance tests: every model, a small world, and code in a process of its own."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.models.baselines import Biases, Popularity, RandomScores
from recsys_course.models.ease import EASE
from recsys_course.models.factorization import AlternatingLeastSquares, StochasticGradientDescent
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def split():
    world_rng, split_rng = np.random.default_rng(31).spawn(2)
    return random_split(make_world(world_rng, n_users=80, n_items=60).interactions, split_rng)


@pytest.fixture(scope="session")
def make_models():
    """Every model of the library, unfitted, by name; the same ones at every call."""
    from recsys_course.deep.factorization import TensorFlowFactorization

    def make():
        return {
            "random": RandomScores(np.random.default_rng(1)),
            "popularity": Popularity(),
            "biases": Biases(),
            "neighbours of ratings": ItemNeighbors("explicit"),
            "neighbours of choices": ItemNeighbors("implicit"),
            "user neighbours of ratings": UserNeighbors("explicit"),
            "user neighbours of choices": UserNeighbors("implicit"),
            "EASE": EASE(l2=10.0),
            "SGD": StochasticGradientDescent(np.random.default_rng(6), epochs=2),
            "ALS of ratings": AlternatingLeastSquares(np.random.default_rng(2), "explicit"),
            "ALS of choices": AlternatingLeastSquares(np.random.default_rng(3), "implicit"),
            "TensorFlow of ratings": TensorFlowFactorization(
                np.random.default_rng(4), "explicit", epochs=2
            ),
            "TensorFlow of choices": TensorFlowFactorization(
                np.random.default_rng(5), "implicit", epochs=2
            ),
        }

    return make


@pytest.fixture
def run_python(tmp_path):
    """Run code in a process of its own; gives the finished process."""

    def run(code, *options, **environment):
        return subprocess.run(
            [sys.executable, *options, "-c", code],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
            env=os.environ | environment,
            check=False,
        )

    return run


# Python runs a `sitecustomize` on its path at every start, so children of children are blocked too.
BLOCK = """
import sys

def local(host):
    return host is None or host == "localhost" or str(host).startswith(("127.", "::1"))

def block(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not local(address[0]):
            raise PermissionError(f"blocked: {address}")
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if not local(arguments[0]):
            raise PermissionError(f"blocked: {arguments[0]}")

sys.addaudithook(block)
"""

RUN_CELLS = """
import sys
import nbformat
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in nbformat.read(sys.argv[1], as_version=4).cells:
    if cell.cell_type == "code":
        shell.run_cell(cell.source).raise_error()
"""
NBVAL = """
import resource
import sys
import time
import pytest

start = time.perf_counter()
options = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
code = pytest.main(["-q", "-p", "no:cacheprovider", *options, sys.argv[1]])
# of the kernel, which has ended: the largest of the processes that were waited for
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
megabyte = 1024**2 if sys.platform == "darwin" else 1024
print("measured", peak / megabyte, time.perf_counter() - start)
sys.exit(code)
"""


class Offline:
    """Runs Python where nothing but loopback answers, and where no data have been prepared."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "block").mkdir()
        (folder / "block" / "sitecustomize.py").write_text(BLOCK, "utf-8")
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(folder / "block"), str(ROOT)]),
            "RECSYS_COURSE_CACHE": str(folder / "cache"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        self.environment.pop("MPLBACKEND", None)  # set, it would keep figures out of notebooks

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def script(self, text, *arguments):
        path = self.folder / "script.py"
        path.write_text(text, "utf-8")
        return self.run(path, *arguments)

    def notebook(self, path):
        """What every cell prints."""
        return self.script(RUN_CELLS, path)

    def nbval(self, path):
        """What nbval says of a notebook, and a last line with peak memory (MB) and seconds."""
        return self.script(NBVAL, path)


@pytest.fixture
def offline(tmp_path):
    return Offline(tmp_path)


@pytest.fixture(scope="module")
def lesson_run(tmp_path_factory):
    """What nbval says of a lesson offline, by its stem; each lesson runs once for all tests."""

    @functools.cache
    def run(stem):
        offline = Offline(tmp_path_factory.mktemp(stem))
        return offline.nbval(ROOT / "lessons" / f"{stem}.ipynb")

    return run
