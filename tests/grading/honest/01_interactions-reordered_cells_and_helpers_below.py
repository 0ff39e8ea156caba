# saved by colab
# %% [markdown]
# I did these from back to front, so the helpers come last. Sorry!

# %%
def temporal_split(timestamps, test_fraction):
    n = how_many(timestamps, test_fraction)
    return np.array([np.sum(timestamps > t) < n for t in timestamps])

# %%
def leave_last_out(users, timestamps):
    tested = np.zeros(len(users), dtype=int)
    for u in set(users):
        rows = rows_of(users, u)
        if len(rows) > 1:
            tested[last(rows, timestamps)] = 1
    return tested.astype(bool)

# %%
def k_core(users, items, k):
    keep = [True] * len(users)
    again = True
    while again:
        again = False
        for n in range(len(users)):
            if keep[n]:
                if count(users, keep, users[n]) < k or count(items, keep, items[n]) < k:
                    keep[n] = False
                    again = True
    return np.array(keep)

# %%
def center_by_user(train_users, train_ratings, test_users, test_ratings):
    a = train_ratings.astype(float)
    b = test_ratings.astype(float)
    for n, u in enumerate(train_users):
        a[n] = a[n] - mean_or_all(u, train_users, train_ratings)
    for n, u in enumerate(test_users):
        b[n] = b[n] - mean_or_all(u, train_users, train_ratings)
    print("centred", len(a), "and", len(b))
    return a, b

# %%
def drop_duplicate_events(users, items, ratings, timestamps):
    keep = []
    for n in range(len(users)):
        same = [m for m in range(len(users)) if users[m] == users[n] and items[m] == items[n]]
        keep.append(last(same, timestamps) == n)
    return np.array(keep)

# %%
def rows_of(users, u):
    return [n for n in range(len(users)) if users[n] == u]

def last(rows, timestamps):
    best = rows[0]
    for n in rows[1:]:
        if timestamps[n] >= timestamps[best]:
            best = n
    return best

def count(column, keep, value):
    return sum(1 for n in range(len(column)) if keep[n] and column[n] == value)

def mean_or_all(u, users, ratings):
    rows = rows_of(users, u)
    if rows:
        return ratings[rows].mean()
    return ratings.mean()

def how_many(timestamps, test_fraction):
    return round(test_fraction * len(timestamps))

# %%
import numpy as np

# %%
print(temporal_split(np.array([20, 40, 10, 40, 30]), 0.2))
