"""A small course in three versions, and what a learner does with a file between two of them.

It is imported by the tests of this folder, and run by processes that they kill.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recsys_course.classroom.home.place import Home

ALPHA = "exercises/01_alpha.ipynb"  # changes in each version
BACK = "lessons/01_alpha.ipynb"  # version 3 is version 1 again
LATE = "exercises/02_beta.ipynb"  # comes with version 2
EARLY = "lessons/02_beta.ipynb"  # goes with version 3
PAGE = "lessons/README.md"
MAP = "lessons/map.svg"
ABOUT = "README.md"
OWN = ".recsys-course"

SETUP = "# %% id=setup\nimport numpy as np\n"
DOUBLE = "# %% id=double tags=exercise\ndef double(x):\n    raise NotImplementedError\n"
CHECK = "# %% id=check-double\ncheck(double)\n"
HALF = "# %% id=half tags=exercise\ndef half(x):\n    raise NotImplementedError\n"


def intro(text: str) -> str:
    return f"# %% [markdown] id=intro\n# # {text}\n"


TEXTS = {
    ALPHA: {
        1: intro("Doubling") + SETUP + DOUBLE + CHECK,
        2: intro("Doubling, and halving") + SETUP + DOUBLE + CHECK + HALF,
        3: intro("Doubling, and halving") + DOUBLE + CHECK + HALF.replace("x", "number"),
    },
    BACK: {
        1: intro("What a double is") + SETUP,
        2: intro("What a double may be") + SETUP,
        3: intro("What a double is") + SETUP,
    },
    LATE: {2: intro("Halving") + HALF, 3: intro("Halving anew") + HALF},
    EARLY: {1: intro("What a half is") + SETUP, 2: intro("A half") + SETUP},
    PAGE: {1: "# Map\n\none\n", 2: "# Map\n\none\ntwo\n", 3: "# Map\n\none\ntwo\nthree\n"},
    MAP: {1: "<svg>1</svg>\n", 2: "<svg>2</svg>\n", 3: "<svg>3</svg>\n"},
    ABOUT: {1: "# Yours\n", 2: "# Yours\n", 3: "# Your own\n"},
}


FIRST: dict[str, bytes] = {}


def make_course(root: Path) -> dict[int, dict[str, Path]]:
    """Write the three versions; where each file lies, by version and path."""
    from recsys_course.classroom.authoring import to_notebook  # slow to import, not always needed

    course: dict[int, dict[str, Path]] = {1: {}, 2: {}, 3: {}}
    for name, texts in TEXTS.items():
        for version, text in texts.items():
            path = root / str(version) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            source = path.with_suffix(".py")
            source.write_text(text, encoding="utf-8")
            if path.suffix == ".ipynb":
                text = to_notebook(source, path.parent.name.removesuffix("s"))
            source.unlink()
            path.write_bytes(text.encode())
            if version == 1:
                FIRST[name] = text.encode()
            course[version][name] = path
    return course


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file of the learner's, by its path; what the course remembers is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and OWN not in path.relative_to(folder).parts
    }


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its bytes and the time at which it was written."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def beside(path: Path) -> Path:
    """Where the first newer version of a file lies."""
    return path.with_name(f"{path.stem}.new{path.suffix}")


# --- What a learner does. Each gets the file, and a word that no other of them has.


def is_notebook(content: bytes | None) -> bool:
    try:
        return isinstance(json.loads(content or b""), dict)
    except ValueError:
        return False


def _notebook(path: Path) -> dict[str, Any] | None:
    content = path.read_bytes() if path.is_file() else b""
    return json.loads(content) if is_notebook(content) else None


def _output(word: str) -> dict[str, Any]:
    return {"name": "stdout", "output_type": "stream", "text": [word + "\n"]}


def _ran(path: Path, word: str) -> dict[str, Any] | None:
    notebook = _notebook(path)
    for number, cell in enumerate(notebook["cells"] if notebook else (), 1):
        if cell["cell_type"] == "code":
            cell |= {"execution_count": number, "outputs": [_output(f"{word} {number}")]}
    return notebook


def nothing(path: Path, word: str) -> None:
    pass


def run_in_jupyterlab(path: Path, word: str) -> None:
    """Outputs and counts; the language with the version of Python; one space, a line end."""
    if notebook := _ran(path, word):
        about = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
        notebook["metadata"]["language_info"] = about | {"version": "3.12.3"}
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def run_in_vs_code(path: Path, word: str) -> None:
    """Its kernel's name, a mark of the language in a cell, no line end."""
    if notebook := _ran(path, word):
        notebook["metadata"]["kernelspec"] = {
            "display_name": ".venv (3.12.3)",
            "language": "python",
            "name": "python3",
        }
        notebook["cells"][0]["metadata"]["vscode"] = {"languageId": "markdown"}
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), "utf-8")


def run_in_colab(path: Path, word: str) -> None:
    """Minor version 0, so that ids stand in the metadata; its own metadata; two spaces."""
    if notebook := _ran(path, word):
        notebook = copy.deepcopy(notebook)
        notebook["nbformat_minor"] = 0
        notebook["metadata"] |= {"colab": {"provenance": []}, "accelerator": "GPU"}
        for cell in notebook["cells"]:
            cell["metadata"]["id"] = cell.pop("id", "xYz")
        path.write_text(json.dumps(notebook, indent=2), "utf-8")


def write_in(path: Path, word: str) -> None:
    """An answer in a cell, or a line in a page; a file anew where there is none."""
    notebook = _notebook(path)
    if path.is_dir():
        (path / "note.txt").write_text(word)
    elif notebook:
        notebook["cells"][-1]["source"] = [f"def double(x):  # {word}\n", "    return 2 * x"]
        path.write_text(json.dumps(notebook, indent=1) + "\n", "utf-8")
    else:
        before = path.read_bytes() if path.is_file() else b""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before + word.encode() + b"\n")


def rename(path: Path, word: str) -> None:
    if path.exists():
        path.rename(path.with_name(f"mine {path.stem} {word}{path.suffix}"))


def rename_and_write(path: Path, word: str) -> None:
    if path.is_file():
        write_in(path, word)
        rename(path, word)


def copy_it(path: Path, word: str) -> None:
    if path.is_file():
        path.with_name(f"{path.stem}-Copy{word}{path.suffix}").write_bytes(path.read_bytes())


def delete(path: Path, word: str) -> None:
    if path.is_file():
        path.unlink()


def cut_off(path: Path, word: str) -> None:
    """A save that was cut off in the middle."""
    write_in(path, word)
    if path.is_file():
        path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path, word: str) -> None:
    """What a full disk can make of a save."""
    if path.is_file():
        path.write_bytes(b"")


def make_a_folder(path: Path, word: str) -> None:
    delete(path, word)
    path.mkdir(exist_ok=True, parents=True)
    (path / "note.txt").write_text(word)


def protect(path: Path, word: str) -> None:
    if path.is_file():
        path.chmod(0o444)


def save_with_windows_line_ends(path: Path, word: str) -> None:
    if path.is_file():
        content = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        path.write_bytes(content)


def merge_badly(path: Path, word: str) -> None:
    """A merge that was left undecided."""
    if path.is_file():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        sides = ["<<<<<<< HEAD\n", f"{word}\n", "=======\n", "theirs\n", ">>>>>>> main\n"]
        path.write_text("".join(lines[:2] + sides + lines[2:]), "utf-8")


def undo(path: Path, word: str) -> None:
    """Back to what was delivered first."""
    first = FIRST.get("/".join(path.parts[-2:]))
    if first is not None and path.is_file():
        path.write_bytes(first)


def write_in_the_new_one(path: Path, word: str) -> None:
    if beside(path).is_file():
        write_in(beside(path), word)


def run_the_new_one(path: Path, word: str) -> None:
    run_in_jupyterlab(beside(path), word)


def delete_the_new_one(path: Path, word: str) -> None:
    delete(beside(path), word)


def rename_the_new_one(path: Path, word: str) -> None:
    rename(beside(path), word)


def put_the_new_one_over_it(path: Path, word: str) -> None:
    if beside(path).is_file() and path.is_file():
        beside(path).replace(path)


def copy_the_new_one_over_it(path: Path, word: str) -> None:
    if beside(path).is_file() and path.is_file():
        path.write_bytes(beside(path).read_bytes())


def go_on_in_the_new_one(path: Path, word: str) -> None:
    if beside(path).is_file() and path.is_file():
        write_in(beside(path), word)
        path.unlink()


def delete_both(path: Path, word: str) -> None:
    delete(path, word)
    delete(beside(path), word)


Act = Callable[[Path, str], None]
ON_A_FILE: tuple[Act, ...] = (
    nothing,
    run_in_jupyterlab,
    run_in_vs_code,
    run_in_colab,
    write_in,
    rename,
    rename_and_write,
    copy_it,
    delete,
    cut_off,
    empty,
    make_a_folder,
    protect,
    save_with_windows_line_ends,
    merge_badly,
    undo,
)
ON_A_NEW_ONE: tuple[Act, ...] = (
    write_in_the_new_one,
    run_the_new_one,
    delete_the_new_one,
    rename_the_new_one,
    put_the_new_one_over_it,
    copy_the_new_one_over_it,
    go_on_in_the_new_one,
    delete_both,
)


def lesson_of(stem: str) -> Any:
    """As much of a lesson as the folder asks for."""
    from types import SimpleNamespace

    return SimpleNamespace(stem=stem, slug=stem.partition("_")[2])


def home_of(folder: Path) -> Home:
    return Home(folder / "Mein Kurs ü" / "my-course")
