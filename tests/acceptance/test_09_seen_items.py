"""Seen items are never recommended unless asked for, in any model."""

import importlib
import pkgutil

import numpy as np

from recsys_course import deep, models
from recsys_course.models.baselines import Oracle
from recsys_course.models.recommender import Recommender


def test_every_model_of_the_library_is_asked_below(make_models):
    for package in (models, deep):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    known = {one for one in Recommender.__subclasses__() if one.__module__.startswith("recsys_")}
    assert known == {type(model) for model in make_models().values()} | {Oracle}


def test_no_model_recommends_what_was_seen_unless_asked(split, make_models):
    train = split.train
    users = np.arange(train.n_users)
    seen = train.to_csr().toarray() != 0
    truth = np.arange(train.n_users * train.n_items, dtype=float).reshape(train.n_users, -1)
    for name, model in (make_models() | {"oracle": Oracle(truth, "implicit")}).items():
        model.fit(train)
        ranked = model.recommend(users, train.n_items)  # as far down as the list can go
        for user in users:
            listed = ranked[user][ranked[user] >= 0]
            assert not seen[user, listed].any(), name
            assert len(listed) == train.n_items - seen[user].sum(), name
        everything = model.recommend(users, train.n_items, exclude_seen=False)
        assert (np.sort(everything, axis=1) == np.arange(train.n_items)).all(), name
