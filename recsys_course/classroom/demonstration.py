"""Which models `recsys-course compare` shows, and how it shows one user's lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.columns import Columns
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

if TYPE_CHECKING:
    from recsys_course.data.interactions import Interactions
    from recsys_course.data.splitting import Split
    from recsys_course.evaluation.compare import Comparison
    from recsys_course.models.recommender import Recommender

__all__ = ["all_models", "beside_each_other", "find_user"]

_MOST_ITEMS_OF_EASE = 10_000  # three tables of 4 bytes a cell: 1.2 GB, and half a minute


def all_models(split: Split, rng: np.random.Generator) -> tuple[dict[str, Recommender], list[str]]:
    """The models of the comparison, by the name of their row.

    Those that predict ratings are left out where all ratings are equal: there is nothing to
    predict. Those in TensorFlow are left out where it is not installed, and EASE where its table of
    all items by all items would not fit a laptop's memory.

    Args:
        split: What they will be fitted to.
        rng: Starts them; each gets a stream of its own.

    Returns:
        The models, not fitted yet, and a sentence on each thing that was left out.
    """
    from recsys_course.models.ease import EASE
    from recsys_course.models.factorization import AlternatingLeastSquares
    from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors

    streams = iter(rng.spawn(4))
    models: dict[str, Recommender] = {
        "item neighbours, ratings": ItemNeighbors("explicit"),
        "item neighbours, choices": ItemNeighbors("implicit"),
        "user neighbours, ratings": UserNeighbors("explicit"),
        "user neighbours, choices": UserNeighbors("implicit"),
        "ALS, ratings": AlternatingLeastSquares(next(streams), "explicit"),
        "ALS, choices": AlternatingLeastSquares(next(streams), "implicit"),
    }
    notes = []
    if split.train.n_items <= _MOST_ITEMS_OF_EASE:
        models["EASE, choices"] = EASE()
    else:
        notes.append(
            f"without EASE: its weights of {split.train.n_items:,} by as many items would take "
            f"{split.train.n_items**2 * 12 / 1e9:.1f} GB"
        )
    try:
        from recsys_course.deep.factorization import TensorFlowFactorization
    except ImportError as error:
        notes.append(f"without the rows in TensorFlow: {error}")
    else:
        models["TensorFlow MF, ratings"] = TensorFlowFactorization(
            rng=next(streams), feedback="explicit"
        )
        models["TensorFlow MF, choices"] = TensorFlowFactorization(
            rng=next(streams), feedback="implicit"
        )
    if np.ptp(split.train.ratings) == 0:
        notes.append("all ratings are equal, so only models of choices are compared")
        models = {name: model for name, model in models.items() if model.feedback == "implicit"}
    return models, notes


def find_user(interactions: Interactions, known: str) -> int:
    """The index of a user whose id was typed.

    Args:
        interactions: The table.
        known: The id as text; a whole number also finds a whole-number id.

    Returns:
        The index.
    """
    vocabulary = interactions.user_vocabulary
    whole = not any(isinstance(one, str) for one in vocabulary.ids[:1])
    return vocabulary.index_of(int(known) if whole and known.lstrip("-").isdigit() else known)


def beside_each_other(comparison: Comparison, split: Split, user: int, k: int) -> Group:
    """One user's history beside each model's list.

    Args:
        comparison: Fitted models.
        split: What they were fitted to.
        user: Index of the user.
        k: Length of the lists.

    Returns:
        What `rich.print` shows; held-out items that a model found are marked.
    """
    vocabulary = split.train.item_vocabulary
    mine = split.train.users == user
    items, ratings = split.train.items[mine], split.train.ratings[mine]
    order = np.lexsort((items, -ratings))[:k]
    history = [f"{ratings[n]:.1f}  {vocabulary.label_of(int(items[n]))}" for n in order]
    held_out = set(split.test.items[split.test.users == user].tolist())
    panels = [_panel("rated highest (training part)", history)]
    for name, row in comparison.rows.items():
        ranked = [int(item) for item in row.model.recommend([user], k)[0] if item >= 0]
        panels.append(
            _panel(
                name,
                [
                    f"{'●' if item in held_out else ' '} {vocabulary.label_of(item)}"
                    for item in ranked
                ],
            )
        )
    title = Text(
        f"\nUser {split.train.user_vocabulary.id_of(user)}: {mine.sum()} ratings to learn from, "
        f"{len(held_out)} held out (● marks those that a list found)"
    )
    return Group(title, Columns(panels))


def _panel(title: str, lines: list[str]) -> Panel:
    text = Text("\n".join(lines) or "nothing", no_wrap=True, overflow="ellipsis")
    return Panel(text, title=title, width=42)
