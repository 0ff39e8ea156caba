# saved by jupyterlab on windows
# %%
import warnings
warnings.filterwarnings("error")
import numpy as np
np.seterr(all="raise")
from scipy.sparse import lil_matrix, csr_matrix

# %%
class Recommender:
    def __init__(self, missing=-1):
        self.missing = missing

    def top(self, scores, seen, k):
        scores = np.array(scores, dtype=float)
        order = np.argsort(np.where(seen, np.inf, -scores), axis=1, kind="mergesort")
        left = (~np.asarray(seen)).sum(axis=1)
        order[np.arange(scores.shape[1])[None, :] >= left[:, None]] = self.missing
        return order[:, : min(k, scores.shape[1])]

    def fold_in(self, item_factors, item_biases, mean, items, ratings, l2):
        base = mean + np.asarray(item_biases)
        if np.size(items) == 0:
            return base
        V = item_factors[items]
        # the other form of the same equation: one row and column for each rating
        K = V @ V.T + l2 * np.eye(len(V)) if l2 > 0 else None
        e = ratings - base[items]
        u = V.T @ np.linalg.solve(K, e) if l2 > 0 else np.linalg.lstsq(V, e, rcond=None)[0]
        return base + item_factors @ u

    @staticmethod
    def fallback(user_ids, known_ids, scores, popularity):
        known = {u: n for n, u in enumerate(known_ids)}
        out = np.tile(np.asarray(popularity, dtype=float), (len(user_ids), 1))
        for n, u in enumerate(user_ids):
            if u in known:
                out[n] = scores[known[u]]
        return out

# %%
class Pipeline(Recommender):
    def __call__(self, events, make_model, k):
        self.events = self.clean(list(events))
        train, test = self.split(self.events)
        lists = self.lists(train, make_model, k)
        found = np.array([item in lists[user] for user, item, _, _ in test], dtype=float)
        return (found.mean() if len(found) else np.nan), self.lists(self.events, make_model, k)

    def clean(self, events):
        kept = {}
        for n, (user, item, rating, time) in enumerate(events):
            if rating is None or rating != rating or not (0.5 <= rating and rating <= 5.0):
                continue
            old = kept.get((user, item))
            if old is None or (time, n) >= (old[3], old[4]):
                kept[(user, item)] = (user, item, rating, time, n)
        return [row[:4] for row in sorted(kept.values(), key=lambda row: (row[3], row[4]))]

    def split(self, events):
        train, test = [], []
        for n, event in enumerate(events):
            later = any(other[0] == event[0] for other in events[n + 1:])
            earlier = any(other[0] == event[0] for other in events[:n])
            (train if later or not earlier else test).append(event)
        return train, test

    def lists(self, events, make_model, k):
        users = sorted({e[0] for e in events})
        items = sorted({e[1] for e in events})
        seen = lil_matrix((len(users), len(items)), dtype=bool)
        rows = np.array([users.index(e[0]) for e in events], dtype=np.int32)
        columns = np.array([items.index(e[1]) for e in events], dtype=np.int32)
        for r, c in zip(rows, columns):
            seen[r, c] = True
        scores = make_model(rows, columns, np.array([e[2] for e in events], dtype=np.float32), len(users), len(items))
        chosen = self.top(scores, csr_matrix(seen).toarray(), k)
        return {user: [items[c] for c in row if c != self.missing] for user, row in zip(users, chosen)}

# %%
r = Recommender()
recommend_top_k, fold_in_user = r.top, r.fold_in
fallback_for_new_users = Recommender.fallback
run_pipeline = Pipeline()
