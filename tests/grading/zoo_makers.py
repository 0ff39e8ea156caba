"""Submissions of the zoo that are too large, too odd or too special to lie about as files.

Each maker gets an empty folder, that of one student, and fills it.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = [
    "ARCHIVES",
    "NOTEBOOK",
    "PREDICT",
    "SCRIPT",
]

SCRIPT = "03_mf_loss.py"
NOTEBOOK = "03_mf_loss.ipynb"
PREDICT = """\
def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T
"""
LOSS = """\
def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions)[observed] ** 2).sum()
"""
ROOT = Path(__file__).resolve().parents[2]


def _cell(source: Any, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    return cell | {"execution_count": None} | more


def _notebook(*cells: Any) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _honest() -> str:
    return _notebook(_cell(PREDICT), _cell(LOSS))


# --- size


def notebook_of_200_mb(folder: Path) -> None:
    """Outputs of plots, over and over."""
    start, end = _honest().split('"outputs": []', 1)
    image = '{"output_type": "display_data", "data": {"image/png": "' + "A" * 10**6 + '"}}'
    with (folder / NOTEBOOK).open("w") as file:
        file.write(start + '"outputs": [')
        for _ in range(200):
            file.write(image + ", ")
        file.write(image + "]" + end)


def sparse_file_of_a_terabyte(folder: Path) -> None:
    """It takes no room on the disk, and all there is in memory."""
    with (folder / SCRIPT).open("w") as file:
        file.write(PREDICT)
        file.truncate(10**12)


def one_line_of_10_mb(folder: Path) -> None:
    (folder / SCRIPT).write_text(f"{PREDICT}\nx = '{'x' * 10_000_000}'\n\n{LOSS}")


def ten_thousand_cells(folder: Path) -> None:
    cells = [_cell("x = 1") for _ in range(10_000)]
    (folder / NOTEBOOK).write_text(_notebook(_cell(PREDICT), *cells, _cell(LOSS)))


def ten_thousand_functions(folder: Path) -> None:
    """More names than anybody asks for."""
    many = "".join(f"def f{n}(): pass\n" for n in range(10_000))
    (folder / SCRIPT).write_text(PREDICT + many + LOSS)


# --- depth


def deep_brackets(folder: Path) -> None:
    (folder / SCRIPT).write_text(f"{PREDICT}\nx = {'(' * 5_000}{')' * 5_000}\n\n{LOSS}")


def deep_expression(folder: Path) -> None:
    """It parses, and may be too deep for whoever walks or compiles the tree."""
    cells = [_cell(PREDICT), _cell("x = " + "-" * 90_000 + "1"), _cell("y = 1" + "+1" * 90_000)]
    cells.append(_cell("z = x" + ".a" * 90_000 + "()" * 90_000))
    (folder / NOTEBOOK).write_text(_notebook(*cells, _cell(LOSS)))


def deep_blocks(folder: Path) -> None:
    ladder = "".join(" " * n + "if 1:\n" for n in range(99)) + " " * 99 + "pass\n"
    chain = "if 0: pass\n" + "elif 0: pass\n" * 20_000
    cells = [_cell(PREDICT), _cell(ladder), _cell(chain), _cell("lambda: " * 5_000 + "1")]
    (folder / NOTEBOOK).write_text(_notebook(*cells, _cell(LOSS)))


def deep_json(folder: Path) -> None:
    deep = "[" * 200_000 + "]" * 200_000
    (folder / NOTEBOOK).write_text(_honest().replace('"metadata": {}', f'"metadata": {deep}', 1))


def deep_metadata(folder: Path) -> None:
    """It is valid, and only just not too deep for Python's own reader."""
    deep = '{"recsys_course": ' * 900 + "1" + "}" * 900
    (folder / NOTEBOOK).write_text(_honest().replace('"metadata": {}', f'"metadata": {deep}', 1))


def number_of_a_million_digits(folder: Path) -> None:
    number = "9" * 1_000_000
    (folder / NOTEBOOK).write_text(_honest().replace("null", number, 1))


# --- text


def not_utf_8(folder: Path) -> None:
    (folder / NOTEBOOK).write_bytes(b'{"cells": ["\xff\xfe\x80"]}')


def utf_16(folder: Path) -> None:
    (folder / NOTEBOOK).write_bytes(_honest().encode("utf-16"))


def byte_order_mark(folder: Path) -> None:
    """Honest: an editor of Windows puts it there."""
    (folder / NOTEBOOK).write_bytes(_honest().encode("utf-8-sig").replace(b"\\n", b"\\r\\n"))


def lone_surrogates(folder: Path) -> None:
    """Text that JSON can hold and UTF-8 cannot."""
    cell = _cell('name = "\ud800"\nimport sys\nsys.stdout.write(name)\nraise ValueError(name)\n')
    (folder / NOTEBOOK).write_text(_notebook(_cell(PREDICT), cell, _cell(LOSS)))


def null_bytes(folder: Path) -> None:
    (folder / SCRIPT).write_text(PREDICT + "\0\0\0\n" + LOSS)


def null_bytes_in_a_cell(folder: Path) -> None:
    """The cell that holds them is lost, the others are not."""
    (folder / NOTEBOOK).write_text(_notebook(_cell("x = '\0'\n" + LOSS), _cell(PREDICT)))


def form_feeds_and_old_line_ends(folder: Path) -> None:
    """Honest: lines that end as they did on a Macintosh, and pages."""
    text = f"\x0c\n{PREDICT}\n\x0c\n{LOSS}".replace("\n", "\r")
    (folder / SCRIPT).write_bytes(text.encode())


def empty(folder: Path) -> None:
    (folder / NOTEBOOK).touch()


def only_blanks(folder: Path) -> None:
    (folder / SCRIPT).write_text("\n \t\x0c\n" * 1000)


def random_bytes(folder: Path) -> None:
    content = b"".join(
        struct.pack(">I", zlib.crc32(bytes([n % 256, n // 256]))) for n in range(999)
    )
    (folder / NOTEBOOK).write_bytes(content)


def pickle_named_notebook(folder: Path) -> None:
    """Whoever opens it with pickle runs a command."""
    (folder / NOTEBOOK).write_bytes(b"cos\nsystem\n(S'touch @CANARY@/pickle'\ntR.")


def keys_given_twice(folder: Path) -> None:
    """Readers of JSON differ in which of the two they take; Python takes the last."""
    text = _notebook(_cell(PREDICT))
    evil = json.dumps([_cell("import os; os._exit(0)")])
    (folder / NOTEBOOK).write_text(f'{{"cells": {evil}, {text[1:]}')


def metadata_in_a_cell(folder: Path) -> None:
    """A cell whose text looks like the metadata of another lesson."""
    trap = '"metadata": {"recsys_course": {"slug": "welcome", "variant": "LEAK"}}'
    (folder / NOTEBOOK).write_text(_notebook(_cell("r'''" + trap + "'''"), _cell(PREDICT)))


# --- files that are no files


def symlink_to_the_solution(folder: Path) -> None:
    (folder / NOTEBOOK).symlink_to(ROOT / "solutions" / NOTEBOOK)


def symlink_to_another_student(folder: Path) -> None:
    (folder / SCRIPT).symlink_to(folder.parent / "zz_honest" / SCRIPT)


def symlink_to_a_device(folder: Path) -> None:
    (folder / NOTEBOOK).symlink_to("/dev/zero")


def symlink_to_itself(folder: Path) -> None:
    (folder / NOTEBOOK).symlink_to(NOTEBOOK)


def symlink_to_nowhere(folder: Path) -> None:
    (folder / NOTEBOOK).symlink_to(folder / "nowhere.ipynb")


def folder_behind_a_symlink(folder: Path) -> None:
    """The folder of solutions, as if it were the student's own."""
    (folder / "mine").symlink_to(ROOT / "solutions", target_is_directory=True)


def folders_in_a_circle(folder: Path) -> None:
    """Honest work, and a folder that leads back to itself."""
    (folder / SCRIPT).write_text(PREDICT)
    (folder / "again").symlink_to(folder, target_is_directory=True)


def pipe(folder: Path) -> None:
    """Whoever opens it waits for ever."""
    os.mkfifo(folder / NOTEBOOK)


def folder_named_like_a_notebook(folder: Path) -> None:
    (folder / NOTEBOOK).mkdir()


def unix_socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # the name of a socket has to be short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(NOTEBOOK)
    finally:
        os.chdir(here)


def modules_beside_it(folder: Path) -> None:
    """Modules of its own stand beside it, with the names of those that the grader needs."""
    (folder / SCRIPT).write_text(PREDICT)
    trap = "import pathlib; pathlib.Path('@CANARY@/module').touch(); raise SystemExit(0)\n"
    for name in ("numpy", "json", "socket", "struct", "conftest", "sitecustomize", "recsys_course"):
        (folder / f"{name}.py").write_text(trap)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (folder / "pyproject.toml").write_text("[tool.recsys-course]\npoints = 5\n")


def deep_folders(folder: Path) -> None:
    """The notebook lies under more folders than anybody makes."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 100, dir_fd=here)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open(SCRIPT, os.O_WRONLY | os.O_CREAT, dir_fd=here), "w") as file:
        file.write(PREDICT)
    os.close(here)


# --- archives: each maker below writes one zip, with one folder a student


def _zip(folder: Path, members: Iterator[tuple[str, bytes]] | list[tuple[str, bytes]]) -> Path:
    path = folder / f"{folder.name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def zip_slip(folder: Path) -> None:
    """Members that name places outside of the folder into which they are unpacked."""
    code = PREDICT.encode()
    names = ["../slip.py", "../../../../../../tmp/zoo-slip/03_mf_loss.py", "/tmp/zoo-slip.py"]
    names += ["slip/../../03_mf_loss.py", "..\\..\\03_mf_loss.py", "C:\\03_mf_loss.py"]
    _zip(folder, [(name, code) for name in names] + [("zip_slip/" + SCRIPT, code)])


def zip_symlink(folder: Path) -> None:
    link = zipfile.ZipInfo(f"zip_symlink/{NOTEBOOK}")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(folder / f"{folder.name}.zip", "w") as archive:
        archive.writestr(link, str(ROOT / "solutions" / NOTEBOOK))


def zip_bomb(folder: Path) -> None:
    """Four hundred MB of zeros in four hundred kB."""
    _zip(folder, [(f"zip_bomb/{SCRIPT}", bytes(400_000_000))])


def zip_bomb_that_lies(folder: Path) -> None:
    """The directory of the archive says that the member is small."""
    path = _zip(folder, [(f"zip_bomb_that_lies/{SCRIPT}", bytes(400_000_000))])
    size, small = struct.pack("<I", 400_000_000), struct.pack("<I", 1_000)
    path.write_bytes(path.read_bytes().replace(size, small))


def zip_in_a_zip_in_a_zip(folder: Path) -> None:
    inner = _zip(folder, [(f"zip_in_a_zip_in_a_zip/{SCRIPT}", PREDICT.encode())])
    for depth in range(30):
        inner = _zip(folder, [(f"{depth}.zip", inner.read_bytes())])


def zip_with_many_members(folder: Path) -> None:
    members = ((f"s{n}/nothing.txt", b"") for n in range(70_000))
    _zip(folder, [*members, (f"zip_with_many_members/{SCRIPT}", PREDICT.encode())])


def zip_with_a_password(folder: Path) -> None:
    path = _zip(folder, [(f"zip_with_a_password/{SCRIPT}", PREDICT.encode())])
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(bytes(content))


def zip_cut_off(folder: Path) -> None:
    path = _zip(folder, [(f"zip_cut_off/{SCRIPT}", PREDICT.encode())])
    path.write_bytes(path.read_bytes()[:-30])


def zip_with_overlapping_members(folder: Path) -> None:
    """Two entries of the directory stand for the same bytes; a thousand could."""
    first, second = (
        f"zip_with_overlapping_members/{SCRIPT}",
        f"zip_with_overlapping_others/{SCRIPT}",
    )
    path = _zip(folder, [(first, PREDICT.encode()), (second, b"x = 1\n")])
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 42 : place + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(content))


ARCHIVES = [name for name in globals() if name.startswith("zip_")]
