"""The MovieLens editions that one has to fetch oneself: 100K, 1M and latest-small.

None of them is part of the course. A loader reads the place that you name, or else the copy in the
cache folder, which it downloads from GroupLens where there is none. Three editions in four forms of
file, each in an archive, a folder or by itself, make this module longer than others.
"""

from __future__ import annotations

import csv
import io
import logging
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from recsys_course.data.columns import first_row
from recsys_course.data.datasets import cache_folder
from recsys_course.data.download import DownloadError, check_hashes, download
from recsys_course.data.interactions import Interactions

__all__ = [
    "EDITIONS",
    "Edition",
    "load_movielens_1m",
    "load_movielens_100k",
    "load_movielens_latest_small",
]

_log = logging.getLogger(__name__)
_MOST_BYTES = 200_000_000  # of one file; the largest of the three editions has 25 million


@dataclass(frozen=True)
class _Form:
    """A ratings file and its titles file: their usual names, separators and columns."""

    ratings: str
    separator: str
    columns: tuple[str, ...] | None  # None: no line of names; user, item, rating, time
    titles: str
    titles_separator: str
    titles_columns: tuple[str, ...] | None  # None: no line of names; item, title


_U_DATA = _Form("u.data", "\t", None, "u.item", "|", None)
_DAT = _Form("ratings.dat", "::", None, "movies.dat", "::", None)
_CSV = _Form(
    *("ratings.csv", ",", ("userId", "movieId", "rating", "timestamp")),
    *("movies.csv", ",", ("movieId", "title")),
)
_ATOMIC = _Form(
    *("ml-100k.inter", "\t", ("user_id:token", "item_id:token", "rating:float", "timestamp:float")),
    *("ml-100k.item", "\t", ("item_id:token", "movie_title:token_seq", "release_year:token")),
)


@dataclass(frozen=True)
class Edition:
    """What is known of one edition; counts are those of ratings, users and rated items."""

    name: str
    forms: tuple[_Form, ...]
    stars: tuple[float, float]
    url: str  # of GroupLens
    sha256: str  # of what lies there
    md5: str | None  # as GroupLens gives it
    counts: tuple[int, int, int]


_HOST = "https://files.grouplens.org/datasets/movielens"
EDITIONS = {
    "load_movielens_100k": Edition(
        "MovieLens 100K",
        (_U_DATA, _ATOMIC),
        (1, 5),
        f"{_HOST}/ml-100k.zip",
        "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
        "0e33842e24a9c977be4e0107933c0723",
        (100_000, 943, 1682),
    ),
    "load_movielens_1m": Edition(
        "MovieLens 1M",
        (_DAT,),
        (1, 5),
        f"{_HOST}/ml-1m.zip",
        "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
        "c4d9eecfca2ab87c1945afe126590906",
        (1_000_209, 6040, 3706),
    ),
    "load_movielens_latest_small": Edition(
        "MovieLens latest-small",
        (_CSV,),
        (0.5, 5),
        f"{_HOST}/ml-latest-small.zip",
        "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
        None,  # GroupLens gives none: the edition changes
        (100_836, 610, 9724),
    ),
}


def load_movielens_100k(path: Path | str | None = None) -> Interactions:
    """MovieLens 100K: 100,000 ratings of 1 to 5 stars, of 1,682 films by 943 people, 1997 to 1998.

    Args:
        path: ``ml-100k.zip``, the folder unpacked from it, its ``u.data`` alone (without titles
            then, unless ``u.item`` lies beside it), one of its folds such as ``u1.base``, or the
            same as RecBole's ``ml-100k.inter``. None takes the copy in the cache folder, which is
            downloaded where there is none.

    Returns:
        The ratings with timestamps (seconds since 1970); ids are whole numbers, item labels are the
        films' titles. A file that you name may hold other counts, a fold or a sample of it: that is
        logged as a warning. Without a path, the hashes and the counts must be GroupLens' own.

    Raises:
        DownloadError: If there is no copy and it cannot be downloaded.
        FileNotFoundError: If the path leads to none of these files.
        ValueError: If a line is not a rating; the message names it.

    Source: Harper and Konstan (2015); terms of use in DATA-LICENSES.md.
    """
    return _load("load_movielens_100k", path)


def load_movielens_1m(path: Path | str | None = None) -> Interactions:
    """MovieLens 1M: 1,000,209 ratings of 1 to 5 stars, of 3,706 films by 6,040 people.

    Its file of films lists 3,883; those that nobody rated have no index here.

    Args:
        path: ``ml-1m.zip``, the folder unpacked from it, or its ``ratings.dat`` alone (without
            titles then, unless ``movies.dat`` lies beside it). None takes the copy in the cache
            folder, which is downloaded where there is none.

    Returns:
        As `load_movielens_100k`.

    Raises:
        DownloadError: If there is no copy and it cannot be downloaded.
        FileNotFoundError: If the path leads to none of these files.
        ValueError: If a line is not a rating; the message names it.

    Source: Harper and Konstan (2015); terms of use in DATA-LICENSES.md.
    """
    return _load("load_movielens_1m", path)


def load_movielens_latest_small(path: Path | str | None = None) -> Interactions:
    """MovieLens latest-small of September 2018: 100,836 half-star ratings by 610 people.

    GroupLens replaces this edition now and then, and warns not to publish results on it. Without a
    path only the edition of 2018 is taken (9,724 rated films); fetch another one by hand and give
    its path. The embedded `load_movielens` is the edition of 2016.

    Args:
        path: ``ml-latest-small.zip``, the folder unpacked from it, or its ``ratings.csv`` alone
            (without titles then, unless ``movies.csv`` lies beside it). None takes the copy in the
            cache folder, which is downloaded where there is none.

    Returns:
        As `load_movielens_100k`.

    Raises:
        DownloadError: If there is no copy and it cannot be downloaded.
        FileNotFoundError: If the path leads to none of these files.
        ValueError: If a line is not a rating; the message names it.

    Source: Harper and Konstan (2015); terms of use in DATA-LICENSES.md.
    """
    return _load("load_movielens_latest_small", path)


def _load(loader: str, path: Path | str | None) -> Interactions:
    edition = EDITIONS[loader]
    place = _cached(loader) if path is None else Path(path)
    form, ratings, titles = _contents(loader, place)
    frame = _ratings(edition, form, place, ratings)
    if titles is not None:
        frame["label"] = frame["item"].map(_titles(form, titles))
    found = (len(frame), frame["user"].nunique(), frame["item"].nunique())
    if found != edition.counts:
        told = "{:,} ratings by {:,} users of {:,} items".format
        said = f"{place} holds {told(*found)}, not the {told(*edition.counts)} of {edition.name}"
        if path is None:
            raise ValueError(f"{said}; delete it to have it downloaded again")
        _log.warning(said)
    label = None if titles is None else "label"
    return Interactions.from_frame(frame, timestamp="timestamp", label=label)


def _cached(loader: str) -> Path:
    """The edition's archive in the cache folder; downloaded unless it is there and whole."""
    edition = EDITIONS[loader]
    path = cache_folder() / PurePosixPath(edition.url).name
    if path.is_file():
        try:
            check_hashes(path, edition.sha256, edition.md5)
            return path
        except DownloadError:
            pass  # damaged, or of another edition: replaced once a sound one has arrived
    return download(
        edition.url,
        path,
        sha256=edition.sha256,
        md5=edition.md5,
        instead=f"fetch that file with a browser and give its place: {loader}('…/{path.name}')",
    )


def _contents(loader: str, place: Path) -> tuple[_Form, str, bytes | None]:
    """The form of the files at a place, the text of the ratings and, if there, the titles."""
    edition = EDITIONS[loader]
    names = " or ".join(form.ratings for form in edition.forms)
    if not place.exists():
        raise FileNotFoundError(
            f"there is no file or folder {place}; give {PurePosixPath(edition.url).name}, the "
            f"folder unpacked from it or its {names}, or call {loader}() to have it downloaded"
        )
    if place.is_dir():
        paths = [*place.glob("*"), *place.glob("*/*")]
        files = {path.relative_to(place).as_posix(): path.read_bytes for path in paths}
    elif zipfile.is_zipfile(place):
        files = _members(place)
    else:
        return _single_file(edition, place)
    for form in edition.forms:
        found = [name for name in files if PurePosixPath(name).name == form.ratings]
        if found:
            name = PurePosixPath(min(found, key=len))  # the least deep
            titles = files.get(str(name.with_name(form.titles)))
            return form, _text(files[str(name)]()), None if titles is None else titles()
    raise FileNotFoundError(f"{place} holds no {names}; give the place of {edition.name}")


def _members(archive: Path) -> dict[str, Callable[[], bytes]]:
    """How to read each file of a zip."""

    def read(member: zipfile.ZipInfo) -> bytes:
        if member.file_size > _MOST_BYTES:
            raise ValueError(
                f"{archive}: {member.filename} has {member.file_size:,} bytes, more than any "
                "edition; give the place of GroupLens' own file"
            )
        try:
            with zipfile.ZipFile(archive) as opened:
                return opened.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as odd:
            raise ValueError(f"{archive} is damaged ({odd}); fetch it again") from None

    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
    except zipfile.BadZipFile as odd:
        raise ValueError(f"{archive} is damaged ({odd}); fetch it again") from None
    return {member.filename: partial(read, member) for member in members}


def _single_file(edition: Edition, place: Path) -> tuple[_Form, str, bytes | None]:
    """A ratings file by itself, known by its first line, whatever it is called."""
    content = place.read_bytes()
    if content.startswith(b"PK"):
        raise ValueError(f"{place} is an archive cut short; fetch it again")
    text = _text(content)
    first_line = text.split("\n", 1)[0]
    for form in edition.forms:
        cells = first_line.split(form.separator)
        plain = len(cells) == 4 and cells[0].isdecimal()
        if plain if form.columns is None else set(form.columns) <= set(cells):
            titles = place.with_name(form.titles)
            return form, text, titles.read_bytes() if titles.is_file() else None
    names = " or ".join(form.ratings for form in edition.forms)
    raise ValueError(
        f"{place} is no ratings file of {edition.name}: its first line is {first_line[:80]!r}; "
        f"give a file like its {names}, or read your own with read_ratings"
    )


def _text(content: bytes) -> str:
    """The text of a file; the films of the older editions are not written in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ratings(edition: Edition, form: _Form, place: Path, text: str) -> pd.DataFrame:
    """A frame with one row a rating, indexed by the lines of the file."""
    whole = _at_once(edition, form, text)
    if whole is not None:
        return whole
    low, high = edition.stars
    rows, lines = [], []
    for line, cells in _rows(text, form.separator, form.columns):
        try:
            user, item, stars, seconds = cells
            row = int(user), int(item), float(stars), int(float(seconds))
            sound = low <= row[2] <= high
        except (ValueError, OverflowError):
            sound = False
        if not sound:
            raise ValueError(
                f"{place}, line {line} of {form.ratings} is {form.separator.join(cells)!r}, not a "
                f"user, an item, {low:g} to {high:g} stars and seconds; mend or delete the line"
            )
        rows.append(row)
        lines.append(line)
    if not rows:
        raise ValueError(f"{place} has no rating in {form.ratings}; fetch it again")
    frame = pd.DataFrame(rows, lines, ["user", "item", "rating", "timestamp"])
    again = first_row(frame.duplicated(["user", "item"]))
    if again is not None:
        raise ValueError(
            f"{place}, line {lines[again]} of {form.ratings}: user {rows[again][0]} rates item "
            f"{rows[again][1]} a second time; keep one of the lines"
        )
    return frame


def _at_once(edition: Edition, form: _Form, text: str) -> pd.DataFrame | None:
    """The frame of a file without a fault, at several times the speed; None for any other."""
    low, high = edition.stars
    separator = "\t" if form.separator == "::" else form.separator
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an empty file
            table = np.loadtxt(
                io.StringIO(text.replace("::", "\t")),
                delimiter=separator,
                skiprows=0 if form.columns is None else 1,
                comments=None,
                ndmin=2,
            )
        header = text.split("\n", 1)[0].split(separator)
        places = range(4) if form.columns is None else [*map(header.index, form.columns)]
    except (ValueError, UserWarning):
        return None
    if table.shape[1] != len(places):
        return None
    ids = table[:, places[:2]]
    stars, seconds = table[:, places[2:]].T
    if not ((ids % 1 == 0).all() and ((stars >= low) & (stars <= high)).all()):
        return None
    frame = pd.DataFrame(ids.astype(np.int64), columns=["user", "item"])
    if frame.duplicated().any() or not np.isfinite(seconds).all():
        return None
    return frame.assign(rating=stars, timestamp=seconds.astype(np.int64))


def _titles(form: _Form, content: bytes) -> dict[int, str]:
    """The title of each item, with the year where that stands by itself."""
    titles = {}
    rows = _rows(_text(content), form.titles_separator, form.titles_columns)
    for line, cells in rows:
        if len(cells) < 2 or not cells[0].isdecimal():
            raise ValueError(
                f"line {line} of {form.titles} begins with {cells[0]!r}, not with the number of an "
                "item and its title; mend or delete the line"
            )
        year = cells[2] if form is _ATOMIC and len(cells) == 3 else ""
        titles[int(cells[0])] = f"{cells[1]} ({year})" if year.isdecimal() else cells[1]
    return titles


def _rows(
    text: str, separator: str, columns: tuple[str, ...] | None
) -> Iterable[tuple[int, list[str]]]:
    """The lines that are not empty, with their numbers; the named columns where there are names."""
    if separator == ",":
        reader = csv.reader(io.StringIO(text, newline=""))
        rows = [(reader.line_num, cells) for cells in reader if any(cells)]
    else:
        lines = enumerate(text.split("\n"), 1)
        rows = [(n, line.split(separator)) for n, line in lines if line.strip()]
    if columns is None or not rows:
        return rows
    header = rows[0][1]
    if not set(columns) <= set(header):
        raise ValueError(
            f"line 1 is {','.join(header)!r}; it must name the columns {', '.join(columns)}: fetch "
            "the file again"
        )
    places = [header.index(name) for name in columns]
    return [
        (n, [cells[place] for place in places] if len(cells) == len(header) else cells)
        for n, cells in rows[1:]
    ]
