"""Vocabulary: ids of any hashable kind survive a file, and none is taken for another."""

import json
import math
import subprocess
import sys
from collections import namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.data.vocabulary import Vocabulary

OFFSETS = st.sampled_from([None, UTC, timezone(timedelta(hours=-3, minutes=-30))])
SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),  # of any size
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=[]), max_size=4),  # NULs and lone surrogates too
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(timezones=OFFSETS),
    st.uuids(),
    st.decimals(allow_nan=False),
)
ANY_ID = st.recursive(
    SIMPLE,
    lambda ids: st.lists(ids, max_size=3).map(tuple) | st.frozensets(ids, max_size=3),
    max_leaves=4,
)


def through_a_file(vocabulary: Vocabulary, path) -> Vocabulary:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **vocabulary.as_arrays())
    with np.load(path, allow_pickle=False) as stored:
        return Vocabulary.from_arrays(dict(stored))


def types_of(known) -> object:
    """The type of an id and of what it holds."""
    if isinstance(known, tuple):
        return tuple, tuple(map(types_of, known))
    if isinstance(known, frozenset):
        return frozenset, frozenset(map(types_of, known))
    return type(known)


def test_any_id_survives_a_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "vocabulary.npz"

    @given(st.lists(ANY_ID, unique=True, max_size=4), st.booleans())
    @settings(deadline=None, max_examples=80, database=None)
    def round_trip(ids, labelled):
        labels = [f"{n}\0" for n in range(len(ids))] if labelled else None
        loaded = through_a_file(Vocabulary(ids, labels), path)
        assert loaded.ids == tuple(ids)
        assert [*map(types_of, loaded.ids)] == [*map(types_of, ids)]
        assert loaded.labels == (None if labels is None else tuple(labels))
        np.testing.assert_array_equal(loaded.indices_of(ids), np.arange(len(ids)))

    round_trip()


HARD = {
    "a-nul-at-the-end": ["a", "a\0", "a\0\0", "\0"],
    "a-lone-surrogate": ["\ud800", "\udfff a"],
    "leading-zeros": ["007", "7", "07", 7],
    "text-that-looks-like-json": ['{"tuple": [1]}', "null", "true", '"', "\\"],
    "edges-of-64-bits": [2**63 - 1, -(2**63), 2**63, -(2**63) - 1],
    "a-number-of-6000-digits": [10**6000, -(10**6000)],
    "whole-numbers-beside-text": [1, "1"],
    "truth-values": [True, False],
    "truth-values-beside-a-number": [True, 0],
    "bool-and-none": [True, False, None],
    "floats": [0.1, math.inf, -math.inf, 5e-324, 1e16 + 2],
    "bytes": [b"", b"\0\xff", b"a"],
    "nested": [("a", (1, None, (b"x", 2.5)))],
    "empty-ones": ["", (), frozenset(), b""],
    "sets-of-sets": [frozenset({frozenset({1, "a"}), 2})],
    "dates": [date(1, 1, 1), datetime(1, 1, 1), datetime(2009, 12, 14, 2, 52, 24, 123456)],
    "dates-with-an-offset": [datetime(2009, 1, 1, tzinfo=timezone(timedelta(hours=5.75)))],
    "identifiers": [UUID(int=0), UUID(int=2**128 - 1)],
    "decimals": [Decimal("1.10"), Decimal("1E+3"), Decimal("Infinity")],
}


@pytest.mark.parametrize("ids", HARD.values(), ids=HARD)
def test_hard_ids_survive_a_file(ids, tmp_path):
    loaded = through_a_file(Vocabulary(ids), tmp_path / "hard.npz")
    assert loaded.ids == tuple(ids)
    assert [*map(types_of, loaded.ids)] == [*map(types_of, ids)]


def test_the_sign_of_zero_and_the_digits_of_a_decimal_survive(tmp_path):
    loaded = through_a_file(Vocabulary([-0.0, Decimal("1.10")]), tmp_path / "zero.npz")
    assert math.copysign(1, loaded.ids[0]) == -1
    assert str(loaded.ids[1]) == "1.10"


def test_what_a_file_holds_is_written_down():
    # the format itself: a change of it must read these files all the same
    assert Vocabulary([3, -1]).as_arrays()["ids"].dtype == np.int64
    stored = Vocabulary(["a", 1, 2**64, (0.5, b"\x01")], ["A", "B", "C", "Ö"]).as_arrays()
    assert stored["ids"].dtype == stored["labels"].dtype == np.uint8
    assert json.loads(stored["ids"].tobytes()) == [
        "a",
        1,
        {"int": "0x10000000000000000"},
        {"tuple": [{"float": "0x1.0000000000000p-1"}, {"bytes": "01"}]},
    ]
    assert stored["labels"].tobytes() == b'["A", "B", "C", "\\u00d6"]'


def test_whole_numbers_are_an_array_as_far_as_64_bits_go(tmp_path):
    edges = [2**63 - 1, -(2**63)]
    assert Vocabulary(edges).as_arrays()["ids"].tolist() == edges
    assert Vocabulary(edges).as_arrays()["ids"].dtype == np.int64
    for beyond in (2**63, -(2**63) - 1):
        assert through_a_file(Vocabulary([beyond]), tmp_path / "beyond.npz").ids == (beyond,)


def test_files_of_earlier_versions_are_read():
    old = {"ids": np.array(["007", "Юля"]), "labels": np.array(["Bond", "Julia"]), "other": 0}
    loaded = Vocabulary.from_arrays(old)
    assert loaded.ids == ("007", "Юля")
    assert loaded.labels == ("Bond", "Julia")
    assert Vocabulary.from_arrays({"ids": np.array([7, 8])}).ids == (7, 8)


def test_a_set_is_written_alike_in_every_process():
    code = (
        "from recsys_course.data.vocabulary import Vocabulary\n"
        "ids = [frozenset('abcdefgh'), frozenset({('x', 1), 2, None})]\n"
        "print(Vocabulary(ids).as_arrays()['ids'].tobytes())"
    )
    said = {
        subprocess.check_output(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, text=True
        )
        for seed in ("1", "2")
    }
    assert len(said) == 1


Pair = namedtuple("Pair", "user item")


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(
    ("known", "named"),
    [
        (Fraction(1, 3), r"Fraction\(1, 3\) \(Fraction\)"),
        (1 + 2j, r"\(1\+2j\) \(complex\)"),
        (Colour.RED, r"<Colour.RED: 1> \(Colour\)"),
        (Pair("ann", 1), r"Pair\(user='ann', item=1\) \(Pair\)"),  # its names would be lost
        (datetime(2020, 10, 25, 2, tzinfo=ZoneInfo("UTC")), r"datetime.*ZoneInfo.*\(datetime\)"),
        (("ann", math.nan), r"nan \(float\)"),  # read back, it would not equal itself
        (frozenset({object}), r"<class 'object'> \(type\)"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_by_its_value_and_type(known, named):
    vocabulary = Vocabulary(["ann", known])
    assert vocabulary.index_of(known) == 1  # in memory it is an id like others
    with pytest.raises(TypeError, match=rf"^id {named} cannot be saved; use .*str.*tuple.*UUID"):
        vocabulary.as_arrays()


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"labels": np.array(["A"])},
        {"ids": np.frombuffer(b"[1, 2", np.uint8)},
        {"ids": np.frombuffer(b"7", np.uint8)},
        {"ids": np.frombuffer(b"\xff\xfe\x00", np.uint8)},
        {"ids": np.frombuffer(b'[{"tuple": 3}]', np.uint8)},
        {"ids": np.frombuffer(b'[{"eval": "1"}]', np.uint8)},
        {"ids": np.frombuffer(b'[{"int": "1", "float": "2"}]', np.uint8)},
        {"ids": np.frombuffer(b'[{"UUID": "x"}]', np.uint8)},
        {"ids": np.frombuffer(b'[{"Decimal": "x"}]', np.uint8)},
        {"ids": np.frombuffer(b'[{"date": 3}]', np.uint8)},
        {"ids": np.frombuffer(b"[NaN]", np.uint8)},
        {"ids": np.frombuffer(b"[[1]]", np.uint8)},
        {"ids": np.frombuffer(b"[1, 1]", np.uint8)},
        {"ids": np.frombuffer(b"[" * 100_000, np.uint8)},
        {"ids": np.array([1, 2]), "labels": np.array(["A"])},
    ],
)
def test_damaged_ids_are_one_sentence(stored):
    with pytest.raises(ValueError, match=r"stored ids cannot be read .*save them anew") as error:
        Vocabulary.from_arrays(stored)
    assert "\n" not in str(error.value)


def test_numpy_scalars_become_the_values_that_they_equal():
    whole = np.array([3, 1], dtype=np.int16)
    vocabulary = Vocabulary([*whole, np.str_("a"), np.float32(0.5), np.bytes_(b"b")])
    assert vocabulary.ids == (3, 1, "a", 0.5, b"b")
    assert [type(known) for known in vocabulary.ids] == [int, int, str, float, bytes]
    assert vocabulary.index_of(np.int64(3)) == 0
    assert type(Vocabulary([np.False_]).ids[0]) is bool
    assert Vocabulary(["a"], [1984]).labels == ("1984",)
    assert Vocabulary(["a"], np.array(["Alien"])).as_arrays()["labels"].tobytes() == b'["Alien"]'


def test_equal_ids_are_one_id():
    # as for the keys of a dictionary: found by any of their spellings, refused side by side
    vocabulary = Vocabulary([1, 0.5])
    assert vocabulary.index_of(1.0) == vocabulary.index_of(True) == 0
    for pair in ([1, True], [0, 0.0], [2.0, 2], [False, 0], [1, Decimal(1)]):
        said = rf"ids\[0\] is {pair[0]!r} and ids\[1\] is .*equal.*make all ids text"
        with pytest.raises(ValueError, match=said):
            Vocabulary(pair)
    with pytest.raises(ValueError, match=r"'a' stands twice, as ids\[0\] and ids\[2\]; list it"):
        Vocabulary(["a", "b", "a"])
    assert len(Vocabulary(["1", 1, b"1", ("1",), None, "None"])) == 6


@pytest.mark.parametrize("lost", [math.nan, np.float64("nan"), Decimal("nan")])
def test_an_id_that_does_not_equal_itself_is_refused(lost):
    with pytest.raises(ValueError, match=r"(?i)ids\[1\] is .*nan.*equals nothing.*drop its rows"):
        Vocabulary(["ann", lost])


@pytest.mark.parametrize("known", [["ann", 1], {"ann": 1}, np.array([1]), ("a", [1])])
def test_an_id_that_no_dictionary_can_hold_is_refused(known):
    with pytest.raises(TypeError, match=r"ids\[1\] is .*not hashable; make it text or a tuple"):
        Vocabulary(["ann", known])
