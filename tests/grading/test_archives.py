"""What hostile and broken zips come to: each expected outcome is literal, nothing is unpacked."""

import io
import struct
import zipfile
import zlib

import pytest

from recsys_course.classroom.grading import archives, candidates, places
from recsys_course.classroom.grading.gathering import gather

RIGHT = b'{"cells": [], "metadata": {"recsys_course": {"kind": "exercise", "slug": "mf_loss"}}}'
DAMAGED = "It is damaged or cut off inside the zip; ask for it again."
NO_ZIP = "It is no zip that can be read, or it is cut off; ask for it again."
LEADS_OUT = "The name of file 2 in the zip leads outside it."


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def info(name, **values):
    entry = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
    for attribute, value in values.items():
        setattr(entry, attribute, value)
    return entry


GOOD = ("rivera/03_mf_loss.ipynb", RIGHT)
OTHER = ("chen/03_mf_loss.ipynb", RIGHT + b"\n")


def gathered(tmp_path, content, name="class.zip"):
    path = tmp_path / name
    path.write_bytes(content)
    before = sorted(p.name for p in tmp_path.parent.rglob("*"))
    found = gather([path])
    assert sorted(p.name for p in tmp_path.parent.rglob("*")) == before  # nothing was unpacked
    return found


def refusals(found):
    return [(one.student, one.outcome, one.reason) for one in found.refused]


def students(found):
    return [one.student for one in found.found]


def encrypted():
    content = bytearray(zipped(GOOD, OTHER))
    content[content.rindex(b"PK\x01\x02", 0, content.rindex(b"PK\x01\x02")) + 8] |= 1
    return bytes(content)


def lying(size):
    """The first file announces another size than it has."""
    content = bytearray(zipped(GOOD, OTHER))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", size)
    return bytes(content)


def flipped():
    content = bytearray(zipped(GOOD, OTHER, method=zipfile.ZIP_STORED))
    content[content.index(b"exercise")] ^= 1
    return bytes(content)


def moved():
    """The first file is said to begin beyond the end."""
    content = bytearray(zipped(GOOD, OTHER))
    at = content.index(b"PK\x01\x02") + 42
    content[at : at + 4] = struct.pack("<I", 1_000_000)
    return bytes(content)


HOSTILE = {
    "a name with ..": (
        zipped(OTHER, ("rivera/../../../evil.py", b"x = 1")),
        [("rivera", "tried to cheat", LEADS_OUT)],
    ),
    "an absolute name": (
        zipped(OTHER, ("/etc/cron.d/evil.py", b"x = 1")),
        [("etc", "tried to cheat", LEADS_OUT)],
    ),
    "a Windows drive": (
        zipped(OTHER, ("C:\\Windows\\evil.py", b"x = 1")),
        [("C:", "tried to cheat", LEADS_OUT)],
    ),
    ".. with backslashes": (
        zipped(OTHER, ("rivera\\..\\..\\evil.py", b"x = 1")),
        [("rivera", "tried to cheat", LEADS_OUT)],
    ),
    "a way out to a hidden file": (
        zipped(OTHER, ("rivera/../../.ssh/authorized_keys", b"key")),
        [("rivera", "tried to cheat", LEADS_OUT)],
    ),
    "a symbolic link": (
        zipped(OTHER, (info("rivera/x.py", external_attr=0o120777 << 16), b"/etc/passwd")),
        [("rivera", "tried to cheat", "File 2 in the zip is a link, not a file.")],
    ),
    "a zip in a student's zip": (
        zipped(OTHER, ("rivera.zip", zipped(("deep.zip", zipped(GOOD))))),
        [
            (
                "rivera",
                "could not be read",
                "A zip inside a zip is not opened; hand in the notebook itself.",
            )
        ],
    ),
    "an encrypted file": (
        encrypted(),
        [
            (
                "rivera",
                "could not be read",
                "It is encrypted; hand it in without a password.",
            )
        ],
    ),
    "a file that announces too little": (lying(10), [("rivera", "could not be read", DAMAGED)]),
    "a file that announces too much": (lying(5000), [("rivera", "could not be read", DAMAGED)]),
    "a file of 4 GB in few bytes": (
        lying(4_000_000_000),
        [
            (
                "rivera",
                "could not be read",
                "It is over 50 MB; clear its outputs, save it and hand it in again.",
            )
        ],
    ),
    "a changed byte": (flipped(), [("rivera", "could not be read", DAMAGED)]),
    "a file that begins nowhere": (moved(), [("rivera", "could not be read", DAMAGED)]),
    "an empty notebook": (
        zipped(OTHER, ("rivera/03_mf_loss.ipynb", b" \n")),
        [("rivera", "could not be read", "It is empty; hand in the saved notebook.")],
    ),
    "a rare method of packing": (
        zipped(OTHER, (info("rivera/x.py", compress_type=zipfile.ZIP_BZIP2), b"x")),
        [
            (
                "rivera",
                "could not be read",
                "It is packed by a rare method; zip it again in the usual way (deflate).",
            )
        ],
    ),
    "a student's zip that is none": (
        zipped(OTHER, ("rivera.zip", b"PK but no zip")),
        [("rivera", "could not be read", NO_ZIP)],
    ),
    "a student's zip that is cut off": (
        zipped(OTHER, ("rivera.zip", zipped(GOOD)[:-10])),
        [("rivera", "could not be read", NO_ZIP)],
    ),
}


@pytest.mark.parametrize(("content", "expected"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_member_is_refused_and_the_others_are_found(tmp_path, content, expected):
    found = gathered(tmp_path, content)
    assert refusals(found) == expected
    assert students(found) == ["chen"]
    assert found.found[0].read() == OTHER[1]


def test_whoever_hides_a_way_out_in_a_zip_gets_nothing_of_it_graded(tmp_path):
    evil = zipped(GOOD, ("../../evil.py", b"x"))
    found = gathered(tmp_path, zipped(OTHER, ("rivera.zip", evil)))
    assert students(found) == ["chen"]
    assert refusals(found) == [("rivera", "tried to cheat", LEADS_OUT)]
    assert [one.source.removeprefix(str(tmp_path)) for one in found.left_aside] == [
        "/class.zip/rivera.zip/rivera/03_mf_loss.ipynb"
    ]


def test_a_bomb_is_given_up_after_the_student_s_share(tmp_path, monkeypatch):
    zeros = zlib.compressobj(9, zlib.DEFLATED, -15)
    n_bytes = 1_000_000
    member = (zeros.compress(bytes(n_bytes)) + zeros.flush(), zlib.crc32(bytes(n_bytes)))
    monkeypatch.setattr(candidates, "_MOST_STUDENT_BYTES", 8 * n_bytes)
    read = []
    inflate = places.Member.unpack

    def counted(self, stream, limit):
        content = inflate(self, stream, limit)
        read.append(len(content))
        return content

    monkeypatch.setattr(places.Member, "unpack", counted)
    bomb = [(f"rivera/{k:02d}.py", *member, n_bytes) for k in range(40)]
    found = gathered(tmp_path, of_parts([*bomb, ("chen/03_mf_loss.py", *stored(b"x = 1"))]))
    assert sum(read) == 8 * n_bytes + 5
    assert students(found) == ["chen"]
    assert {one.outcome for one in found.refused} == {"could not be read"}


def stored(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush(), zlib.crc32(content), len(content)


def of_parts(members):
    """A zip whose members are packed already."""
    body, table = b"", b""
    for name, packed, checksum, size in members:
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x5C21, checksum, len(packed), size,
                             len(name), 0)  # fmt: skip
        table += b"PK\x01\x02" + struct.pack("<H", 20) + fields
        table += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\x03\x04" + fields + name.encode() + packed
    n = len(members)
    end = struct.pack("<HHHHIIH", 0, 0, n, n, len(table), len(body), 0)
    return body + table + b"PK\x05\x06" + end


def test_a_table_of_contents_without_end_is_not_read_into_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_MOST_DIRECTORY_BYTES", 100_000)
    many = zipped(*((f"{k:05d}.txt", b"") for k in range(3000)))
    found = gathered(tmp_path, zipped(OTHER, ("rivera.zip", many)))
    assert refusals(found) == [
        (
            "rivera",
            "could not be read",
            "It lists more files than anybody hands in; zip the notebooks alone.",
        )
    ]


def test_thousands_of_students_in_one_zip_are_found_in_order(tmp_path):
    members = [(f"student{k:04d}/03_mf_loss.py", f"x = {k}".encode()) for k in range(2000)]
    found = gathered(tmp_path, zipped(*members))
    assert len(found.found) == 2000
    assert found.found[1234].student == "student1234"
    assert found.found[1234].read() == b"x = 1234"


def test_a_student_with_thousands_of_files_is_refused_in_one_sentence(tmp_path):
    members = [(f"rivera/{k:04d}.py", b"x = 1") for k in range(1500)]
    found = gathered(tmp_path, zipped(OTHER, *members))
    assert students(found) == ["chen"]
    assert len(found.refused) == 1
    assert len(found.left_aside) == 200


def test_a_zip64_is_read(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in (GOOD, OTHER):
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    assert students(gathered(tmp_path, stream.getvalue())) == ["chen", "rivera"]


def test_names_are_read_in_utf8_with_and_without_its_flag_and_in_cp437(tmp_path):
    content = zipped(("XXXXXXX/03_mf_loss.py", b"x = 1"), ("YYYYYY/03_mf_loss.py", b"x = 2"))
    content = content.replace(b"XXXXXXX", "Zoë Li".encode()).replace(b"YYYYYY", b"Jos\x82 L")
    assert students(gathered(tmp_path, content)) == ["José L", "Zoë Li"]
    assert students(gathered(tmp_path, zipped(("Zoë Ёж/03_mf_loss.py", b"x"), OTHER))) == [
        "Zoë Ёж",
        "chen",
    ]


def test_what_programs_leave_behind_is_passed_over(tmp_path):
    left = [
        "__MACOSX/rivera/._03_mf_loss.ipynb",
        "rivera/.ipynb_checkpoints/03_mf_loss-checkpoint.ipynb",
        "rivera/__pycache__/x.py",
        "rivera/venv/lib/site-packages/numpy/random.py",
        "rivera/plot.png",
    ]
    content = zipped(("rivera/", b""), GOOD, OTHER, *((name, b"x = 1") for name in left))
    found = gathered(tmp_path, content)
    assert students(found) == ["chen", "rivera"]
    assert found.left_aside == ()
    assert found.refused == ()


def test_of_two_members_with_one_name_the_later_counts(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(
            (info(GOOD[0]), RIGHT + b" "),
            (info(GOOD[0], date_time=(2026, 1, 2, 3, 4, 8)), RIGHT),
            OTHER,
        )
    found = gathered(tmp_path, content)
    assert found.found[1].read() == RIGHT
    assert len(found.left_aside) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"x" * 1000, zipped(GOOD)[:50]],
    ids=["empty", "two letters", "letters", "cut off"],
)
def test_a_zip_that_is_none_is_refused(tmp_path, content):
    found = gathered(tmp_path, content, "rivera.zip")
    assert refusals(found) == [("rivera", "could not be read", NO_ZIP)]


def test_a_zip_without_answers_is_one_clear_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"class.zip: there is nothing to grade; give notebooks"):
        gathered(tmp_path, zipped(("readme.txt", b"nothing")))


def test_a_zip_cut_anywhere_ends_in_a_sentence(tmp_path):
    content = zipped(GOOD, OTHER, ("li.zip", zipped(GOOD)))
    for end in range(0, len(content), 17):
        found = gathered(tmp_path, content[:end])
        assert refusals(found) == [("class", "could not be read", NO_ZIP)]


def test_a_zip_with_any_byte_changed_is_read_or_refused(tmp_path):
    content = zipped(GOOD, OTHER)
    table = content.index(b"PK\x01\x02")
    n_empty = 0
    for at in range(table, len(content)):
        broken = bytearray(content)
        broken[at] ^= 0xFF
        path = tmp_path / "class.zip"
        path.write_bytes(broken)
        try:
            found = gather([path]).found
        except ValueError:  # the first name's length: it swallows the second file
            n_empty += 1
            continue
        for one in found:
            assert one.read() in {GOOD[1], OTHER[1]}
    assert n_empty == 2
