"""Seen items are never recommended unless asked for, in any model."""

import numpy as np


def test_no_model_recommends_what_was_seen_unless_asked(split, make_models):
    train = split.train
    users = np.arange(train.n_users)
    seen = train.to_csr().toarray() != 0
    for name, model in make_models().items():
        model.fit(train)
        ranked = model.recommend(users, train.n_items)  # as far down as the list can go
        for user in users:
            listed = ranked[user][ranked[user] >= 0]
            assert not seen[user, listed].any(), name
            assert len(listed) == train.n_items - seen[user].sum(), name
        everything = model.recommend(users, train.n_items, exclude_seen=False)
        assert (np.sort(everything, axis=1) == np.arange(train.n_items)).all(), name
