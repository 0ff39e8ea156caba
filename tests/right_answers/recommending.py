"""Other right answers to exercise 06: loops, heaps, partitions, SVD, pandas, lists, float32."""

import heapq
import math

import numpy as np
import pandas as pd


def lists_by_heap(scores, seen, k):
    lists = []
    for row, known in zip(scores.tolist(), seen.tolist(), strict=True):
        unseen = [item for item in range(len(row)) if not known[item]]
        best = heapq.nsmallest(k, unseen, key=lambda item, row=row: (-row[item], item))
        lists.append(best + [-1] * (min(k, len(row)) - len(best)))
    return lists


def lists_by_lexsort(scores, seen, k):
    n_users, n_items = scores.shape
    items = np.tile(np.arange(n_items), (n_users, 1))
    order = np.lexsort((items, -scores.astype(np.float32), seen), axis=-1)
    ranked = order[:, : min(k, n_items)].astype(np.int32)
    ranked[np.take_along_axis(seen, ranked.astype(int), axis=1)] = -1
    return ranked


def lists_by_partition_and_sort(scores, seen, k):
    n_users, n_items = scores.shape
    lists = np.full((n_users, min(k, n_items)), -1)
    for user in range(n_users):
        unseen = np.flatnonzero(~seen[user])
        values = scores[user, unseen]
        if len(unseen) > k:
            bound = np.partition(values, -k)[-k]
            unseen, values = unseen[values >= bound], values[values >= bound]
        best = unseen[np.argsort(-values, kind="stable")][:k]
        lists[user, : len(best)] = best
    return lists


def fold_in_by_loops(item_factors, item_biases, mean, items, ratings, l2):
    n_factors = len(item_factors[0])
    if len(items) == 0:
        return [mean + bias for bias in item_biases]
    matrix = [[l2 * (f == g) for g in range(n_factors)] for f in range(n_factors)]
    right = [0.0] * n_factors
    for item, rating in zip(items, ratings, strict=True):
        residual = rating - mean - item_biases[item]
        for f in range(n_factors):
            right[f] += item_factors[item][f] * residual
            for g in range(n_factors):
                matrix[f][g] += item_factors[item][f] * item_factors[item][g]
    user = np.linalg.inv(np.array(matrix)) @ right
    return [
        mean + bias + sum(a * b for a, b in zip(user, row, strict=True))
        for bias, row in zip(item_biases, item_factors, strict=True)
    ]


def fold_in_by_woodbury(item_factors, item_biases, mean, items, ratings, l2):
    predictions = (mean + item_biases).astype(np.float32)
    if len(items):
        rated = item_factors[items]
        residuals = ratings - (mean + item_biases)[items]
        weights = np.linalg.solve(rated @ rated.T + l2 * np.eye(len(items)), residuals)
        predictions = predictions + item_factors @ (rated.T @ weights)
    return predictions


def fold_in_by_augmented_rows(item_factors, item_biases, mean, items, ratings, l2):
    n_factors = item_factors.shape[1]
    rows = np.vstack([item_factors[items], math.sqrt(l2) * np.eye(n_factors)])
    targets = np.append(ratings - item_biases[items] - mean, np.zeros(n_factors))
    return mean + item_biases + item_factors @ np.linalg.lstsq(rows, targets, rcond=None)[0]


def rows_by_search(user_ids, known_ids, scores, popularity):
    table = np.tile(np.asarray(popularity, dtype=np.float32), (len(user_ids), 1))
    for n, user in enumerate(user_ids):
        if user in known_ids:
            table[n] = scores[known_ids.index(user)]
    return table


def rows_by_exception(user_ids, known_ids, scores, popularity):
    by_id = dict(zip(known_ids, scores.tolist(), strict=True))
    rows = []
    for user in user_ids:
        try:
            rows.append(by_id[user])
        except KeyError:
            rows.append(list(popularity))
    return rows


def rows_by_one_more_row(user_ids, known_ids, scores, popularity):
    table = np.vstack([scores, popularity])
    row_of = {known: row for row, known in enumerate(known_ids)}
    return table[np.array([row_of.get(user, len(known_ids)) for user in user_ids], dtype=int)]


def pipeline_by_pandas(events, make_model, k):
    frame = pd.DataFrame(list(events), columns=["user", "item", "rating", "time"])
    frame["rating"] = pd.to_numeric(frame["rating"])
    frame = frame[frame["rating"].between(0.5, 5)]
    frame = frame.sort_values("time", kind="stable").drop_duplicates(["user", "item"], keep="last")
    # replaced events are gone, so the stable order is that of the list among equal times
    sizes = frame.groupby("user")["item"].transform("size")
    is_last = ~frame.duplicated("user", keep="last") & (sizes > 1)

    def fit(part):
        users, user_ids = pd.factorize(part["user"], sort=True)
        items, item_ids = pd.factorize(part["item"], sort=True)
        scores = make_model(
            users, items, part["rating"].to_numpy(np.float32), len(user_ids), len(item_ids)
        )
        scores = np.asarray(scores, dtype=np.float32).copy()
        scores[users, items] = np.nan
        return pd.DataFrame(scores, index=user_ids, columns=item_ids)

    def best(table):
        return {
            user: row.dropna().sort_values(ascending=False).index[:k].tolist()
            for user, row in table.iterrows()
        }

    lists = best(fit(frame[~is_last]))
    held_out = frame[is_last]
    found = [
        item in lists[user] for user, item in zip(held_out["user"], held_out["item"], strict=True)
    ]
    return (np.mean(found) if found else np.nan), best(fit(frame))


def kept_by_loops(events):
    kept = []
    for event in events:
        user, item, rating, time = event
        if rating is None or math.isnan(rating) or rating < 0.5 or rating > 5:
            continue
        older = [one for one in kept if one[0] == user and one[1] == item]
        if older and older[0][3] > time:
            continue
        kept = [one for one in kept if one not in older]
        kept.append(event)
    return kept


def pipeline_by_loops(events, make_model, k):
    kept = kept_by_loops(events)
    held_out = {}
    for user in {event[0] for event in kept}:
        own = [event for event in kept if event[0] == user]
        if len(own) >= 2:
            last = own[0]
            for event in own:
                if event[3] >= last[3]:
                    last = event
            held_out[user] = last
    training = [event for event in kept if held_out.get(event[0]) != event]

    def recommend(rows):
        user_ids, item_ids = sorted({e[0] for e in rows}), sorted({e[1] for e in rows})
        scores = make_model(
            users=np.array([user_ids.index(e[0]) for e in rows]),
            items=np.array([item_ids.index(e[1]) for e in rows]),
            ratings=np.array([float(e[2]) for e in rows]),
            n_users=len(user_ids),
            n_items=len(item_ids),
        )
        pairs = {(e[0], e[1]) for e in rows}
        lists = {}
        for n, user in enumerate(user_ids):
            unseen = [m for m, item in enumerate(item_ids) if (user, item) not in pairs]
            unseen.sort(key=lambda m, n=n: scores[n][m], reverse=True)
            lists[user] = tuple(item_ids[m] for m in unseen[:k])
        return lists

    lists = recommend(training)
    hits = 0
    for user, event in held_out.items():
        hits += event[1] in lists[user]
    return [hits / len(held_out) if held_out else float("nan"), recommend(kept)]


ANSWERS = {
    "recommend_top_k": [lists_by_heap, lists_by_lexsort, lists_by_partition_and_sort],
    "fold_in_user": [fold_in_by_loops, fold_in_by_woodbury, fold_in_by_augmented_rows],
    "fallback_for_new_users": [rows_by_search, rows_by_exception, rows_by_one_more_row],
    "run_pipeline": [pipeline_by_pandas, pipeline_by_loops],
}
