"""Downloads from a server on this machine: whole and checked, or one sentence and no file."""

import hashlib
import http.server
import socket
import ssl
import threading
import traceback
import urllib.error

import pytest

from recsys_course.data import download as module
from recsys_course.data.download import DownloadError, check_hashes, download

BODY = bytes(range(256)) * 1000  # 256,000 bytes: more than one block
SHA256 = hashlib.sha256(BODY).hexdigest()
MD5 = hashlib.md5(BODY).hexdigest()


class Answers(http.server.BaseHTTPRequestHandler):
    """One kind of answer a path."""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        told = {
            "/good": lambda: self.send(BODY),
            "/without-length": lambda: self.send(BODY, length=None),
            "/cut": lambda: self.send(BODY[:100_000], length=len(BODY)),
            "/absent": lambda: self.send_error(404),
            "/broken": lambda: self.send_error(503),
            "/teapot": lambda: self.send(b"", status=499),
            "/moved": lambda: self.move("/good"),
            "/to-a-file": lambda: self.move("file:///etc/hostname"),
            "/to-ftp": lambda: self.move("ftp://127.0.0.1/good"),
            "/to-http-elsewhere": lambda: self.move("http://files.example.org/good"),
            "/in-circles": lambda: self.move("/in-circles"),
            "/garbage": lambda: self.wfile.write(b"this is not HTTP\r\n\r\n"),
            "/silent": lambda: self.server.released.wait(20),
            "/stalled": self.stall,
        }
        told[self.path]()

    def send(self, body, status=200, length=-1):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(len(body) if length < 0 else length))
        self.end_headers()
        self.wfile.write(body)

    def move(self, target):
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def stall(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY[:1000])
        self.wfile.flush()
        self.server.released.wait(20)


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    server.released = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def refused(tmp_path):
    """Download what cannot be had; gives the sentence, and sees that nothing is left behind."""

    def sentence(url, **options):
        options = {"sha256": SHA256, "timeout": 10.0} | options
        place = tmp_path / "cache" / "ml.zip"
        before = place.read_bytes() if place.exists() else None
        with pytest.raises(DownloadError) as error:
            download(url, place, instead="give a path", progress=False, **options)
        said = str(error.value)
        assert said.startswith(f"{url} could not be downloaded: ")
        assert said.endswith("; give a path")
        assert "\n" not in said
        whole = "".join(traceback.format_exception(error.value))
        assert "During handling" not in whole  # nothing of urllib is shown
        assert "urllib/request.py" not in whole
        left = [*place.parent.iterdir()] if place.parent.is_dir() else []
        assert left == ([] if before is None else [place])
        assert before is None or place.read_bytes() == before
        return said

    return sentence


@pytest.mark.parametrize("page", ["good", "without-length", "moved"])
def test_a_good_file_arrives_whole(address, page, tmp_path, capsys):
    place = tmp_path / "new" / "folder" / "ml.zip"
    assert download(f"{address}/{page}", str(place), sha256=SHA256, md5=MD5) == place
    assert place.read_bytes() == BODY
    assert [*place.parent.iterdir()] == [place]
    assert capsys.readouterr().out == ""  # a bar is drawn on the standard error alone


def test_an_earlier_file_is_replaced_only_by_a_sound_one(address, refused, tmp_path):
    place = tmp_path / "cache" / "ml.zip"
    place.parent.mkdir()
    place.write_bytes(b"earlier")
    refused(f"{address}/cut")
    refused(f"{address}/good", sha256="0" * 64)
    download(f"{address}/good", place, sha256=SHA256, progress=False)
    assert place.read_bytes() == BODY


@pytest.mark.parametrize("name", ["sha256", "md5"])
def test_another_file_is_refused_by_either_hash(address, refused, name):
    said = refused(f"{address}/good", **{name: "ab" * (32 if name == "sha256" else 16)})
    found = SHA256 if name == "sha256" else MD5
    assert f"({name.upper()} {found[:12]}… instead of abababababab…)" in said


def test_what_is_cut_short_is_refused(address, refused):
    assert "only 100,000 of 256,000 bytes arrived" in refused(f"{address}/cut")


def test_what_is_too_large_is_refused_announced_or_not(address, refused):
    said = refused(f"{address}/good", max_bytes=255_999)
    assert "the file has 256,000 bytes, more than the 255,999 allowed" in said
    said = refused(f"{address}/without-length", max_bytes=255_999)
    assert "the file has more than the 255,999 bytes allowed" in said


def test_the_limit_itself_is_allowed(address, tmp_path):
    place = tmp_path / "ml.zip"
    download(f"{address}/good", place, sha256=SHA256, max_bytes=256_000, progress=False)
    assert place.stat().st_size == 256_000


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("absent", "the server answers 404 (Not Found)"),
        ("broken", "the server answers 503 (Service Unavailable)"),
        ("teapot", "the server answers 499"),
        ("in-circles", "the server answers 302"),
        ("garbage", "the server broke off (BadStatusLine)"),
        ("to-a-file", "the server answers 302 (Found)"),  # urllib's own refusal
        ("to-ftp", "'ftp://127.0.0.1/good' is no https address"),
        ("to-http-elsewhere", "'http://files.example.org/good' is no https address"),
    ],
)
def test_what_a_server_may_answer_instead(address, refused, page, reason):
    assert reason in refused(f"{address}/{page}")


@pytest.mark.parametrize("page", ["silent", "stalled"])
def test_a_silent_server_is_left(address, refused, page):
    said = refused(f"{address}/{page}", timeout=0.2)
    assert "the server has been silent for 0.2 seconds" in said


def test_no_server_at_all(refused):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = refused(f"http://127.0.0.1:{port}/ml.zip")
    assert "there is no connection (Connection refused)" in said


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (
            socket.gaierror(-3, "Temporary failure in name resolution"),
            "there is no connection (Temporary failure in name resolution)",
        ),
        (
            ssl.SSLCertVerificationError(1, "certificate has expired"),
            "the server's certificate is not valid",
        ),
        (TimeoutError(), "the server has been silent for 10 seconds"),
    ],
)
def test_without_a_network(refused, monkeypatch, cause, reason):
    class Offline:
        def open(self, request, timeout):
            if isinstance(cause, ssl.SSLCertVerificationError):
                cause.verify_message = "certificate has expired"
            raise urllib.error.URLError(cause)

    monkeypatch.setattr(module, "_opener", lambda url: Offline())
    assert reason in refused("https://files.grouplens.org/ml.zip")


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://127.0.0.1/a", "http://192.0.2.1/a", "data:,a", "a.zip"]
)
def test_only_https_is_opened(refused, url):
    assert "is no https address, and nothing else is opened" in refused(url)


def test_a_folder_that_cannot_be_written_is_named(address, tmp_path):
    (tmp_path / "file").write_text("in the way")
    place = tmp_path / "file" / "ml.zip"
    with pytest.raises(DownloadError, match=r"ml\.zip cannot be written \(.*\); fetch it") as error:
        download(f"{address}/good", place, sha256=SHA256, instead="fetch it", progress=False)
    assert "\n" not in str(error.value)


def test_a_stop_by_hand_leaves_nothing(address, tmp_path, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_copy", stop)
    with pytest.raises(KeyboardInterrupt):
        download(f"{address}/good", tmp_path / "ml.zip", sha256=SHA256, progress=False)
    assert [*tmp_path.iterdir()] == []


def test_a_bar_is_drawn(address, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    download(f"{address}/good", tmp_path / "ml.zip", sha256=SHA256)
    assert "ml.zip" in capsys.readouterr().err
    download(f"{address}/good", tmp_path / "ml.zip", sha256=SHA256, progress=False)
    assert capsys.readouterr().err == ""


def test_hashes_of_a_file_at_hand(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    # from FIPS 180-2, appendix B.1, and RFC 1321, appendix A.5
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    check_hashes(path, known, "900150983cd24fb0d6963f7d28e17f72")
    with pytest.raises(DownloadError, match="MD5 900150983cd2… instead of 000000000000…"):
        check_hashes(path, known, "0" * 32)
