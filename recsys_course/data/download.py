"""One file from the web: whole and with the right hash, or not at all."""

from __future__ import annotations

import hashlib
import http.client
import secrets
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from recsys_course.data.bars import Bar

__all__ = ["DownloadError", "check_hashes", "download"]

_BLOCK = 1 << 16  # bytes read at a time
_MEGABYTE = 1_000_000
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class DownloadError(OSError):
    """A file could not be downloaded; the message is one sentence that ends with what to do."""


def download(
    url: str,
    path: Path | str,
    *,
    sha256: str,
    md5: str | None = None,
    max_bytes: int = 100_000_000,
    timeout: float = 30.0,
    instead: str = "try again later, or fetch the file by hand",
    progress: bool = True,
) -> Path:
    """Fetch one file, check it, and only then give it its name.

    What arrives is written beside the place under another name, so that ``path`` is either whole
    and checked or absent.

    Args:
        url: Where the file is: https, also after a redirect (http from this machine alone).
        path: Where it shall lie; its folder is made.
        sha256: The file's SHA-256, in hexadecimal digits.
        md5: The file's MD5, where its publisher gives that one; checked as well.
        max_bytes: More is refused, announced or not.
        timeout: Seconds without a byte after which the server counts as silent.
        instead: The next step, told at the end of every error.
        progress: Show a bar with the time left.

    Returns:
        The path.

    Raises:
        DownloadError: If the file cannot be had, is not the one expected, or cannot be written;
            nothing is left behind.
    """
    path = Path(path)
    with _one_sentence(url, timeout, instead), _beside(path) as (file, unfinished):
        with file, _opener(url).open(_request(url), timeout=timeout) as answer:
            _copy(answer, file, path.name, max_bytes, progress)
        check_hashes(unfinished, sha256, md5)
        unfinished.replace(path)
    return path


def check_hashes(path: Path, sha256: str, md5: str | None = None) -> None:
    """Compare a file with what is known of it.

    Args:
        path: The file.
        sha256: Its SHA-256, in hexadecimal digits.
        md5: Its MD5, or None.

    Raises:
        DownloadError: If one of them differs.
    """
    content = path.read_bytes()
    for name, expected in (("sha256", sha256), ("md5", md5)):
        # MD5 protects from nothing, but it is what publishers give; some machines bar it otherwise.
        found = hashlib.new(name, content, usedforsecurity=False).hexdigest()
        if expected is not None and found != expected:
            raise DownloadError(
                f"what arrived is not the file this course knows ({name.upper()} {found[:12]}… "
                f"instead of {expected[:12]}…)"
            )


@contextmanager
def _beside(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file in the same folder, which is gone afterwards unless it was renamed.

    Yields:
        The file, open for writing, and its path.
    """
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = unfinished.open("xb")
    except OSError as odd:
        raise DownloadError(f"{path} cannot be written ({odd.strerror})") from None
    try:
        yield file, unfinished
    finally:
        unfinished.unlink(missing_ok=True)


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Redirects are followed to where `download` itself would go, never to a file."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        """Refuse an address of another kind, then do as urllib does."""
        try:
            _refuse_scheme(newurl)
        except DownloadError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Opens http and https alone: urllib's own opener would read file:// and ftp:// too."""
    _refuse_scheme(url)
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SafeRedirects(),
    ):
        opener.add_handler(handler)
    return opener


def _refuse_scheme(url: str) -> None:
    told = urllib.parse.urlsplit(url)
    if told.scheme != "https" and not (told.scheme == "http" and told.hostname in _THIS_MACHINE):
        raise DownloadError(f"{url!r} is no https address, and nothing else is opened")


def _request(url: str) -> urllib.request.Request:
    return urllib.request.Request(url, headers={"User-Agent": "recsys-course"})


def _copy(
    answer: http.client.HTTPResponse, file: BinaryIO, name: str, max_bytes: int, progress: bool
) -> None:
    """Copy the body, and refuse one that is too large or ends too early."""
    announced = answer.headers.get("Content-Length", "")
    expected = int(announced) if announced.isdecimal() else None
    if expected is not None and expected > max_bytes:
        raise DownloadError(f"the file has {expected:,} bytes, more than the {max_bytes:,} allowed")
    total = None if expected is None else expected / _MEGABYTE
    with Bar(name, total, "MB", digits=1, show=progress) as bar:
        bar.update(0)
        arrived = 0
        while block := answer.read(_BLOCK):
            arrived += len(block)
            if arrived > max_bytes:
                raise DownloadError(f"the file has more than the {max_bytes:,} bytes allowed")
            file.write(block)
            bar.update(arrived / _MEGABYTE)
    if expected is not None and arrived < expected:
        raise DownloadError(f"only {arrived:,} of {expected:,} bytes arrived")


@contextmanager
def _one_sentence(url: str, timeout: float, instead: str) -> Iterator[None]:
    """Whatever goes wrong is told as one sentence that says what, where and what to do."""
    try:
        yield
    except urllib.error.HTTPError as odd:
        phrase = HTTPStatus(odd.code).phrase if odd.code in set(HTTPStatus) else odd.reason
        odd.close()
        reason = f"the server answers {odd.code} ({phrase})"
    except (TimeoutError, urllib.error.URLError, http.client.HTTPException, OSError) as odd:
        reason = _reason(odd, timeout)
    else:
        return
    raise DownloadError(f"{url} could not be downloaded: {reason}; {instead}") from None


def _reason(odd: Exception, timeout: float) -> str:
    cause = odd.reason if isinstance(odd, urllib.error.URLError) else odd
    if isinstance(cause, TimeoutError):
        return f"the server has been silent for {timeout:g} seconds"
    if isinstance(cause, http.client.HTTPException):
        return f"the server broke off ({type(cause).__name__})"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the server's certificate is not valid ({cause.verify_message})"
    if isinstance(cause, OSError) and cause.strerror:
        where = "there is no connection" if isinstance(odd, urllib.error.URLError) else "it failed"
        return f"{where} ({cause.strerror})"
    return " ".join(str(cause).split())
