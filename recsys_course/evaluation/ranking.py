"""How many of the held-out items stand at the top of the list of all items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_course.data.splitting import Split
from recsys_course.formulas.losses import Floats
from recsys_course.formulas.metrics import hit_rate_at_k, ndcg_at_k, recall_at_k
from recsys_course.models.recommender import Recommender

__all__ = ["RankingScores", "evaluate_ranking"]


@dataclass(frozen=True, eq=False)
class RankingScores:
    """Ranking metrics, one value for each user; nan for a user without held-out items.

    Args:
        ndcg: NDCG@k, shape (n_users,).
        recall: Recall@k, shape (n_users,).
        hit_rate: 1 where any of the first k was held out, shape (n_users,).
    """

    ndcg: Floats
    recall: Floats
    hit_rate: Floats


def evaluate_ranking(
    model: Recommender, split: Split, k: int, rng: np.random.Generator, block_size: int = 256
) -> RankingScores:
    """Rank all items for every user and look for the held-out ones among the first k.

    Every item is a candidate but for those of the user's training rows; every held-out item is
    relevant, whatever its rating; equal scores are ordered at random. Nothing is sampled.

    Args:
        model: A fitted model.
        split: The split whose training part the model was fitted to.
        k: Length of the list, at least 1.
        rng: Orders the ties.
        block_size: Users ranked at a time; memory is block_size × n_items × 8 bytes.

    Returns:
        The metrics, user by user.

    Source: Krichene and Rendle (2020), on why all items are ranked.
    """
    held_out = split.test.to_csr()
    values = np.full((3, split.test.n_users), np.nan)
    tested = np.flatnonzero(np.diff(held_out.indptr))
    for start in range(0, len(tested), block_size):
        users = tested[start : start + block_size]
        ranked = model.recommend(users, k, rng=rng)
        relevant = held_out[users]
        for row, metric in enumerate((ndcg_at_k, recall_at_k, hit_rate_at_k)):
            values[row, users] = metric(ranked, relevant, k)
    return RankingScores(*values)
