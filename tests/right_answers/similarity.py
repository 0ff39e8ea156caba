"""Other right answers to exercise 02: loops, lists, float32, masked arrays, products of tables."""

import math

import numpy as np


def cosine_by_loops(first, second):
    product = sum(float(a) * float(b) for a, b in zip(first, second, strict=True))
    squares = [sum(float(a) ** 2 for a in vector) for vector in (first, second)]
    if 0 in squares:
        return 0
    return product / (math.sqrt(squares[0]) * math.sqrt(squares[1]))


def cosine_of_unit_vectors(first, second):
    units = []
    for vector in (first, second):
        vector = np.asarray(vector, dtype=np.float32)
        length = np.sqrt((vector**2).sum())
        units.append(vector / length if length > 0 else vector)
    return np.einsum("k,k->", *units)


def cosine_with_a_tiny_number_below(first, second):
    return first @ second / (np.sqrt(first @ first) * np.sqrt(second @ second) + 1e-9)


def similarities_by_loops(ratings, observed, shrinkage):
    deviations = []
    for row, mask in zip(ratings, observed, strict=True):
        known = [r for r, seen in zip(row, mask, strict=True) if seen]
        mean = sum(known) / len(known) if known else 0.0
        deviations.append([r - mean if seen else 0.0 for r, seen in zip(row, mask, strict=True)])
    table = []
    for a, one in enumerate(deviations):
        line = []
        for b, other in enumerate(deviations):
            n = sum(bool(x) and bool(y) for x, y in zip(observed[a], observed[b], strict=True))
            cosine = cosine_by_loops(one, other)
            line.append(cosine * n / (n + shrinkage) if n else 0.0)
        table.append(line)
    return table


def similarities_by_masked_arrays(ratings, observed, shrinkage):
    masked = np.ma.masked_array(ratings, ~observed)
    means = masked.mean(axis=1).filled(0.0)
    deviations = (masked - means[:, None]).filled(0.0).astype(np.float32)
    lengths = np.sqrt((deviations**2).sum(axis=1, keepdims=True))
    units = np.divide(deviations, lengths, out=np.zeros_like(deviations), where=lengths > 0)
    n = np.einsum("aj,bj->ab", observed, observed, dtype=int)
    with np.errstate(invalid="ignore"):
        shares = np.nan_to_num(n / (n + shrinkage))
    return (units @ units.T) * shares


def neighbors_by_sorting_pairs(similarities, observed, user, item, n_neighbors):
    pairs = [
        (-similarities[user][k], k) for k in range(len(observed)) if k != user and observed[k][item]
    ]
    return [k for _, k in sorted(pairs)][:n_neighbors]


def neighbors_by_setting_aside(similarities, observed, user, item, n_neighbors):
    scores = np.where(observed[:, item], similarities[:, user], -np.inf)
    scores[user] = -np.inf
    ranked = np.lexsort((np.arange(len(scores)), -scores))
    n_raters = int(np.isfinite(scores).sum())
    return tuple(ranked[: min(n_neighbors, n_raters)])


def by_people_in_loops(ratings, observed, similarities, user, item):
    def mean(k):
        known = [r for r, seen in zip(ratings[k], observed[k], strict=True) if seen]
        return sum(known) / len(known) if known else None

    start = mean(user)
    if start is None:
        known = [ratings[cell] for cell in zip(*np.nonzero(observed), strict=True)]
        start = sum(known) / len(known)
    over = under = 0.0
    for k in range(len(ratings)):
        if k != user and observed[k, item]:
            over += similarities[user, k] * (ratings[k, item] - mean(k))
            under += abs(similarities[user, k])
    return start + over / under if under else start


def by_people_for_a_whole_column(ratings, observed, similarities, user, item):
    overall = ratings[observed].mean()
    counts = observed.sum(axis=1)
    sums = np.where(observed, ratings, 0.0).sum(axis=1)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
    weights = similarities[user] * observed[:, item]
    weights[user] = 0.0
    weights = weights.astype(np.float32)
    total = np.abs(weights).sum()
    moved = weights @ (ratings[:, item] - means) / total if total > 0 else 0.0
    return np.array(means[user] + moved)


def by_films_in_loops(ratings, observed, similarities, user, item):
    over, under, known = 0.0, 0.0, []
    for k in range(ratings.shape[1]):
        if observed[user, k]:
            known.append(float(ratings[user, k]))
            if k != item and similarities[item, k] > 0:
                over += similarities[item, k] * ratings[user, k]
                under += similarities[item, k]
    if under:
        return over / under
    return sum(known) / len(known) if known else float(np.mean(ratings[observed]))


def by_films_with_average(ratings, observed, similarities, user, item):
    row = similarities[item].astype(np.float32)
    weights = np.where(observed[user] & (row > 0), row, 0)
    weights[item] = 0
    if weights.any():
        return np.average(ratings[user], weights=weights)
    chosen = observed[user] if observed[user].any() else observed
    return (ratings[user] if observed[user].any() else ratings)[chosen].mean()


ANSWERS = {
    "cosine_similarity": [
        cosine_by_loops,
        cosine_of_unit_vectors,
        cosine_with_a_tiny_number_below,
    ],
    "similarity_matrix": [similarities_by_loops, similarities_by_masked_arrays],
    "nearest_neighbors": [neighbors_by_sorting_pairs, neighbors_by_setting_aside],
    "predict_user_based": [by_people_in_loops, by_people_for_a_whole_column],
    "predict_item_based": [by_films_in_loops, by_films_with_average],
}
