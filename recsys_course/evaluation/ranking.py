"""How many of the held-out items stand at the top of the list of all items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys_course.data.arguments import check_generator
from recsys_course.data.splitting import Split, check_split
from recsys_course.formulas.chance import expected_ndcg_at_k
from recsys_course.formulas.diversity import catalogue_coverage, exposure_counts, gini, novelty
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats
from recsys_course.formulas.metrics import ranking_metrics
from recsys_course.models.recommender import Recommender

__all__ = ["RankingScores", "evaluate_ranking", "ndcg_by_chance"]


@dataclass(frozen=True, eq=False)
class RankingScores:
    """Ranking metrics, one value for each user, and what all lists together are like.

    Args:
        metrics: By the names of `formulas.metrics.ranking_metrics` ("NDCG", "recall", …): values at
            k, shape (n_users,), read-only; nan for a user without held-out items.
        chance: NDCG@k of a random order, in closed form, shape (n_users,).
        coverage: Share of all items that stand in the list of at least one user.
        gini: How unequally the places in the lists fall on all items: 0 equally, near 1 on a few.
        novelty: Mean over the lists of −log₂ of the share of users who chose an item, in bits.
    """

    metrics: Mapping[str, Floats]
    chance: Floats
    coverage: float
    gini: float
    novelty: float


def evaluate_ranking(
    model: Recommender, split: Split, k: int, rng: np.random.Generator, block_size: int = 256
) -> RankingScores:
    """Rank all items for every user and look for the held-out ones among the first k.

    Every item is a candidate but for those of the user's training rows; every held-out item is
    relevant, whatever its rating; equal scores are ordered at random. Nothing is sampled. Only
    users with held-out items get a list.

    Args:
        model: A fitted model.
        split: The split whose training part the model was fitted to.
        k: Length of the list, at least 1.
        rng: Orders the ties.
        block_size: Users ranked at a time; memory is a few times block_size × n_items × 8 bytes.

    Returns:
        The metrics, user by user.

    Raises:
        TypeError: If split is no Split, or rng no generator.
        ValueError: If k or block_size is no whole number of at least 1, or a score is nan.
        RuntimeError: If the model is not fitted.

    Source: Krichene and Rendle (2020), on why all items are ranked.
    """
    check_split(split, "evaluate_ranking")
    check_generator(rng)
    k, block_size = whole_number("k", k), whole_number("block_size", block_size)
    held_out = split.test.to_csr()
    n_users, n_items = held_out.shape
    values: dict[str, Floats] = {}
    tested = np.flatnonzero(np.diff(held_out.indptr))
    lists = []
    for start in range(0, len(tested), block_size):
        users = tested[start : start + block_size]
        lists.append(model.recommend(users, k, rng=rng))
        for name, metric in ranking_metrics(lists[-1], held_out[users], k).items():
            values.setdefault(name, np.full(n_users, np.nan))[users] = metric
    for metric in values.values():
        metric.setflags(write=False)
    ranked = np.concatenate(lists)  # (n_tested, k)
    popularity = np.bincount(split.train.items, minlength=n_items)
    return RankingScores(
        values,
        ndcg_by_chance(split, k),
        catalogue_coverage(ranked, n_items),
        gini(exposure_counts(ranked, n_items)),
        float(np.nanmean(novelty(ranked, popularity, n_users))),
    )


def ndcg_by_chance(split: Split, k: int) -> Floats:
    """The NDCG@k that a random order of each user's candidates is expected to have.

    Args:
        split: Its training rows are no candidates, its test rows are relevant.
        k: Length of the list, at least 1.

    Returns:
        The chance level of what `evaluate_ranking` measures, in closed form: shape (n_users,); nan
        for a user without held-out items.

    Raises:
        TypeError: If split is no Split.
        ValueError: If k is no whole number of at least 1.

    Source: `formulas.chance.expected_ndcg_at_k`.
    """
    check_split(split, "ndcg_by_chance")
    k = whole_number("k", k)
    seen, relevant = (
        np.bincount(part.users, minlength=part.n_users) for part in (split.train, split.test)
    )
    return expected_ndcg_at_k(split.train.n_items - seen, relevant, k)
