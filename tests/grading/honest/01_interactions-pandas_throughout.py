# saved by vscode
# %%
import numpy as np
import pandas as pd

from recsys_course.classroom import check, hint

# %%
users = np.array([0, 1, 0, 0, 2, 1, 1])
items = np.array([0, 0, 1, 0, 1, 1, 1])
ratings = np.array([5.0, 4.0, 2.0, 3.0, 0.0, 1.0, 2.0])
timestamps = np.array([20, 50, 30, 10, 60, 40, 40])
events = pd.DataFrame({"user": users, "item": items, "rating": ratings, "ts": timestamps})
events

# %%
def drop_duplicate_events(users, items, ratings, timestamps):
    df = pd.DataFrame({"u": users, "i": items, "t": timestamps})
    df = df.sort_values("t", kind="stable")
    gone = df.duplicated(["u", "i"], keep="last")
    return ~gone.sort_index().to_numpy()

check(drop_duplicate_events)

# %%
def center_by_user(train_users, train_ratings, test_users, test_ratings):
    train = pd.DataFrame({"u": train_users, "r": train_ratings})
    means = train.groupby("u")["r"].mean()
    centred_train = train["r"] - train["u"].map(means)
    test_means = pd.Series(test_users, dtype="int64").map(means).fillna(train["r"].mean())
    return centred_train, np.asarray(test_ratings) - test_means

# %%
check(center_by_user)

# %%
def k_core(users, items, k):
    df = pd.DataFrame({"u": users, "i": items})
    while len(df):
        smaller = df[df.groupby("u")["i"].transform("size") >= k]
        smaller = smaller[smaller.groupby("i")["u"].transform("size") >= k]
        if len(smaller) == len(df):
            break
        df = smaller
    return pd.Series(range(len(users))).isin(df.index)

# %%
check(k_core)

# %%
def leave_last_out(users, timestamps):
    df = pd.DataFrame({"u": users, "t": timestamps}).reset_index(names="row")
    df = df.sort_values(["t", "row"])
    size = df.groupby("u")["row"].transform("size")
    last = df.groupby("u")["row"].transform("last")
    return ((size > 1) & (df["row"] == last)).sort_index().values

# %%
def temporal_split(timestamps, test_fraction):
    t = pd.Series(timestamps)
    m = int(round(test_fraction * len(t)))
    return t >= t.nlargest(m).min()

# %%
check(leave_last_out); check(temporal_split)

# %%
events.describe().T
