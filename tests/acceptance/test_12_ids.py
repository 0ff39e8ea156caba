"""Property 12: any hashable id survives fit → recommend → save → load."""

from datetime import date
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.models.ease import EASE
from recsys_course.models.neighborhood import ItemNeighbors

# What people have for ids: four users a kind.
IDS = {
    "whole numbers": [3, -1, 2**40, 0],
    "whole numbers beyond 64 bits": [2**64, -(2**70), 10**30, 1],
    "text": ["007", "7", "Юля", ""],
    "text that files trip over": ["a", "a\0", "line\nend", "\ud800"],
    "bytes": [b"", b"\0", b"\xff", b"a"],
    "pairs": [("shop", 1), ("shop", 2), ("web", 1), ("web", ("a", None))],
    "sets": [frozenset(), frozenset({1}), frozenset({1, "b"}), frozenset({(1, 2)})],
    "floats": [0.5, 1.5, -0.25, float("inf")],
    "dates": [date(2009, 12, n) for n in (14, 15, 16, 17)],
    "identifiers": [UUID(int=n) for n in range(4)],
    "of several kinds": [7, "7", ("7",), b"7"],
}


@pytest.fixture(params=IDS.values(), ids=IDS)
def table(request):
    """Four users and four items whose ids are all of one kind; user n rates all items but n."""
    ids = request.param
    cells = [(user, item) for user in range(4) for item in range(4) if user != item]
    users, items = (pd.Series([None] * len(cells), dtype=object) for _ in range(2))
    for row, (user, item) in enumerate(cells):  # one by one: pandas would unpack a tuple
        users.iat[row], items.iat[row] = ids[user], ids[item]
    return pd.DataFrame({"user": users, "item": items, "rating": np.arange(1.0, 13.0)})


def known_rows(interactions: Interactions) -> dict:
    """What each user gave each item, by their ids."""
    users, items = interactions.user_vocabulary.ids, interactions.item_vocabulary.ids
    triples = zip(
        interactions.users, interactions.items, interactions.ratings.tolist(), strict=True
    )
    return {(users[user], items[item]): rating for user, item, rating in triples}


def test_ids_survive_a_file(table, tmp_path):
    interactions = Interactions.from_frame(table)
    interactions.save(tmp_path / "ratings.npz")
    loaded = Interactions.load(tmp_path / "ratings.npz")
    expected = dict(
        zip(zip(table["user"], table["item"], strict=True), table["rating"], strict=True)
    )
    assert known_rows(interactions) == known_rows(loaded) == expected
    assert loaded.user_vocabulary.ids == interactions.user_vocabulary.ids
    kinds = [type(known) for known in interactions.item_vocabulary.ids]
    assert [type(known) for known in loaded.item_vocabulary.ids] == kinds
    assert loaded.fingerprint() == interactions.fingerprint()


def test_ids_are_found_again_after_a_file(table, tmp_path):
    Interactions.from_frame(table).save(tmp_path / "ratings.npz")
    loaded = Interactions.load(tmp_path / "ratings.npz")
    for row in range(len(table)):
        user, item = table["user"].iat[row], table["item"].iat[row]
        cell = (loaded.user_vocabulary.index_of(user), loaded.item_vocabulary.index_of(item))
        assert loaded.to_csr()[cell] == table["rating"].iat[row]


def test_a_file_runs_no_code(table, tmp_path):
    Interactions.from_frame(table).save(tmp_path / "ratings.npz")
    with np.load(tmp_path / "ratings.npz", allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= set("iuf")


@pytest.mark.parametrize("kind", [ItemNeighbors, EASE])
def test_ids_survive_from_fit_over_a_file_to_a_recommendation(kind, table, tmp_path):
    interactions = Interactions.from_frame(table)
    kind().fit(interactions).save(tmp_path / "model.npz")
    model = kind.load(tmp_path / "model.npz")
    people, things = model.trained_on.user_vocabulary, model.trained_on.item_vocabulary
    everybody = list(dict.fromkeys(table["user"]))
    listed = model.recommend(people.indices_of(everybody), k=1)[:, 0]
    rated = known_rows(interactions)
    for user, item in zip(everybody, listed, strict=True):  # the one thing that was not rated
        assert (user, things.id_of(int(item))) not in rated
