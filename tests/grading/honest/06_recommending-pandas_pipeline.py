# saved by kaggle
# %%
import numpy as np
import pandas as pd

# %%
def recommend_top_k(scores, seen, k):
    wide = pd.DataFrame(np.where(seen, np.nan, scores)).rename_axis("user").reset_index()
    long = wide.melt("user", var_name="item", value_name="score").dropna()
    long = long.sort_values(["user", "score", "item"], ascending=[True, False, True])
    long["place"] = long.groupby("user").cumcount()
    top = long[long.place < k]
    width = min(k, scores.shape[1])
    wide = top.pivot(index="user", columns="place", values="item").reindex(index=range(len(scores)), columns=range(width))
    return wide.fillna(-1).astype(int).to_numpy()

# %%
def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    catalogue = pd.DataFrame(item_factors)
    base = pd.Series(item_biases) + mean
    if not len(items):
        return base
    mine = pd.Series(ratings, index=items) - base.loc[items]
    V = catalogue.loc[items]
    u = np.linalg.solve(V.T.dot(V) + l2 * np.eye(V.shape[1]), V.T.dot(mine))
    return base + catalogue.dot(u)

# %%
def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    out = np.empty((len(user_ids), len(popularity)))
    for n, user in enumerate(user_ids):
        if user in known_ids:
            out[n] = scores[known_ids.index(user)]
        else:
            out[n] = popularity
    return out

# %%
def run_pipeline(events, make_model, k):
    df = pd.DataFrame(events, columns=["user", "item", "rating", "time"])
    df["rating"] = pd.to_numeric(df["rating"])
    df = df[df["rating"].between(0.5, 5)].sort_values("time", kind="stable")
    df = df.drop_duplicates(["user", "item"], keep="last")
    last = ~df.duplicated("user", keep="last") & (df.groupby("user")["item"].transform("size") > 1)
    train, test = df[~last], df[last]

    def recommend(part):
        users, user_ids = pd.factorize(part["user"], sort=True)
        items, item_ids = pd.factorize(part["item"], sort=True)
        scores = pd.DataFrame(make_model(users, items, part["rating"].to_numpy(float), len(user_ids), len(item_ids)), index=user_ids, columns=item_ids)
        seen = part.groupby("user")["item"].agg(set)
        return {u: scores.loc[u].drop(list(seen[u])).sort_values(ascending=False).index[:k].tolist() for u in user_ids}

    offered = recommend(train)
    found = [row.item in offered[row.user] for row in test.itertuples()]
    return (np.mean(found) if found else np.nan), recommend(df)
