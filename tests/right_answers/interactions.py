"""Other right answers to exercise 01: loops, sorting, pandas, tables, lists."""

import numpy as np
import pandas as pd


def duplicates_by_loops(users, items, ratings, timestamps):
    keep = []
    for a in range(len(users)):
        later = [
            b
            for b in range(len(users))
            if (users[b], items[b]) == (users[a], items[a])
            and (timestamps[b] > timestamps[a] or (timestamps[b] == timestamps[a] and b > a))
        ]
        keep.append(not later)
    return keep


def duplicates_by_pandas(users, items, ratings, timestamps):
    frame = pd.DataFrame({"user": users, "item": items, "time": timestamps})
    by_time = frame.sort_values("time", kind="stable")
    return (~by_time.duplicated(["user", "item"], keep="last")).sort_index()


def duplicates_by_sorting(users, items, ratings, timestamps):
    n = len(users)
    order = np.lexsort((np.arange(n), timestamps, items, users))
    pairs = np.column_stack([users, items])[order]
    last = np.r_[(pairs[1:] != pairs[:-1]).any(axis=1), True]
    keep = np.zeros(n, dtype=np.int8)
    keep[order[last]] = 1
    return keep


def center_by_loops(train_users, train_ratings, test_users, test_ratings):
    sums, counts = {}, {}
    for user, rating in zip(train_users, train_ratings, strict=True):
        sums[user] = sums.get(user, 0) + rating
        counts[user] = counts.get(user, 0) + 1
    overall = sum(train_ratings) / len(train_ratings)
    train = [r - sums[u] / counts[u] for u, r in zip(train_users, train_ratings, strict=True)]
    test = [
        r - (sums[u] / counts[u] if u in sums else overall)
        for u, r in zip(test_users, test_ratings, strict=True)
    ]
    return [train, test]


def center_by_bincount(train_users, train_ratings, test_users, test_ratings):
    n_users = max([*train_users, *test_users]) + 1
    counts = np.bincount(train_users, minlength=n_users)
    sums = np.bincount(train_users, weights=train_ratings, minlength=n_users)
    means = np.full(n_users, np.mean(train_ratings, dtype=np.float64), dtype=np.float32)
    means[counts > 0] = sums[counts > 0] / counts[counts > 0]
    return train_ratings - means[train_users], test_ratings - means[test_users]


def center_by_pandas(train_users, train_ratings, test_users, test_ratings):
    train = pd.Series(train_ratings, dtype=float)
    means = train.groupby(train_users).mean()
    test_means = pd.Series(test_users).map(means).fillna(train.mean())
    return train - train.groupby(train_users).transform("mean"), test_ratings - test_means


def core_one_by_one(users, items, k):
    left = list(range(len(users)))
    changed = True
    while changed:
        changed = False
        for row in left:
            of_user = sum(users[other] == users[row] for other in left)
            of_item = sum(items[other] == items[row] for other in left)
            if of_user < k or of_item < k:
                left.remove(row)
                changed = True
                break
    return [row in left for row in range(len(users))]


def core_by_table(users, items, k):
    table = np.zeros((max(users) + 1, max(items) + 1), dtype=bool)
    table[users, items] = True
    for _ in range(table.size):
        table[table.sum(axis=1) < k] = False
        table[:, table.sum(axis=0) < k] = False
    return table[users, items]


def core_by_recursion(users, items, k):
    def of(side):
        _, inverse, counts = np.unique(side, return_inverse=True, return_counts=True)
        return counts[inverse]

    keep = (of(users) >= k) & (of(items) >= k)
    if keep.any() and not keep.all():
        keep[keep] = core_by_recursion(users[keep], items[keep], k)
    return keep


def last_by_loops(users, timestamps):
    last, counts = {}, {}
    for row, (user, time) in enumerate(zip(users, timestamps, strict=True)):
        counts[user] = counts.get(user, 0) + 1
        if user not in last or time >= timestamps[last[user]]:
            last[user] = row
    tested = {row for user, row in last.items() if counts[user] > 1}
    return [row in tested for row in range(len(users))]


def last_by_sorting(users, timestamps):
    order = np.lexsort((timestamps, users))
    sorted_users = users[order]
    ends = np.r_[sorted_users[1:] != sorted_users[:-1], True]
    starts = np.r_[True, sorted_users[1:] != sorted_users[:-1]]
    tested = np.zeros(len(users), dtype=np.int64)
    tested[order[ends & ~starts]] = 1
    return tested


def last_by_pandas(users, timestamps):
    frame = pd.DataFrame({"user": users, "time": timestamps})
    frame = frame.sort_values("time", kind="stable")
    last = ~frame.duplicated("user", keep="last")
    many = frame.groupby("user")["time"].transform("size") > 1
    return (last & many).sort_index()


def temporal_by_loops(timestamps, test_fraction):
    n_test = int(test_fraction * len(timestamps) + 0.5)
    cut = sorted(timestamps, reverse=True)[n_test - 1]
    return [time >= cut for time in timestamps]


def temporal_by_quantile(timestamps, test_fraction):
    return timestamps >= np.quantile(timestamps, 1 - test_fraction)


def temporal_by_rank(timestamps, test_fraction):
    times = np.asarray(timestamps)
    later = (times[None, :] > times[:, None]).sum(axis=1)
    return later < round(test_fraction * len(times))


ANSWERS = {
    "drop_duplicate_events": [duplicates_by_loops, duplicates_by_pandas, duplicates_by_sorting],
    "center_by_user": [center_by_loops, center_by_bincount, center_by_pandas],
    "k_core": [core_one_by_one, core_by_table, core_by_recursion],
    "leave_last_out": [last_by_loops, last_by_sorting, last_by_pandas],
    "temporal_split": [temporal_by_loops, temporal_by_quantile, temporal_by_rank],
}
