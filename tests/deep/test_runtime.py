"""TensorFlow starts silently, reproducibly, and says one clear sentence where it is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recsys_course.deep.runtime import keras

ROOT = Path(__file__).parents[2]


def run_python(code: str, prefix: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh process whose native log settings are not inherited."""
    hidden = {"TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS"}
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-W", "error", "-c", code]
    if prefix:
        command = ["sh", "-c", f'exec "$@" {prefix}', "sh", *command]
    return subprocess.run(
        command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def whole_life():
    """One process from the import on, as each takes many seconds; what it printed, in lines."""
    code = (
        "import gc, os, sys\n"
        "import numpy as np\n"
        "from recsys_course.deep.runtime import tf\n"
        "print(int(tf.constant(3) + tf.constant(4)), gc.isenabled())\n"
        "print('python', file=sys.stderr, flush=True)\n"
        "os.write(2, b'native\\n')\n"
        "try:\n"
        "    tf.random.uniform((1,))\n"
        "except RuntimeError as error:\n"
        "    print('determinism' in str(error))\n"
        "from recsys_course.data.world import make_world\n"
        "from recsys_course.deep.factorization import TensorFlowFactorization\n"
        "table = make_world(np.random.default_rng(0), n_users=30, n_items=60).interactions\n"
        "for seed in range(7):\n"  # TensorFlow warns from the fifth tracing of one function on
        "    rng = np.random.default_rng(seed)\n"
        "    TensorFlowFactorization(rng, embedding_dim=4, epochs=2).fit(table)\n"
        "print('fitted')"
    )
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr.splitlines()


def test_nothing_is_written_by_the_import_and_the_first_operation(whole_life):
    printed, errors = whole_life
    assert printed[0] == "7 True"  # garbage is collected again after the import
    assert errors[0] == "python"


def test_stderr_works_again_after_the_import(whole_life):
    assert whole_life[1][:2] == ["python", "native"]


def test_unseeded_random_operations_are_refused(whole_life):
    """What op determinism does, in the one place where it can be seen on a CPU.

    In a process of its own, since a seed that another test has set would allow them.
    """
    assert whole_life[0][1] == "True"


def test_many_fits_in_one_process_say_nothing(whole_life):
    printed, errors = whole_life
    assert printed[2:] == ["fitted"]
    assert errors[2:] == []


def test_it_starts_without_any_stderr_and_keeps_a_users_own_settings():
    code = (
        "import gc, os\n"
        "gc.disable()\n"
        "from recsys_course.deep.runtime import tf\n"
        "print(int(tf.constant(7)), os.environ['TF_ENABLE_ONEDNN_OPTS'], gc.isenabled())"
    )
    done = run_python(code, "2>&-", TF_ENABLE_ONEDNN_OPTS="1")
    assert (done.returncode, done.stdout) == (0, "7 1 False\n")


def test_a_missing_tensorflow_is_one_sentence_with_the_command():
    code = (
        "import sys\n"
        "sys.modules['tensorflow'] = None\n"
        "try:\n"
        "    import recsys_course.deep.runtime\n"
        "except ModuleNotFoundError as missing:\n"
        "    print(missing.name, '|', missing)"
    )
    done = run_python(code)
    name, message = done.stdout.strip().split(" | ")
    assert name == "tensorflow"
    assert 'pip install "recsys-course[tensorflow]"' in message
    assert "\n" not in message


def test_what_was_hidden_is_shown_when_the_import_fails(tmp_path):
    broken = "import os\nos.write(2, b'native reason')\nraise ImportError('broken wheel')\n"
    (tmp_path / "tensorflow.py").write_text(broken)
    done = run_python(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport recsys_course.deep.runtime"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("native reason")
    assert "broken wheel" in done.stderr


def test_keras_runs_on_tensorflow():
    assert keras.backend.backend() == "tensorflow"
