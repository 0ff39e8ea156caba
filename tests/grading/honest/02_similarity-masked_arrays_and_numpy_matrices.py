# saved by the classic notebook
# %%
import numpy as np
from numpy import ma

# %%
def cosine_similarity(first, second):
    a, b = np.asmatrix(first, dtype=float), np.asmatrix(second, dtype=float)
    if not a.any() or not b.any():
        return np.array(0)
    return (a * b.T / np.sqrt((a * a.T) * (b * b.T))).item()

# %%
def similarity_matrix(ratings, observed, shrinkage):
    r = ma.array(ratings, mask=np.logical_not(observed))
    d = np.asmatrix((r - r.mean(axis=1).reshape(-1, 1)).filled(0))
    d[np.abs(d) < 1e-12] = 0
    lengths = np.sqrt(np.multiply(d, d).sum(axis=1))
    common = np.asmatrix(observed, dtype=float) * np.asmatrix(observed, dtype=float).T
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.multiply(d * d.T / (lengths * lengths.T), common / (common + shrinkage))
    return ma.fix_invalid(s).filled(0.0)

# %%
def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    forbidden = ~observed[:, item]
    forbidden[user] = True
    row = ma.array(-similarities[user], mask=forbidden)
    return row.argsort(kind="stable", endwith=True, fill_value=np.inf)[: min(n_neighbors, row.count())]

# %%
def predict_user_based(ratings, observed, similarities, user, item):
    r = ma.array(ratings, mask=~observed)
    mean = r.mean(axis=1).filled(r.mean())
    s = ma.array(similarities[user], mask=~observed[:, item])
    s[user] = ma.masked
    weight = ma.abs(s).sum()
    if weight is ma.masked or weight == 0:
        return mean[user]
    return mean[user] + (s * (r[:, item] - mean)).sum() / weight

# %%
def predict_item_based(ratings, observed, similarities, user, item):
    mine = ma.array(ratings[user], mask=~observed[user])
    if mine.count() == 0:
        return ma.array(ratings, mask=~observed).mean()
    s = ma.masked_less_equal(similarities[item], 0)
    s[item] = ma.masked
    answer = ma.average(mine, weights=ma.array(s.filled(0), mask=mine.mask)) if (s.filled(0) * ~mine.mask).any() else mine.mean()
    return np.float64(answer)
