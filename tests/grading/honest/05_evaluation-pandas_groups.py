# saved by kaggle
# %%
import numpy as np, pandas as pd
pd.set_option("display.max_rows", 10)

# %%
def rmse(ratings, predictions):
    df = pd.DataFrame({"r": ratings, "p": predictions})
    return df.eval("(r - p) ** 2").mean() ** 0.5

# %%
def precision_recall_at_k(scores, seen, relevant, k):
    n = pd.Series(relevant, dtype=int).nunique()
    if n == 0:
        return float("nan"), float("nan")
    df = pd.DataFrame({"s": scores, "seen": seen})
    df["hit"] = df.index.isin(relevant)
    df = df[~df.seen]
    groups = df.groupby("s").hit.agg(["size", "sum"]).sort_index(ascending=False)
    start = groups["size"].cumsum() - groups["size"]
    taken = (k - start).clip(lower=0, upper=groups["size"])
    hits = (taken * groups["sum"] / groups["size"]).sum()
    return hits / k, hits / n

# %%
def ndcg_at_k(ranked, relevant, k):
    goal = pd.Index(relevant).unique()
    if goal.empty:
        return np.nan
    top = pd.Series(ranked).head(k)
    gains = pd.Series(1 / np.log2(top.index + 2))
    ideal = 1 / np.log2(np.arange(min(k, len(goal))) + 2)
    return gains[top.isin(goal)].sum() / ideal.sum()

# %%
def average_precision_at_k(ranked, relevant, k):
    goal = pd.unique(pd.Series(relevant))
    if len(goal) == 0:
        return np.nan
    top = pd.Series(ranked)[:k]
    hit = top.isin(goal) & ~top.duplicated()
    return (hit.cumsum() / (top.index + 1))[hit].sum() / min(k, len(goal))

# %%
def bootstrap_interval(values, users, n_resamples, rng):
    means = pd.DataFrame({"v": values, "u": users}).groupby("u")["v"].mean()
    notes = pd.Series([means.sample(frac=1, replace=True, random_state=rng).mean() for _ in range(n_resamples)])
    low, high = notes.quantile([0.025, 0.975])
    return low, high

# %%
df = pd.read_parquet("/kaggle/input/scores.parquet")
df.style.background_gradient()
