"""Where a report goes, and what it may replace there."""

from __future__ import annotations

from pathlib import Path

from recsys_course.classroom.whole_files import write_whole

__all__ = ["MARK", "target_for", "write_report"]

MARK = '<meta name="generator" content="recsys-course report">'
_HEAD = 8192  # bytes of a page within which the mark stands


def target_for(data: Path, wanted: Path | None = None) -> Path:
    """Where the page about a file will be, checked before any work is done.

    Without a wish it is the current folder: the data may lie where nobody may write, or where a
    page with people's ids should not turn up.

    Args:
        data: The file of ratings.
        wanted: Where the page should go, or None.

    Returns:
        The page's path.

    Raises:
        ValueError: If a file stands there that is no report.
        FileNotFoundError: If the folder does not exist.
    """
    target = wanted if wanted is not None else Path(f"{data.stem}-report.html")
    if target.is_dir():
        raise ValueError(f"{target} is a folder; name a file in it, such as {target / 'r.html'}")
    if not target.absolute().parent.is_dir():
        raise FileNotFoundError(f"{target} cannot be written: its folder does not exist")
    if target.exists() and not _is_report(target):
        raise ValueError(
            f"{target} exists and is no report of this course, so it stays as it is; name another "
            "file with --out, or move it away"
        )
    return target


def write_report(target: Path, page: str) -> bool:
    """Write a report, whole or not at all.

    Args:
        target: What `target_for` returned.
        page: The page, with the mark in its head.

    Returns:
        Whether it replaced an earlier report.

    Raises:
        ValueError: If meanwhile a file stands there that is no report.
    """
    earlier = target.exists()
    if earlier and not _is_report(target):
        raise ValueError(
            f"{target} was written by something else in the meantime, so it stays as it is; name "
            "another file with --out"
        )
    write_whole(target, page)
    return earlier


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return MARK.encode() in file.read(_HEAD)
