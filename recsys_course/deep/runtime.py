"""TensorFlow and Keras, imported once, silently and reproducibly.

Every other module takes them from here: `from recsys_course.deep.runtime import tf, keras`.
Importing TensorFlow anywhere earlier in the process brings its native log lines back.
"""

import contextlib
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

__all__ = ["keras", "tf"]

# The native code reads both when it is loaded. oneDNN also changes the last bits of results, so
# it is off everywhere unless the user decides otherwise before the import.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


@contextlib.contextmanager
def _hidden_native_stderr() -> Iterator[None]:
    """Keep what native code writes to file descriptor 2; show it if the block fails.

    The variables above do not silence a wheel with GPU support on a machine without a GPU, and
    native code does not write through `sys.stderr`, so the descriptor itself is redirected.

    Yields:
        Nothing; the block runs with the descriptor redirected.
    """
    try:
        saved = os.dup(2)
    except OSError:  # a program started without a stderr: nothing can appear there anyway
        yield
        return
    with tempfile.TemporaryFile() as hidden:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except Exception:  # not an interrupt, which explains itself
            os.dup2(saved, 2)
            hidden.seek(0)
            os.write(2, hidden.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no garbage: of millions of imported objects hardly one is, and each look takes long.

    Yields:
        Nothing; the block runs without the collector, which is put back as it was.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _start() -> tuple[Any, Any]:
    """Import TensorFlow and Keras, ask for the devices once, and turn op determinism on.

    Returns:
        The modules `tensorflow` and `keras`.

    Raises:
        ModuleNotFoundError: If TensorFlow, or something that it needs, is not installed.
    """
    try:
        with _hidden_native_stderr(), _no_collection():
            import tensorflow as tf

            tf.config.experimental.enable_op_determinism()
            tf.constant(0)  # the first op looks for a GPU, and complains then
            import keras

            # Its Python log advises against tracing one function often; here each run means to.
            tf.get_logger().setLevel("ERROR")
            return tf, keras
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"recsys_course.deep needs TensorFlow, and the module {missing.name!r} is not "
            'installed; run: pip install "recsys-course[tensorflow]"',
            name=missing.name,
        ) from missing


tf, keras = _start()
