"""Sets the course up in .venv, then opens it or tests it.

    python bootstrap.py         install everything and prepare the data
    python bootstrap.py lab     the same, then JupyterLab on your next lesson (--home FOLDER: there)
    python bootstrap.py test    the same, then every check and test
    python bootstrap.py build   the same, then the notebooks from their sources
    python bootstrap.py book    the same, then the book: every lesson executed, as pages on disk
    python bootstrap.py bench   the same, then every benchmark (--ml-100k PATH: on MovieLens 100K)
    python bootstrap.py mutants the same, then which changes to formulas/ no test notices (an hour)
    python bootstrap.py lock    the same, then resolve constraints.txt (--upgrade: newer versions)

It uses the standard library alone, and nothing newer than Python 3.6, so that an old Python can
say what is wrong. It deletes nothing but .venv. A run that was cut off is continued by the next.
It is one file, longer than others, because nothing is installed yet that it could import.
"""

import collections
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent
SUPPORTED = ("3.13", "3.12", "3.11")
NEEDED_GB = 4.0  # 2.6 installed, and the downloads beside it

PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); import ensurepip, venv; print('venv')"
DATA = "from recsys_course.data.datasets import load_movielens; load_movielens()"
LOCK = (
    "uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header "
    "--no-emit-index-url --extra lab --extra tensorflow --extra grading --extra book --extra test "
    "--group build pyproject.toml -o constraints.txt"
)
CHECKS = (
    "ruff check .",
    "ruff format --check .",
    "lint-imports",
    "recsys-course build --check",
    "mypy &",  # beside the next one, which does not keep two cores busy to its end
    "python book/build.py",
    # in their own order, so that the long files of the browser do not come last and alone; the
    # lessons are run by nbval too, without a network, in tests/acceptance; a process that dies, or
    # a test that hangs for ten minutes, ends the run with its name (xdist may hang, restarting one)
    "python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart=0 "
    "-o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true --nbval-lax "
    "--nbval-current-env --nbval-cell-timeout=120 --doctest-modules tests recsys_course exercises "
    "solutions",
)
HELD = {
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
    "encoding": "utf-8",
    "errors": "replace",
}
NETWORK_SIGNS = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|"
    "ConnectionResetError|Read timed out|Failed to establish a new connection|SSLError|"
    "Network is unreachable|Connection broken|Connection refused|Could not fetch URL"
)


class SetupError(Exception):
    """What is missing and how to mend it, in a sentence for the person at the keyboard."""


def say(text, stream=None):
    """Writes a line at once, whatever letters the terminal knows."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def program(root, name):
    """The path of a program in the virtual environment."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return str(root / ".venv" / folder / (name + suffix))


def answer(command):
    """What a short command prints, and its exit code; 127 where it cannot be started."""
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return "", 127
    return process.communicate()[0].decode("utf-8", "replace"), process.returncode


def candidates():
    """Commands that may start a suitable Python, the running one first."""
    names = [f"python{version}" for version in SUPPORTED] + ["python3", "python"]
    launchers = [["py", f"-{version}"] for version in SUPPORTED] if os.name == "nt" else []
    return [[sys.executable]] + [[name] for name in names if shutil.which(name)] + launchers


def find_python(commands):
    """The first of the commands whose Python can make the environment.

    Raises:
        SetupError: If none has a supported version, or those that have lack the venv module.
    """
    found, without_venv = [], []
    for command in commands:
        words = answer([*command, "-c", PROBE])[0].split()
        if words and words[0] in SUPPORTED:
            if words[1:] == ["venv"]:
                return command
            without_venv.append(words[0])
        found += [version for version in words[:1] if version not in found]
    if without_venv:
        version = without_venv[0]
        raise SetupError(
            f"Python {version} has no venv module; on Debian or Ubuntu run `sudo apt-get install "
            f"python{version}-venv`, elsewhere install Python {version} anew, then run this again."
        )
    raise SetupError(
        "The course needs Python 3.11, 3.12 or 3.13 (TensorFlow exists for no other), but found "
        f"only Python {' and '.join(found)}; install Python 3.12 beside it, then run this again."
    )


def check_disk(root):
    """Looks whether the packages will fit, counting what is installed already.

    Raises:
        SetupError: If they will not.
    """
    files = (path for path in (root / ".venv").rglob("*") if not path.is_symlink())
    held = sum(path.stat().st_size for path in files) / 1e9
    free = shutil.disk_usage(str(root)).free / 1e9
    if held + free < NEEDED_GB:
        raise SetupError(
            f"The packages need about {NEEDED_GB:.0f} GB, and the disk of {root} has {free:.1f} GB "
            f"free; free {NEEDED_GB - held - free:.1f} GB more, then run this again."
        )


def check_leave(root):
    """Looks whether something can be written here.

    Raises:
        SetupError: If it cannot.
    """
    probe = root / ".leave-to-write"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"{root} cannot be written ({error.strerror}); copy the folder to a place of your own, "
            "then run this again there."
        ) from None


def fingerprint(root):
    """A hash of all that decides what the environment holds; empty where there is none."""
    digest = hashlib.sha256(os.fsencode(str(root)))
    for name in ("pyproject.toml", "constraints.txt", ".venv/pyvenv.cfg"):
        if not (root / name).is_file():
            return ""
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def is_complete(root):
    """Whether an earlier run finished, for these very requirements and in this very folder."""
    stamp = root / ".venv" / ".complete"
    if not stamp.is_file() or stamp.read_text() != fingerprint(root):
        return False
    return answer([program(root, "python"), "-c", ""])[1] == 0


def is_usable(root):
    """Whether the environment starts, has pip, and was made in this very folder."""
    probe = f"{PROBE}; import pip._internal.cli.main"
    words = answer([program(root, "python"), "-c", probe])
    config = root / ".venv" / "pyvenv.cfg"
    if words[1] or words[0].split()[0] not in SUPPORTED or not config.is_file():
        return False
    lines = config.read_text("utf-8").splitlines()
    made = [line for line in lines if line.startswith("command = ")]
    return all(line.endswith(f" {root / '.venv'}") for line in made)


def explain(title, tail, log):
    """The sentence for a step that failed, from the last lines that it printed."""
    text = "\n    ".join(tail)
    if "No space left on device" in text:
        return f"{title} filled the disk; free some space, then run this again: it goes on."
    if NETWORK_SIGNS.search(text):
        return (
            f"{title} needs the network, and the package index cannot be reached; run this again "
            "when it can: it goes on from here. (Without a network: PIP_NO_INDEX=1 and "
            "PIP_FIND_LINKS=a folder of wheels.)"
        )
    return f"{title} failed; its last lines were\n    {text}\nand all of them are in {log}"


def run_step(root, title, command):
    """Runs a step of the set-up; what it prints goes to .venv/setup.log.

    Raises:
        SetupError: If the step fails.
    """
    say(f"{title} ...")
    settings = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment = dict(os.environ, PYTHONUTF8="1", **settings)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    tail = collections.deque(maxlen=10)
    log = root / ".venv" / "setup.log"
    process = subprocess.Popen(command, env=environment, cwd=str(root), **pipes)
    with process, log.open("ab", buffering=0) as file:
        try:
            for line in process.stdout:
                file.write(line)
                tail.append(line.decode("utf-8", "replace").rstrip())
                if sys.stdout.isatty():
                    sys.stdout.write(f"\r  {ascii(tail[-1])[1:-1][:70]:<70}\r")
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if code:
        raise SetupError(explain(title, tail, log))


def clear(venv):
    """Empties the place of the environment.

    Raises:
        SetupError: If it is a link, or cannot be written.
    """
    if venv.is_symlink():
        raise SetupError(f"{venv} is a link; remove the link, then run this again.")
    try:
        if venv.exists():
            shutil.rmtree(str(venv))
        venv.mkdir()
    except OSError as error:
        reason = f"{venv} cannot be made anew ({error.strerror})"
        raise SetupError(f"{reason}; close what uses it, then run this again.") from None


def install(root):
    """Installs the packages that are missing, then the course, and prepares the data."""
    python, venv = program(root, "python"), root / ".venv"
    (site,) = [*venv.glob("lib/python3.*/site-packages"), *venv.glob("Lib/site-packages")][:1]
    for record in site.glob("*.dist-info"):
        if not (record / "INSTALLER").is_file():  # pip writes it last: this package was cut off
            shutil.rmtree(str(record))
    pip = [python, "-m", "pip", "install", "--progress-bar=off", "--no-compile"]
    # the lock is whole; asked for "coverage[toml]", pip would look past a pin of "coverage"
    packages = [*pip, "--no-deps", "--require-hashes", "-r", "constraints.txt"]
    run_step(root, "Installing the packages (2.6 GB; minutes, the first time)", packages)
    course = [*pip, "--no-deps", "--no-build-isolation", "-e", "."]
    run_step(root, "Installing the course", course)
    for link in site.glob("*.pth"):
        if link.read_bytes().strip() == os.fsencode(str(root)):
            # Python reads it in the encoding of the locale: a relative path is ASCII in each
            link.write_text(os.path.relpath(str(root), str(site)))
    modules = (init.parent for init in site.glob("*/__init__.py"))
    if not all(list(module.glob("__pycache__/__init__.*.pyc")) for module in modules):
        # pip would use one core; without bytecode TensorFlow starts in 9 s instead of 4
        compileall = [python, "-m", "compileall", "-qq", "-j0", str(site)]
        run_step(root, "Compiling the packages", compileall)
    run_step(root, "Preparing the data", [python, "-c", DATA])


def set_up(root):
    """Brings .venv to what pyproject.toml and constraints.txt ask for; at once if it is there."""
    if is_complete(root):
        return
    usable = is_usable(root)
    python = [] if usable else find_python(candidates())
    check_disk(root)
    check_leave(root)
    if not usable:
        clear(root / ".venv")
        venv = [*python, "-m", "venv", str(root / ".venv")]
        run_step(root, "Making a virtual environment in .venv", venv)
    install(root)
    (root / ".venv" / ".complete").write_text(fingerprint(root))


def start(root, command, **streams):
    """Starts a program of the environment, which writes to the terminal unless told where."""
    words = [program(root, command[0]), *command[1:]]
    return subprocess.Popen(words, cwd=str(root), **streams)


def end_of(process):
    """Waits for a program, Ctrl-C being its own affair, and gives its exit code."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program got it too, and ends or asks


def run(root, command):
    """Runs a program of the environment and gives its exit code."""
    return end_of(start(root, command))


def run_checks(root, options=(), checks=CHECKS):
    """Runs the checks up to the first that fails; gives its exit code. Options are for the last."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of programs start in the tests
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two tests at a time, on two cores or more
    began, beside = time.time(), []
    for check in checks:
        say(f"== {check}")
        words = [*check.split(), *(options if check == checks[-1] else ())]
        if words[-1] == "&":
            beside.append((check, start(root, words[:-1], **HELD)))
            continue
        codes = [(check, run(root, words)), *(written(*one) for one in beside)]
        beside.clear()
        for failed, code in codes:
            if code:
                say(f"== stopped: `{failed}` failed with exit code {code}", sys.stderr)
                return code
    say(f"== all {len(checks)} checks passed in {time.time() - began:.0f} s")
    return 0


def written(check, process):
    """Waits for a check that ran beside another and says what it wrote; gives check and code."""
    with process.stdout:
        text = process.stdout.read().rstrip()
    say(f"== {check} wrote:\n{text}")
    return check, end_of(process)


def lock(root, options):
    """Resolves constraints.txt for every system and Python, and gives the exit code."""
    tool = ["python", "-m", "pip", "install", "--quiet", "uv"]
    return run(root, tool) or run(root, LOCK.split() + options)


def mutants(root):
    """Changes formulas/ bit by bit, tests each change, lists the survivors; gives the exit code."""
    shutil.rmtree(str(root / "mutants"), ignore_errors=True)  # else survivors are not tried again
    tool = ["python", "-m", "pip", "install", "--quiet", "mutmut>=3.8"]
    os.environ["OMP_NUM_THREADS"] = "1"  # a mutant runs in a fork, which threads do not survive
    attempt = ["mutmut", "run", "--max-children", "2"]
    return run(root, tool) or run(root, attempt) or run(root, ["mutmut", "results"])


def main(arguments, root=ROOT):
    """Sets up, then does what the first argument says; gives the exit code."""
    actions = {
        "ready": lambda: say("Ready: `python bootstrap.py lab` opens your next lesson.") or 0,
        "lab": lambda: run(root, ["recsys-course", "lab", *arguments[1:]]),
        "test": lambda: run_checks(root, arguments[1:]),
        "build": lambda: run(root, ["recsys-course", "build"]),
        "book": lambda: run(root, ["python", "book/build.py"]),
        "bench": lambda: run(root, ["python", "benchmarks/all.py", *arguments[1:]]),
        "mutants": lambda: mutants(root),
        "lock": lambda: lock(root, arguments[1:]),
    }
    action = arguments[0] if arguments else "ready"
    try:
        if action not in actions:
            known = ", ".join(list(actions)[1:])
            raise SetupError(f"`{action}` is not known here; use {known} or nothing.")
        set_up(root)
        return actions[action]()
    except SetupError as error:
        say(f"error: {error}", sys.stderr)
    except OSError as error:
        say(f"error: {error}; mend that, then run this again.", sys.stderr)
    except KeyboardInterrupt:
        say("Stopped; the next run goes on from here.", sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
