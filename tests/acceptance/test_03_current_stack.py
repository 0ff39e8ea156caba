"""Property 3: Keras 3 and today's TensorFlow; no tf.compat, no tf_keras, nothing deprecated."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FIT = """
import sys
import numpy as np
from recsys_course.deep.factorization import TensorFlowFactorization
from recsys_course.deep.runtime import keras, tf
from recsys_course.data.world import make_world

ratings = make_world(np.random.default_rng(0), n_users=20, n_items=30).interactions
for feedback in ("explicit", "implicit"):
    model = TensorFlowFactorization(np.random.default_rng(1), feedback, embedding_dim=2, epochs=2)
    model.fit(ratings).recommend([0, 1], 5)
    model.fold_in([0, 1], [4.0, 3.0])
print(keras.__version__, tf.__version__, tf.keras.__version__, "tf_keras" in sys.modules)
"""


def test_importing_and_fitting_warn_of_nothing_deprecated():
    outdated = ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
    done = subprocess.run(
        [sys.executable, *(f"-Werror::{kind}" for kind in outdated), "-c", FIT],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""  # native code warns there, too
    keras, tensorflow, inside, legacy = done.stdout.split()
    assert keras.split(".")[0] == "3"
    assert inside == keras  # tf.keras is the same Keras
    assert legacy == "False"
    assert (2, 20) <= tuple(map(int, tensorflow.split(".")[:2])) < (2, 22)


def test_the_project_asks_for_that_stack():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["optional-dependencies"]["tensorflow"]
    assert wanted == ["tensorflow>=2.20,<2.22"]  # the bounds above
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    assert re.search(r"^keras==3\.", pins, re.MULTILINE)
    assert re.search(r"^tensorflow==2\.2[01]\.", pins, re.MULTILINE)
    assert not re.search(r"^tf[-_]keras==", pins, re.MULTILINE)


def test_no_text_uses_the_old_interfaces():
    old = re.compile(
        r"tf\.compat\b|tensorflow\.compat\b|\btf_keras\b|TF_USE_LEGACY_KERAS|\btf\.Session\b"
        r"|\btf\.placeholder\b|disable_v2_behavior|\btf\.estimator\b|optimizers\.legacy"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in ("recsys_course", "lessons", "exercises", "solutions")
        for pattern in ("*.py", "*.ipynb", "*.toml")
        for path in sorted((ROOT / folder).rglob(pattern))
        if (match := old.search(path.read_text("utf-8")))
    ]
    assert found == []
