"""Splits: no row lost, none doubled, none on both sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import Split, k_fold, random_split
from recsys_course.data.vocabulary import Vocabulary


def make_interactions(n: int, seed: int = 0) -> Interactions:
    """n distinct pairs of 30 users and 40 items; the timestamp tells the row."""
    cells = np.random.default_rng(seed).permutation(1200)[:n]
    return Interactions(
        cells // 40, cells % 40, cells % 5 + 1, np.arange(n),
        Vocabulary(range(30)), Vocabulary(range(40)),
    )  # fmt: skip


def rows(part: Interactions) -> list[tuple]:
    columns = (part.timestamps, part.users, part.items, part.ratings)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(
    n=st.integers(2, 400),
    seed=st.integers(0, 2**32 - 1),
    fraction=st.floats(0.01, 0.99),
)
@settings(deadline=None, max_examples=60)
def test_a_random_split_is_a_partition(n, seed, fraction):
    interactions = make_interactions(n)
    n_test = round(fraction * n)
    if not 0 < n_test < n:
        with pytest.raises(ValueError, match="test_fraction"):
            random_split(interactions, np.random.default_rng(seed), fraction)
        return
    split = random_split(interactions, np.random.default_rng(seed), fraction)
    assert len(split.test) == n_test
    assert sorted(rows(split.train) + rows(split.test)) == rows(interactions)
    for part in (split.train, split.test):
        assert part.user_vocabulary is interactions.user_vocabulary
        assert part.item_vocabulary is interactions.item_vocabulary
        assert np.all(np.diff(part.timestamps) > 0)  # rows stay in their order


def test_four_fifths_train_by_default():
    split = random_split(make_interactions(100), np.random.default_rng(0))
    assert (len(split.train), len(split.test)) == (80, 20)
    assert "80" in split.name
    assert "20" in split.name


def test_the_seed_decides_the_split():
    interactions = make_interactions(200)
    first = random_split(interactions, np.random.default_rng(1))
    again = random_split(interactions, np.random.default_rng(1))
    other = random_split(interactions, np.random.default_rng(2))
    assert first.test.fingerprint() == again.test.fingerprint()
    assert first.test.fingerprint() != other.test.fingerprint()


def test_every_row_is_tested_equally_often():
    interactions = make_interactions(50)
    rng = np.random.default_rng(3)
    times = np.zeros(50)
    for _ in range(2000):
        times[random_split(interactions, rng, 0.2).test.timestamps] += 1
    # binomial share 0.2, sd √(2000 · 0.16) = 17.9; 4.5 sd for 50 rows
    assert np.all(np.abs(times - 400) < 4.5 * 17.9)


@given(n=st.integers(2, 200), n_folds=st.integers(2, 12), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_folds_partition_the_rows(n, n_folds, seed):
    n_folds = min(n, n_folds)
    interactions = make_interactions(n)
    splits = k_fold(interactions, n_folds, np.random.default_rng(seed))
    assert len(splits) == n_folds
    tested = [row for split in splits for row in rows(split.test)]
    assert sorted(tested) == rows(interactions)  # each row in exactly one test part
    sizes = [len(split.test) for split in splits]
    assert max(sizes) - min(sizes) <= 1
    for split in splits:
        assert sorted(rows(split.train) + rows(split.test)) == rows(interactions)


def test_folds_are_shuffled_named_and_repeat_with_their_seed():
    interactions = make_interactions(100)
    splits = k_fold(interactions, 5, np.random.default_rng(4))
    again = k_fold(interactions, 5, np.random.default_rng(4))
    assert len({split.name for split in splits}) == 5
    assert [s.test.fingerprint() for s in splits] == [s.test.fingerprint() for s in again]
    assert not np.array_equal(splits[0].test.timestamps, np.arange(20))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 1.5])
def test_fractions_that_leave_a_part_empty_are_refused(fraction):
    with pytest.raises(ValueError, match="test_fraction"):
        random_split(make_interactions(10), np.random.default_rng(0), fraction)


@pytest.mark.parametrize("n_folds", [-1, 0, 1, 11])
def test_numbers_of_folds_that_do_not_fit_are_refused(n_folds):
    with pytest.raises(ValueError, match=rf"n_folds is {n_folds}.*2.*10"):
        k_fold(make_interactions(10), n_folds, np.random.default_rng(0))


def test_a_leak_is_refused():
    interactions = make_interactions(10)
    with pytest.raises(ValueError, match=r"user index \d+ and item index \d+.*leak"):
        Split(interactions.subset(np.arange(6)), interactions.subset(np.arange(5, 10)), "mine")


def test_parts_of_different_tables_are_refused():
    with pytest.raises(ValueError, match="vocabularies"):
        Split(make_interactions(5), make_interactions(6, seed=1), "mine")
