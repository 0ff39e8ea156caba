"""How the models compare on somebody's ratings, and what they would recommend to three of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys_course.classroom.demonstration import all_models
from recsys_course.data.cleaning import k_core
from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import Split, random_split
from recsys_course.evaluation.compare import compare
from recsys_course.evaluation.comparison import Comparison

__all__ = ["Judgement", "Lists", "Verdict", "judge", "lists_of", "too_little", "verdict"]

_FEWEST = {"ratings": 300, "users": 20, "items": 20}
_MOST_RATINGS, _MOST_USERS = 150_000, 5_000  # above, a part of the users stands for all
_HISTORY = 10  # rows of a history


@dataclass(frozen=True, eq=False)
class Judgement:
    """A comparison of models, and what it rests on.

    Args:
        comparison: The models' results.
        split: What they learned from and were judged by.
        sampled: How the ratings were sampled, in a sentence; empty where all were used.
        notes: Models that were left out, and why.
    """

    comparison: Comparison
    split: Split
    sampled: str
    notes: Sequence[str]

    @property
    def metrics(self) -> tuple[str, ...]:
        """What models are ranked by; errors only where ratings differ, or else all are 0."""
        ranking = f"NDCG@{self.comparison.protocol.k}"
        return (ranking, "RMSE") if np.ptp(self.split.train.ratings) else (ranking,)


@dataclass(frozen=True)
class Verdict:
    """Which model leads by one metric, and ahead of whom for sure.

    Args:
        metric: Name of the metric.
        leader: The best model.
        value: Its figure.
        others: The other models, best first.
        unclear: Those of them that it may be ahead of by luck, judged by the same users.
    """

    metric: str
    leader: str
    value: float
    others: tuple[str, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """One user's history beside what models recommend.

    Args:
        who: The user's id.
        kind: "busy", "ordinary" or "quiet".
        n_train: Ratings that the models could learn from.
        n_test: Ratings that were held out.
        history: What the user rated highest, with the rating; without one where all are equal.
        lists: By model: what it recommends, and whether that was held out.
    """

    who: str
    kind: str
    n_train: int
    n_test: int
    history: tuple[tuple[str, str], ...]
    lists: dict[str, tuple[tuple[str, bool], ...]]


def too_little(ratings: Interactions | None, k: int) -> str:
    """Why a comparison would be noise.

    Args:
        ratings: What is left of the file.
        k: Length of the lists.

    Returns:
        A sentence; empty where there is enough.

    >>> too_little(None, 10)
    'No rating is left.'
    """
    if ratings is None:
        return "No rating is left."
    counts = {
        "ratings": len(ratings),
        "users": len(np.unique(ratings.users)),
        "items": len(np.unique(ratings.items)),
    }
    fewest = _FEWEST | {"items": max(_FEWEST["items"], 2 * k)}
    short = [
        f"{counts[what]:,} {what if counts[what] != 1 else what[:-1]} where at least {least} are "
        "wanted"
        for what, least in fewest.items()
        if counts[what] < least
    ]
    return f"There are {', and '.join(short)}." if short else ""


def judge(ratings: Interactions, k: int, seed: int, progress: bool = False) -> Judgement:
    """Fit all models and compare them, under the protocol of ``recsys-course compare``.

    Args:
        ratings: What the models learn from and are judged by.
        k: Length of the lists.
        seed: Decides the split, the models and, where there are too many ratings, the sample.
        progress: Show a bar on standard error.

    Returns:
        The comparison; of the same ratings and seed it is that of ``compare``.
    """
    split_seed, model_seed, judge_seed, sample_seed = np.random.SeedSequence(seed).spawn(4)
    part, sampled = _sample(ratings, np.random.default_rng(sample_seed))
    split = random_split(part, np.random.default_rng(split_seed))
    models, notes = all_models(split, np.random.default_rng(model_seed))
    comparison = compare(models, split, np.random.default_rng(judge_seed), k, progress=progress)
    return Judgement(comparison, split, sampled, notes)


def _sample(ratings: Interactions, rng: np.random.Generator) -> tuple[Interactions, str]:
    """All ratings, or those of as many users as a laptop can judge in minutes."""
    counts = np.bincount(ratings.users, minlength=ratings.n_users)
    if len(ratings) <= _MOST_RATINGS and len(counts) <= _MOST_USERS:
        return ratings, ""
    drawn = rng.permutation(len(counts))[:_MOST_USERS]
    drawn = drawn[: max(1, int(np.searchsorted(np.cumsum(counts[drawn]), _MOST_RATINGS)))]
    part = k_core(ratings.subset(np.isin(ratings.users, drawn)), 1, 1)
    return part, (
        f"To stay within minutes, the models saw {len(drawn):,} of the {len(counts):,} users, "
        f"drawn by chance, with all their {len(part):,} ratings of {part.n_items:,} items. "
        "Everything above is about the whole file."
    )


def verdict(comparison: Comparison, metric: str) -> Verdict:
    """Which model leads, and whether clearly.

    Clearly means that the 95 % interval of the difference, taken user by user, lies above 0.

    Args:
        comparison: The models' results.
        metric: "RMSE", or the name of a ranking metric.

    Returns:
        The verdict.
    """
    figures = {
        name: row.metrics[metric].value
        for name, row in comparison.rows.items()
        if metric in row.metrics
    }
    order = sorted(figures, key=lambda name: figures[name], reverse=metric != "RMSE")
    leader, *others = order
    unclear = tuple(other for other in others if not _above_zero(comparison, leader, other, metric))
    return Verdict(metric, leader, figures[leader], tuple(others), unclear)


def _above_zero(comparison: Comparison, leader: str, other: str, metric: str) -> bool:
    """Whether the leader's lead has an interval without 0."""
    lead = comparison.paired(leader, other, metric).difference
    return lead.low * lead.high > 0


def lists_of(judgement: Judgement, models: Sequence[str], k: int) -> list[Lists]:
    """What models recommend to a busy, an ordinary and a quiet user.

    Args:
        judgement: Fitted models.
        models: Names of those whose lists are wanted.
        k: Length of the lists.

    Returns:
        One entry a user.
    """
    counts = np.bincount(judgement.split.train.users, minlength=judgement.split.train.n_users)
    tested = np.bincount(judgement.split.test.users, minlength=len(counts)) > 0
    known = np.flatnonzero((counts > 0) & tested)
    order = known[np.argsort(counts[known], kind="stable")]
    places = {"busy": 0.95, "ordinary": 0.5, "quiet": 0.05}
    users = {kind: int(order[int(place * (len(order) - 1))]) for kind, place in places.items()}
    return [_lists(judgement, kind, user, models, k) for kind, user in users.items()]


def _lists(judgement: Judgement, kind: str, user: int, models: Sequence[str], k: int) -> Lists:
    train, test = judgement.split.train, judgement.split.test
    label = train.item_vocabulary.label_of
    mine = train.users == user
    items, stars = train.items[mine], train.ratings[mine]
    best = np.lexsort((items, -stars))[:_HISTORY]
    held_out = set(test.items[test.users == user].tolist())
    opinions = "RMSE" in judgement.metrics
    lists = {}
    for name in models:
        ranked = judgement.comparison.rows[name].model.recommend([user], k)[0].tolist()
        lists[name] = tuple((label(item), item in held_out) for item in ranked if item >= 0)
    return Lists(
        str(train.user_vocabulary.id_of(user)),
        kind,
        int(mine.sum()),
        len(held_out),
        tuple((label(int(items[n])), f"{stars[n]:g}" if opinions else "") for n in best),
        lists,
    )
