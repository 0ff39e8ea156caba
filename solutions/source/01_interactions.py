# %% [markdown] id=title
# # Exercise 01 · From events to a table you can trust
#
# You write five short functions: the rule against duplicates, centring without a leak, the k-core
# and two splits. Together they turn a list of events into a training part and a test part; the last
# cell does so with the film club of the lesson.
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell,
# then run the cell `check(...)` below it. The answer comes at once: *not attempted*, *passed*, or
# what went wrong and where to look. Check as often as you like.
#
# **Any correct style counts.** Loops, dictionaries, `bincount`, sorting, pandas, lists or arrays,
# helper functions and extra cells are all fine. Keep the name and the arguments of each function.
#
# **Where help is.** Each exercise names its section of
# [lesson 01](../lessons/01_interactions.ipynb). The examples here can be done with a pencil; do one
# before you type. Stuck? Write `hint(function)` in a new cell, with the function's name: it asks a
# question first, on the second call it points to a place, and on the third it gives a plan. It
# never gives code.
#
# Plan on an hour. The notebook itself runs in a few seconds.

# %% id=setup
import numpy as np

from recsys_course.classroom import check, hint

# %% [markdown] id=running-example
# ## The running example
#
# Everything here works on *parallel arrays*: row 0 of each array tells about the first event, row 1
# about the second, and so on. Users and items are indices 0, 1, 2, … The rows stand in any order.
#
# | row | user | item | rating | timestamp |
# |---|---|---|---|---|
# | 0 | 0 | 0 | 5 | 20 |
# | 1 | 1 | 0 | 4 | 50 |
# | 2 | 0 | 1 | 2 | 30 |
# | 3 | 0 | 0 | 3 | 10 |
# | 4 | 2 | 1 | 0 | 60 |
# | 5 | 1 | 1 | 1 | 40 |
# | 6 | 1 | 1 | 2 | 40 |
#
# These customers of a shop give 0 to 5 stars. A 0 is the worst rating of that scale: user 2 *has*
# rated item 1. What nobody rated has no row.
#
# Most of the functions return a **mask**: one `True` or `False` for each row.
#
# Two functions of NumPy that help, if you like them: `np.argsort(x, kind="stable")` gives the row
# numbers from the smallest to the largest value of `x`, and leaves rows of equal value in their
# order; `np.bincount(x, minlength=n)` counts how often each index 0, 1, 2, … stands in `x`, and
# gives at least `n` counts, so that an index that does not occur has a 0.

# %% id=running-example-arrays
users = np.array([0, 1, 0, 0, 2, 1, 1])  # (n,) indices
items = np.array([0, 0, 1, 0, 1, 1, 1])  # (n,) indices
ratings = np.array([5.0, 4.0, 2.0, 3.0, 0.0, 1.0, 2.0])  # (n,) stars, from 0 to 5
timestamps = np.array([20, 50, 30, 10, 60, 40, 40])  # (n,) seconds

# %% [markdown] id=about-duplicates
# ## 1. The last rating counts
#
# ★★☆ · 12 minutes · *You learn* what "last" means when rows arrive in any order. Lesson section 2.
#
# Some pairs of user and item stand in several rows. Keep one row of each pair: the one with the
# latest timestamp. Where the latest timestamp stands in several rows of the pair, keep the one
# furthest down. All other rows of the pair go. The value of the rating plays no part.
#
# In signs: row $a$ stays if no other row $b$ of its pair has $t_b > t_a$, or $t_b = t_a$ and
# $b > a$.
#
# Shapes: four arrays (n,) → a mask (n,), true where the row stays.
#
# By hand: user 0 rated item 0 in rows 0 and 3. Row 3 stands further down, but row 0 is later, so
# row 0 stays. User 1 rated item 1 in rows 5 and 6, both at second 40: row 6 stays. The mask is true
# for all rows but 3 and 5.


# %% id=ex-duplicates tags=exercise
def drop_duplicate_events(users, items, ratings, timestamps):
    """Keep the last event of each pair of user and item.

    Args:
        users: User index of each row, shape (n,).
        items: Item index of each row, shape (n,).
        ratings: Rating of each row in stars, shape (n,); a 0 is a rating.
        timestamps: Time of each row in seconds, shape (n,), in any order.

    Returns:
        True where the row stays, shape (n,).
    """
    ### BEGIN SOLUTION
    last_row = {}
    for row in np.argsort(timestamps, kind="stable"):  # equal times stay in row order
        last_row[users[row], items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(last_row.values())] = True
    return keep
    ### END SOLUTION


# %% id=check-duplicates
check(drop_duplicate_events)

# %% [markdown] id=about-center
# ## 2. Centre without a leak
#
# ★★☆ · 12 minutes · *You learn* to compute a mean from training ratings alone, and to use it on
# both parts. Lesson section 8.
#
# $$r'_{ij} = r_{ij} - \bar r_i \qquad \bar r_i = \text{mean of the training ratings of user } i$$
#
# Training and test rows come in separately. Test ratings are centred too, by the *training* mean of
# their user. Whoever has test rows but no training row gets the mean of all training ratings. Each
# row is a rating, a 0 too.
#
# Shapes: `train_users` and `train_ratings` (n_train,), `test_users` and `test_ratings` (n_test,) →
# a pair of arrays, (n_train,) and (n_test,). There is at least one training row; the test part may
# be empty.
#
# By hand: user 0 has the training ratings 5 and 2, user 1 has 4 and 0. Their means are 3.5 and 2,
# and the mean of all four is 2.75. Centred training ratings, in this order:
# $(1.5,\ -1.5,\ 2,\ -2)$. In the test part user 0 gave 3 and user 2 gave 1: $3 - 3.5 = -0.5$ and
# $1 - 2.75 = -1.75$.


# %% id=ex-center tags=exercise
def center_by_user(train_users, train_ratings, test_users, test_ratings):
    """Subtract each user's mean training rating from both parts.

    Args:
        train_users: User index of each training row, shape (n_train,).
        train_ratings: Rating of each training row in stars, shape (n_train,).
        test_users: User index of each test row, shape (n_test,).
        test_ratings: Rating of each test row in stars, shape (n_test,).

    Returns:
        The centred training ratings, shape (n_train,), and the centred test ratings, shape
        (n_test,), both in stars.
    """
    ### BEGIN SOLUTION
    means = {user: train_ratings[train_users == user].mean() for user in np.unique(train_users)}
    overall = train_ratings.mean()
    train_means = np.array([means[user] for user in train_users])
    test_means = np.array([means.get(user, overall) for user in test_users])
    return train_ratings - train_means, test_ratings - test_means
    ### END SOLUTION


# %% id=check-center
check(center_by_user)

# %% [markdown] id=about-core
# ## 3. The k-core
#
# ★★☆ · 12 minutes · *You learn* why removing what is rare has to be repeated. Lesson section 6.
#
# Keep the largest part of the rows in which every user has at least $k$ rows and every item has at
# least $k$ rows, **counted among the rows that are kept**. If no such part exists, no row is kept.
# No pair of user and item stands twice.
#
# Shapes: `users` and `items` (n,) → a mask (n,), true where the row is in the k-core.
#
# By hand, for $k = 2$: user 0 rated items 0 and 1, user 1 rated items 0 and 1, user 2 rated items 1
# and 2, user 3 rated item 2. User 3 has one row and goes. Then item 2 has one row left, so user 2's
# row with it goes. Then user 2 has one row left, and goes. The four rows of users 0 and 1 stay.


# %% id=ex-core tags=exercise
def k_core(users, items, k):
    """Keep the largest part in which every user and every item has at least k rows.

    Args:
        users: User index of each row, shape (n,).
        items: Item index of each row, shape (n,).
        k: Number of rows that every user and every item must have, at least 1.

    Returns:
        True where the row is in the k-core, shape (n,).
    """
    ### BEGIN SOLUTION
    keep = np.ones(len(users), dtype=bool)
    n_before = None
    while keep.sum() != n_before:
        n_before = keep.sum()
        of_user = np.bincount(users[keep], minlength=users.max() + 1)  # (n_users,)
        of_item = np.bincount(items[keep], minlength=items.max() + 1)  # (n_items,)
        keep = keep & (of_user[users] >= k) & (of_item[items] >= k)
    return keep
    ### END SOLUTION


# %% id=check-core
check(k_core)

# %% [markdown] id=about-last
# ## 4. Leave the last one out
#
# ★★☆ · 12 minutes · *You learn* to test each user's last event without losing a user. Lesson
# section 7.
#
# Test the last event of each user: the row with the user's latest timestamp. Where that timestamp
# stands in several rows of the user, the one furthest down is the last. **A user with a single
# event keeps it in training**: none of their rows is tested.
#
# Shapes: `users` and `timestamps` (n,) → a mask (n,), true where the row is tested.
#
# By hand, with the seven rows of the running example: user 0 has the times 20, 30 and 10, so row 2
# is tested. User 1 has 50, 40 and 40: row 1. User 2 has one event, which trains. The mask is true
# for rows 1 and 2.


# %% id=ex-last tags=exercise
def leave_last_out(users, timestamps):
    """Test each user's last event, unless it is the only one.

    Args:
        users: User index of each row, shape (n,).
        timestamps: Time of each row in seconds, shape (n,), in any order.

    Returns:
        True where the row is tested, shape (n,).
    """
    ### BEGIN SOLUTION
    tested = np.zeros(len(users), dtype=bool)
    order = np.argsort(timestamps, kind="stable")  # equal times stay in row order
    for user in np.unique(users):
        own_rows = order[users[order] == user]
        if len(own_rows) > 1:
            tested[own_rows[-1]] = True
    return tested
    ### END SOLUTION


# %% id=check-last
check(leave_last_out)

# %% [markdown] id=about-temporal
# ## 5. Cut at one moment
#
# ★☆☆ · 8 minutes · *You learn* the only split that asks what will happen next. Lesson section 7.
#
# Let $m$ be `round(test_fraction * n)`, the number of rows that are asked for. (In the checks
# `test_fraction * n` is a whole number of at least 1.) The test part begins at the time of the
# $m$-th latest row:
#
# $$t^* = m\text{-th largest of } t_1, \dots, t_n \qquad \text{row } a \text{ is tested if }
# t_a \ge t^*$$
#
# Rows of the moment $t^*$ are all tested, so the test part may have more than $m$ rows, and every
# training row is earlier than every test row.
#
# Shapes: `timestamps` (n,) → a mask (n,), true where the row is tested.
#
# By hand, with times $(20, 40, 10, 40, 30)$ and `test_fraction` $= 0.2$: one row is asked for,
# $t^* = 40$, and both rows of second 40 are tested. With $0.6$ three rows are asked for and
# $t^* = 30$: rows 1, 3 and 4.


# %% id=ex-temporal tags=exercise
def temporal_split(timestamps, test_fraction):
    """Test everything from one moment on.

    Args:
        timestamps: Time of each row in seconds, shape (n,), in any order.
        test_fraction: Share of the rows to test, above 0 and below 1.

    Returns:
        True where the row is tested, shape (n,).
    """
    ### BEGIN SOLUTION
    n_test = round(test_fraction * len(timestamps))
    cut = np.sort(timestamps)[-n_test]
    return timestamps >= cut
    ### END SOLUTION


# %% id=check-temporal
check(temporal_split)

# %% [markdown] id=about-together
# ## All five together
#
# Nothing to write here. Once your five functions pass, this cell takes the fourteen events of the
# lesson's film club, one of them rated again later, all the way to a centred training part and test
# part. Until then it says what it waits for.

# %% id=together
club_users = np.array([0, 1, 2, 1, 0, 1, 2, 2, 3, 2, 0, 3, 3, 2])
club_items = np.array([0, 4, 0, 3, 1, 0, 1, 1, 1, 4, 3, 3, 2, 3])
club_ratings = np.array([5.0, 1, 1, 1, 3, 4, 1, 4, 2, 5, 1, 5, 5, 5])
club_hours = np.array([9, 33, 42, 60, 91, 115, 132, 18, 162, 186, 210, 228, 258, 276])

try:
    keep = np.asarray(drop_duplicate_events(club_users, club_items, club_ratings, club_hours), bool)
    u, i, r, t = (column[keep] for column in (club_users, club_items, club_ratings, club_hours))
    print(f"{len(club_users)} events, {len(u)} after the last rating of each pair was chosen")
    for k in (2, 3):
        print(f"{k}-core: {np.asarray(k_core(u, i, k), bool).sum()} of {len(u)} ratings")
    print("tested, last item:", np.flatnonzero(leave_last_out(u, t)))
    tested = np.asarray(temporal_split(t, test_fraction=3 / 13), bool)
    print("tested, by time:  ", np.flatnonzero(tested))
    train, test = center_by_user(u[~tested], r[~tested], u[tested], r[tested])
    print("centred training ratings:", np.round(train, 2))
    print("centred test ratings:    ", np.round(test, 2))
except NotImplementedError:
    print("This cell comes to life when all five functions are written.")
