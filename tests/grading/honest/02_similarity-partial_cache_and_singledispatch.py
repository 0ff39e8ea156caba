# saved by vscode
# %%
import functools
from functools import lru_cache, partial, singledispatch

import numpy as np

# %%
@singledispatch
def as_vector(x):
    raise TypeError(type(x))

@as_vector.register
def _(x: np.ndarray):
    return x.astype(float)

@as_vector.register(list)
@as_vector.register(tuple)
def _(x):
    return np.array(x, dtype=float)

# %%
@lru_cache(maxsize=None)
def weight(n, beta):
    return n / (n + beta) if n else 0.0

# %%
def _cosine(first, second, when_zero):
    first, second = as_vector(first), as_vector(second)
    size = np.linalg.norm(first) * np.linalg.norm(second)
    return when_zero if size == 0 else np.inner(first, second) / size

cosine_similarity = partial(_cosine, when_zero=0.0)

# %%
def similarity_matrix(ratings, observed, shrinkage):
    n_users = len(ratings)
    rows = np.zeros(ratings.shape)
    for u in range(n_users):
        if observed[u].any():
            rows[u, observed[u]] = ratings[u, observed[u]] - ratings[u, observed[u]].mean()
    pairs = ((a, b) for a in range(n_users) for b in range(n_users))
    values = [cosine_similarity(rows[a], rows[b]) * weight(int((observed[a] & observed[b]).sum()), shrinkage) for a, b in pairs]
    return np.reshape(values, (n_users, n_users))

# %%
def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    def compare(a, b):
        if similarities[user, a] != similarities[user, b]:
            return -1 if similarities[user, a] > similarities[user, b] else 1
        return a - b
    others = [k for k in range(len(observed)) if observed[k, item] and k != user]
    return sorted(others, key=functools.cmp_to_key(compare))[:n_neighbors]

# %%
def predict(ratings, observed, similarities, user, item, *, by):
    everybody = ratings[observed].mean()
    mean = lambda u: ratings[u][observed[u]].mean() if observed[u].any() else everybody
    if by == "users":
        voters = [k for k in np.flatnonzero(observed[:, item]) if k != user]
        s = np.array([similarities[user, k] for k in voters])
        values = np.array([ratings[k, item] - mean(k) for k in voters])
        base = mean(user)
    else:
        voters = [k for k in np.flatnonzero(observed[user]) if k != item and similarities[item, k] > 0]
        s = np.array([similarities[item, k] for k in voters])
        values = np.array([ratings[user, k] for k in voters])
        base = 0.0
    if not voters or not np.abs(s).sum():
        return mean(user)
    return base + (s * values).sum() / np.abs(s).sum()

predict_user_based = partial(predict, by="users")
predict_item_based = partial(predict, by="items")
