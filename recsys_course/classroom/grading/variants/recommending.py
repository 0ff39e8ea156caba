"""A student's own numbers for exercise 06.

Left out is run_pipeline: one of its arguments is a function.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["example_fallback_for_new_users", "example_fold_in_user", "example_recommend_top_k"]

Rng = np.random.Generator


def example_recommend_top_k(rng: Rng) -> tuple[Any, ...]:
    """Draw three users' scores of five films, no two alike in a row, and k = 2.

    Everybody has seen their best film. One user has a single film left, with a score below 0; the
    best film that is left to another stands behind their second best.
    """
    values = np.sort(rng.choice(np.arange(1, 8), (3, 2)) / 2, axis=1)
    high = np.cumsum(values, axis=1)[:, ::-1]  # (3, 2), above 0
    low = -np.cumsum(rng.integers(1, 4, (3, 3)) / 2, axis=1)  # (3, 3), below 0
    best_first = np.hstack([high, low])  # (n_users, n_items)
    seen_places = np.array([[1, 0, 0, 0, 1], [1, 1, 1, 0, 1], [1, 0, 1, 0, 0]], dtype=bool)
    scores, seen = np.empty((3, 5)), np.empty((3, 5), dtype=bool)
    for row in range(3):
        items = rng.permutation(5)
        if row == 0:
            items[1:3] = np.sort(items[1:3])[::-1]
        scores[row, items], seen[row, items] = best_first[row], seen_places[row]
    order = rng.permutation(3)
    return scores[order], seen[order], 2


def example_fold_in_user(rng: Rng) -> tuple[Any, ...]:
    """Draw two ratings of a newcomer, whole factors of four films, and λ = 1.

    The films are not named in order, no residual is 0, and neither is a right side of the system.
    """
    whole = np.array([-1.0, 1.0, 2.0, 3.0])
    while True:
        factors = rng.choice(whole, (4, 2))
        biases = rng.choice([-0.75, -0.5, -0.25, 0.25, 0.5, 0.75], 4, replace=False)
        mean = float(rng.integers(5, 9) / 2)
        items = np.sort(rng.choice(4, 2, replace=False))[::-1].copy()
        ratings = rng.choice(np.arange(1, 11), 2, replace=False) / 2
        residuals = ratings - mean - biases[items]
        system = factors[items].T @ residuals
        if residuals.all() and system.all() and len(np.unique(factors, axis=0)) == 4:
            return factors, biases, mean, items, ratings, 1.0


def example_fallback_for_new_users(rng: Rng) -> tuple[Any, ...]:
    """Draw scores of three known users, and five ids to score for, of which two are unknown.

    Two of the known ids are a number, and a text that reads like it with zeros in front; the text
    without them is unknown, and so is another number. Both numbers could pass for those of rows.
    """
    number, other = (int(row) for row in rng.choice(3, 2, replace=False))
    name = str(rng.choice(["ann", "bo", "cy", "dee", "eli", "flo", "gus", "hal"]))
    known: list[Any] = [f"00{number}", name]
    known = [known[n] for n in rng.permutation(2)]
    known.insert(other, number)
    asked: list[Any] = [*known, str(number), other]
    asked = [asked[n] for n in rng.permutation(5)]
    values = rng.permutation(np.arange(1, 13)).reshape(4, 3) / 2
    return asked, known, values[:3], values[3]
