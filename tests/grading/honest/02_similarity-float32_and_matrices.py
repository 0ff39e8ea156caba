# saved by kaggle
# %% [code]
import numpy as np
f32 = np.float32

# %% [code]
def cosine_similarity(first, second):
    a, b = np.asarray(first, f32), np.asarray(second, f32)
    denominator = np.sqrt((a @ a) * (b @ b))
    return f32(a @ b) / denominator if denominator else f32(0)

# %% [code]
def similarity_matrix(ratings, observed, shrinkage):
    M = observed.astype(f32)
    R = np.where(observed, ratings, 0).astype(f32)
    n = M.sum(1, keepdims=True)
    mu = R.sum(1, keepdims=True) / np.where(n > 0, n, 1)
    # centre in float64: rounding of a constant row must not become a deviation
    D = (R.astype(float) - R.sum(1, keepdims=True, dtype=float) / np.where(n > 0, n, 1)) * M
    D[np.abs(D) < 1e-6] = 0
    lengths = np.sqrt((D ** 2).sum(1))
    inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    C = (D @ D.T) * inverse[:, None] * inverse[None, :]
    N = M @ M.T
    weight = np.divide(N, N + f32(shrinkage), out=np.zeros_like(N), where=N > 0)
    return (C * weight).astype(f32)

# %% [code]
def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    s = similarities[user].astype(float).copy()
    allowed = observed[:, item].copy()
    allowed[user] = False
    s[~allowed] = -np.inf
    order = np.lexsort((np.arange(len(s)), -s))
    return order[: min(n_neighbors, allowed.sum())].astype(np.int32)

# %% [code]
def means(ratings, observed):
    total = (ratings * observed).sum() / observed.sum()
    counts = observed.sum(1)
    return np.where(counts > 0, (ratings * observed).sum(1) / np.maximum(counts, 1), total).astype(f32)

def predict_user_based(ratings, observed, similarities, user, item):
    mu = means(ratings, observed)
    w = similarities[user].astype(f32) * observed[:, item]
    w[user] = 0
    den = np.abs(w).sum()
    if den == 0:
        return mu[user]
    return mu[user] + (w * (ratings[:, item].astype(f32) - mu)).sum() / den

# %% [code]
def predict_item_based(ratings, observed, similarities, user, item):
    w = np.clip(similarities[item], 0, None).astype(f32) * observed[user]
    w[item] = 0
    if not w.any():
        return means(ratings, observed)[user]
    return np.average(ratings[user].astype(f32), weights=w)
