# saved by jupyterlab
# %%
import time

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import linalg as sla

from recsys_course.classroom import check, hint
from recsys_course.data.cleaning import k_core
from recsys_course.data.datasets import load_movielens
from recsys_course.data.interactions import Interactions
from recsys_course.formulas.linear import ease_weights
from recsys_course.models.factorization import AlternatingLeastSquares

# %%
def recommend_top_k(scores, seen, k):
    new = sparse.csr_array(~np.asarray(seen))
    out = np.full((scores.shape[0], min(k, scores.shape[1])), -1)
    for user in range(scores.shape[0]):
        items = np.sort(new.indices[new.indptr[user]:new.indptr[user + 1]])
        best = items[np.argsort(-scores[user, items], kind="stable")][:k]
        out[user, :len(best)] = best
    return out

check(recommend_top_k)

# %%
def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    n_items, dim = item_factors.shape
    base = np.full(n_items, mean, dtype=float) + item_biases
    if len(items) == 0:
        return base
    pick = sparse.csr_array((np.ones(len(items)), (np.arange(len(items)), items)), shape=(len(items), n_items))
    V = pick @ item_factors
    A = sparse.csc_array(V.T @ V) + l2 * sparse.eye_array(dim, format="csc")
    u = np.linalg.solve(A.toarray(), V.T @ (ratings - pick @ base))
    return base + item_factors @ u

check(fold_in_user)

# %%
def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    table = np.vstack([scores, popularity])
    where = {name: n for n, name in enumerate(known_ids)}
    rows = [where.get(name, len(known_ids)) for name in user_ids]
    pick = sparse.csr_array((np.ones(len(rows)), (range(len(rows)), rows)), shape=(len(rows), len(table)))
    return pick @ table

check(fallback_for_new_users)

# %%
def run_pipeline(events, make_model, k):
    clean = {}
    for u, i, r, t in events:
        if r is None or not 0.5 <= r <= 5:
            continue
        if (u, i) in clean and clean[u, i][1] > t:
            continue
        clean.pop((u, i), None)
        clean[u, i] = (r, t)
    rows = [(u, i, r, t) for (u, i), (r, t) in clean.items()]
    rows.sort(key=lambda row: row[3])

    def fit(rows):
        people = sorted(set(row[0] for row in rows))
        things = sorted(set(row[1] for row in rows))
        us = np.array([people.index(row[0]) for row in rows], dtype=int)
        its = np.array([things.index(row[1]) for row in rows], dtype=int)
        rs = np.array([row[2] for row in rows], dtype=float)
        seen = sparse.coo_array((np.ones(len(rows)), (us, its)), shape=(len(people), len(things))).toarray() > 0
        scores = np.asarray(make_model(us, its, rs, len(people), len(things)))
        lists = recommend_top_k(scores, seen, k)
        return {p: [things[n] for n in row if n >= 0] for p, row in zip(people, lists)}

    n = {}
    for row in rows:
        n[row[0]] = n.get(row[0], 0) + 1
    last = {row[0]: row for row in rows}
    held = [row for u, row in last.items() if n[u] > 1]
    train = [row for row in rows if row not in held]
    lists = fit(train)
    rate = np.mean([row[1] in lists[row[0]] for row in held]) if held else float("nan")
    return rate, fit(rows)

check(run_pipeline)

# %%
films = k_core(load_movielens(), min_user_ratings=20, min_item_ratings=20)
print(films.n_users, films.n_items)
X = sparse.csr_array((films.ratings, (films.users, films.items)))
sla.svds(X.astype(float), k=20)
