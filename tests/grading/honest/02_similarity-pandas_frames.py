# saved by colab
# %%
import numpy as np
import pandas as pd

# %%
def cosine_similarity(first, second):
    df = pd.DataFrame({"a": first, "b": second}, dtype=float)
    gram = df.T.dot(df)
    size = (gram.loc["a", "a"] * gram.loc["b", "b"]) ** 0.5
    return gram.loc["a", "b"] / size if size > 0 else 0.0

# %%
def masked(ratings, observed):
    return pd.DataFrame(ratings).where(pd.DataFrame(observed))

def similarity_matrix(ratings, observed, shrinkage):
    r = masked(ratings, observed)
    d = r.sub(r.mean(axis=1), axis=0).fillna(0.0)
    norms = np.sqrt((d ** 2).sum(axis=1)).replace(0, np.nan)
    unit = d.div(norms, axis=0).fillna(0.0)
    common = r.notna().astype(float).dot(r.notna().astype(float).T)
    return unit.dot(unit.T) * common.div(common + shrinkage).fillna(0.0)

# %%
def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    s = pd.Series(similarities[user])[observed[:, item]].drop(user, errors="ignore")
    return s.sort_values(ascending=False, kind="stable").head(n_neighbors).index.to_numpy()

# %%
def predict_user_based(ratings, observed, similarities, user, item):
    r = masked(ratings, observed)
    mean = r.mean(axis=1).fillna(np.nanmean(r.to_numpy()))
    votes = r[item].sub(mean).dropna().drop(user, errors="ignore")
    s = pd.Series(similarities[user]).reindex(votes.index)
    if s.abs().sum() == 0:
        return mean[user]
    return mean[user] + (s * votes).sum() / s.abs().sum()

# %%
def predict_item_based(ratings, observed, similarities, user, item):
    r = masked(ratings, observed)
    mine = r.loc[user].dropna()
    if mine.empty:
        return np.nanmean(r.to_numpy())
    s = pd.Series(similarities[item])[mine.index].drop(item, errors="ignore")
    s = s[s > 0]
    return (s * mine[s.index]).sum() / s.sum() if len(s) else mine.mean()

# %%
from google.colab import drive
drive.mount('/content/drive')
