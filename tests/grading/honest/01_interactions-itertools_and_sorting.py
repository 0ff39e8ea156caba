# saved by the classic notebook
# %%
import operator
from itertools import groupby, count
from functools import reduce
import numpy as np

# %%
by_first = operator.itemgetter(0)

def grouped(pairs):
    """{key: [values]} in sorted order."""
    return {key: [value for _, value in group] for key, group in groupby(sorted(pairs, key=by_first), key=by_first)}

# %%
def drop_duplicate_events(users, items, ratings, timestamps):
    rows = grouped(((u, i), (t, n)) for u, i, t, n in zip(users, items, timestamps, count()))
    winners = [max(candidates)[1] for candidates in rows.values()]
    return np.in1d(range(len(users)), winners) if hasattr(np, "in1d") else np.isin(range(len(users)), winners)

# %%
def leave_last_out(users, timestamps):
    rows = grouped((u, (t, n)) for u, t, n in zip(users, timestamps, count()))
    winners = [sorted(history)[-1][1] for history in rows.values() if len(history) >= 2]
    return np.isin(range(len(users)), winners)

# %%
def center_by_user(train_users, train_ratings, test_users, test_ratings):
    mean = lambda numbers: reduce(operator.add, numbers) / len(numbers)
    means = {user: mean(own) for user, own in grouped(zip(train_users, train_ratings)).items()}
    fallback = mean(train_ratings)
    return (np.array([r - means[u] for u, r in zip(train_users, train_ratings)]),
            np.array([r - means.get(u, fallback) for u, r in zip(test_users, test_ratings)]))

# %%
def k_core(users, items, k):
    def shrink(rows):
        of_user = {u: len(g) for u, g in grouped((users[n], n) for n in rows).items()}
        of_item = {i: len(g) for i, g in grouped((items[n], n) for n in rows).items()}
        rest = [n for n in rows if of_user[users[n]] >= k and of_item[items[n]] >= k]
        return rows if rest == rows else shrink(rest)
    return np.isin(range(len(users)), shrink(list(range(len(users)))))

# %%
def temporal_split(timestamps, test_fraction):
    *_, moment = sorted(timestamps, key=operator.neg)[:round(test_fraction * len(timestamps))]
    return timestamps >= moment
