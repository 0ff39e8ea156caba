"""Why nothing is sampled here: a hundred candidates instead of all reverse the order of models.

Two users, one relevant item each, a catalogue of 1,000. A ranks it at 30 and 30, B at 1 and 400,
C at 5 and 200. The expected sampled metric comes from the hypergeometric distribution of how many
of 99 sampled negatives stand above the relevant item.
"""

import numpy as np
import pytest
from scipy.stats import hypergeom

from recsys_course.formulas.metrics import auc, hit_rate_at_k, ndcg_at_k

N_ITEMS, N_SAMPLED, K = 1000, 99, 10
RANKS = {"A": (30, 30), "B": (1, 400), "C": (5, 200)}


def lists(ranks, n_items):
    """One list a user in which item 0 has the given rank."""
    others = np.arange(1, n_items)
    return np.array([np.insert(others, rank - 1, 0) for rank in ranks])


def exact(metric, ranks):
    return float(metric(lists(ranks, N_ITEMS), [{0}] * len(ranks), K).mean())


def sampled(metric, ranks, n_items=N_ITEMS, n_sampled=N_SAMPLED, k=K):
    """The expected metric when n_sampled of the irrelevant items are ranked with the relevant."""
    values = metric(lists(range(1, n_sampled + 2), n_sampled + 1), [{0}] * (n_sampled + 1), k)
    chances = [
        hypergeom(n_items - 1, rank - 1, n_sampled).pmf(np.arange(n_sampled + 1)) for rank in ranks
    ]
    return float(np.mean(chances @ values))


@pytest.mark.parametrize(
    ("model", "hit", "ndcg", "sampled_hit", "sampled_ndcg", "area"),
    [
        ("A", 0, 0, 0.9998, 0.4836, 0.9710),
        ("B", 0.5, 0.5, 0.5000, 0.5000, 0.8003),
        ("C", 0.5, 0.1934, 0.5009, 0.4338, 0.8984),
    ],
)
def test_the_worked_case(model, hit, ndcg, sampled_hit, sampled_ndcg, area):
    ranks = RANKS[model]
    assert exact(hit_rate_at_k, ranks) == hit
    assert exact(ndcg_at_k, ranks) == pytest.approx(ndcg, abs=5e-5)
    assert sampled(hit_rate_at_k, ranks) == pytest.approx(sampled_hit, abs=5e-5)
    assert sampled(ndcg_at_k, ranks) == pytest.approx(sampled_ndcg, abs=5e-5)
    scores = -np.argsort(lists(ranks, N_ITEMS), axis=1).astype(float)  # the rank of each item
    assert auc(scores, [{0}, {0}]).mean() == pytest.approx(area, abs=5e-5)


def test_sampling_turns_the_order_around():
    by_hits = [exact(hit_rate_at_k, RANKS[name]) for name in "AB"]
    by_sampled_hits = [sampled(hit_rate_at_k, RANKS[name]) for name in "AB"]
    assert by_hits[0] < by_hits[1]
    assert by_sampled_hits[0] > by_sampled_hits[1]
    assert exact(ndcg_at_k, RANKS["C"]) > exact(ndcg_at_k, RANKS["A"])
    assert sampled(ndcg_at_k, RANKS["C"]) < sampled(ndcg_at_k, RANKS["A"])


def test_the_smallest_case():
    """Five items, one negative, hit rate at 1: what is sampled is the AUC."""
    settings = {"n_items": 5, "n_sampled": 1, "k": 1}
    assert sampled(hit_rate_at_k, (2, 2), **settings) == pytest.approx(0.75)
    assert sampled(hit_rate_at_k, (1, 5), **settings) == pytest.approx(0.50)
    assert hit_rate_at_k(lists((2, 2), 5), [{0}] * 2, 1).mean() == 0
    assert hit_rate_at_k(lists((1, 5), 5), [{0}] * 2, 1).mean() == 0.5
