# %% [markdown] id=title
# # Exercise 05 · Evaluation
#
# You write five short functions: the RMSE, precision and recall, NDCG, average precision, and an
# interval from resampled users. Together they are what you need to judge a recommender; the last
# cell judges two with them.
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell,
# then run the cell `check(...)` below it. The answer comes at once: *not attempted*, *passed*, or
# what went wrong and where to look. Check as often as you like.
#
# **Any correct style counts.** Loops, arrays, lists, `float32` or `float64`, helper functions and
# extra cells are all fine. Keep the name and the arguments of each function, and import none of the
# five from the course's library: this time you are the library.
#
# **Where help is.** Each exercise names its section of [lesson 05](../lessons/05_evaluation.ipynb).
# The examples here can be computed with a pencil; do one before you type. Stuck? Write
# `hint(ndcg_at_k)` in a new cell: a question first, on the second call a pointer, on the third a
# plan.
#
# Plan on an hour. The notebook itself runs in a few seconds.

# %% id=setup
import numpy as np

from recsys_course.classroom import check, hint

# %% [markdown] id=running-example
# ## The running example
#
# Ten films, a to j, which are the items 0 to 9 in code. A model has ranked five of them, and the
# user's hidden films, the **relevant** ones, are a, d and f:
#
# | place | 1 | 2 | 3 | 4 | 5 |
# |----|---|---|---|---|---|
# | film | **a** | b | c | **d** | e |
#
# So places 1 and 4 are hits, and f is missing. Each of the ranking functions below looks at **one
# user**; the mean over users comes later.

# %% id=running-example-arrays
ranked = np.array([0, 1, 2, 3, 4])  # a b c d e, best first
relevant = np.array([0, 3, 5])  # a, d, f

# %% [markdown] id=about-rmse
# ## 1. Root mean squared error
#
# ★☆☆ · 5 minutes · *You learn* in which order root, mean and square belong. Lesson section 2.
#
# $$\text{RMSE} = \sqrt{\frac1n\sum_{i=1}^n \left(r_i - \hat r_i\right)^2}$$
#
# Every pair counts, also a rating of 0, and the divisor is the number of pairs.
#
# Shapes: `ratings` and `predictions` (n,) → one number, in stars.
#
# By hand: ratings (1, 1, 4) and predictions (0, 0, 0) have the squared errors 1, 1, 16. Their mean
# is 6 and the RMSE $\sqrt6 = 2.449\ldots$


# %% id=ex-rmse tags=exercise
def rmse(ratings, predictions):
    """Measure how far predicted ratings are from the true ones.

    Args:
        ratings: True ratings in stars, shape (n,), n ≥ 1.
        predictions: Predicted ratings in stars, shape (n,).

    Returns:
        The root mean squared error in stars, one number.
    """
    ### BEGIN SOLUTION
    errors = ratings - predictions  # (n,)
    return float(np.sqrt(np.mean(errors**2)))
    ### END SOLUTION


# %% id=check-rmse
check(rmse)

# %% [markdown] id=about-precision
# ## 2. Precision and recall, with seen items and ties
#
# ★★★ · 20 minutes · *You learn* what may stand on a list, and what equal scores are worth. Lesson
# sections 3, 7 and 8.
#
# From scores to the two measures for one user:
#
# 1. **Seen** items are no candidates: they take no place.
# 2. The $k$ candidates with the highest scores are listed.
# 3. $\text{precision@}k = \text{hits}/k$ and $\text{recall@}k = \text{hits}/|\text{relevant}|$.
#
# Three rules:
#
# - **Equal scores** favour nobody: count the *mean over all orders of the equals*. If the tie at
#   the end of the list has $T$ items, $t$ of them relevant, and $p$ places are left for them, it
#   brings $p \cdot t/T$ hits. Without this rule the numbering of the items would decide.
# - Precision divides by $k$, also where there are fewer than $k$ candidates or relevant items.
# - `relevant` is a log and may name an item twice; count *different* items. It names no seen item.
#   If it is empty, there was nothing to find: both results are `nan`.
#
# Shapes: `scores` and `seen` (n_items,), `relevant` (n_events,) item numbers → a pair of numbers,
# precision first.
#
# By hand: five items with the scores (0.9, 0.5, 0.5, 0.5, 0.1), none seen, 0 and 2 relevant,
# $k = 2$. Item 0 is a sure hit. One place is left for three equals, one of which is relevant:
# $1 + \tfrac13$ hits, so precision and recall are both $\tfrac43 / 2 = \tfrac23$. If item 0 is seen
# and only item 2 relevant, two places are left for the three: $\tfrac23$ hits, precision $\tfrac13$
# and recall $\tfrac23$.


# %% id=ex-precision tags=exercise
def precision_recall_at_k(scores, seen, relevant, k):
    """Precision and recall of one user's list of the k best unseen items.

    Args:
        scores: One score an item, shape (n_items,); higher is better.
        seen: True for items that the user knows already, shape (n_items,).
        relevant: Item numbers, shape (n_events,); may repeat, names no seen item.
        k: Length of the list, at least 1; may exceed the number of candidates.

    Returns:
        Precision and recall, two numbers: means over all orders of equal scores; nan and nan
        where no item is relevant.
    """
    ### BEGIN SOLUTION
    wanted = np.unique(relevant)
    if len(wanted) == 0:
        return float("nan"), float("nan")
    is_relevant = np.isin(np.arange(len(scores)), wanted)  # (n_items,)
    candidate_scores, candidate_relevant = scores[~seen], is_relevant[~seen]
    n_places = min(k, len(candidate_scores))
    last = np.sort(candidate_scores)[::-1][n_places - 1]  # the score at the end of the list
    above, equal = candidate_scores > last, candidate_scores == last
    n_left = n_places - above.sum()
    hits = candidate_relevant[above].sum() + n_left * candidate_relevant[equal].mean()
    return float(hits / k), float(hits / len(wanted))
    ### END SOLUTION


# %% id=check-precision
check(precision_recall_at_k)

# %% [markdown] id=about-ndcg
# ## 3. NDCG
#
# ★★☆ · 12 minutes · *You learn* to compare a list with the best that was possible. Lesson section
# 4.
#
# $$\text{NDCG@}k = \frac{\displaystyle\sum_{r\le k} \frac{\text{hit}_r}{\log_2(r+1)}}
# {\displaystyle\sum_{r\,\le\,\min(k,\,|\text{relevant}|)} \frac{1}{\log_2(r+1)}}$$
#
# Places $r$ count from 1. `ranked` may be shorter or longer than $k$; it names no item twice.
# `relevant` may: count different items. If it is empty, return `nan`.
#
# Shapes: `ranked` (n_ranked,) and `relevant` (n_events,), item numbers → one number.
#
# By hand: the running example earns $1 + 1/\log_2 5 = 1.4307$. The best list has three hits at the
# top and earns $1 + 0.6309 + 0.5 = 2.1309$. NDCG@5 is $0.6714$.


# %% id=ex-ndcg tags=exercise
def ndcg_at_k(ranked, relevant, k):
    """Normalised discounted cumulative gain of one user's list.

    Args:
        ranked: Item numbers, best first, shape (n_ranked,); no item twice.
        relevant: Item numbers, shape (n_events,); may repeat.
        k: How far down the list to look, at least 1.

    Returns:
        A number from 0 to 1; nan where no item is relevant.
    """
    ### BEGIN SOLUTION
    wanted = set(np.asarray(relevant).tolist())
    if not wanted:
        return float("nan")
    listed = np.asarray(ranked)[:k].tolist()
    gain = sum(1 / np.log2(place + 1) for place, item in enumerate(listed, 1) if item in wanted)
    best = sum(1 / np.log2(place + 1) for place in range(1, min(k, len(wanted)) + 1))
    return float(gain / best)
    ### END SOLUTION


# %% id=check-ndcg
check(ndcg_at_k)

# %% [markdown] id=about-ap
# ## 4. Average precision
#
# ★★☆ · 12 minutes · *You learn* where precision is read off, and by what it is divided. Lesson
# section 5.
#
# $$\text{AP@}k = \frac{1}{\min(k, |\text{relevant}|)}
# \sum_{r\le k} \text{hit}_r\cdot\text{precision@}r$$
#
# This time a broken program may have named an item **twice** in `ranked`: it holds both places, and
# only its first place can be a hit. `relevant` may repeat as well: count different items. If it is
# empty, return `nan`.
#
# Shapes: `ranked` (n_ranked,) and `relevant` (n_events,), item numbers → one number.
#
# By hand: in the running example the hits have the precisions $1/1$ and $2/4$. AP@5 is
# $(1 + \tfrac12)/3 = \tfrac12$, and AP@2 is $1/2$, since two hits were possible. The list
# (a, a, d) has the hits 1, 0, 1: AP@3 is $(1 + \tfrac23)/3 = \tfrac59$.


# %% id=ex-ap tags=exercise
def average_precision_at_k(ranked, relevant, k):
    """Average precision of one user's list.

    Args:
        ranked: Item numbers, best first, shape (n_ranked,); a repeated item is a miss.
        relevant: Item numbers, shape (n_events,); may repeat.
        k: How far down the list to look, at least 1.

    Returns:
        A number from 0 to 1; nan where no item is relevant.
    """
    ### BEGIN SOLUTION
    wanted = set(np.asarray(relevant).tolist())
    if not wanted:
        return float("nan")
    n_wanted, n_hits, total = len(wanted), 0, 0.0
    for place, item in enumerate(np.asarray(ranked)[:k].tolist(), start=1):
        if item in wanted:
            wanted.remove(item)  # a second mention is no hit
            n_hits += 1
            total += n_hits / place
    return total / min(k, n_wanted)
    ### END SOLUTION


# %% id=check-ap
check(average_precision_at_k)

# %% [markdown] id=about-bootstrap
# ## 5. An interval from resampled users
#
# ★★★ · 15 minutes · *You learn* to draw users, not rows. Lesson section 10.
#
# `values` holds one number a row, for instance 1 for a hit and 0 for a miss of one hidden film, and
# `users` says whose row it is. Every user counts once:
#
# 1. Make one value a user: the mean of the user's rows.
# 2. `n_resamples` times: draw as many users as there are, **with replacement**, and note the mean
#    of their values.
# 3. Return the 2.5 % and the 97.5 % quantile of the notes (`np.quantile`).
#
# Take all randomness from `rng`, so that an equal generator gives an equal interval.
#
# Shapes: `values` and `users` (n_rows,) → a pair of numbers, the lower end first. User numbers may
# have gaps, and rows of one user need not stand together.
#
# By hand: user 7 has the rows 1, 1, 1, 1 and user 3 the row 0. Their values are 1 and 0. Two draws
# give the mean 0 or 1 in a quarter of the cases each, and ½ otherwise, so with many resamples the
# interval is (0, 1).


# %% id=ex-bootstrap tags=exercise
def bootstrap_interval(values, users, n_resamples, rng):
    """95 % bootstrap interval of a mean over users.

    Args:
        values: One number a row, shape (n_rows,).
        users: Whose row it is, whole numbers, shape (n_rows,).
        n_resamples: Times that the users are drawn.
        rng: A numpy.random.Generator, which draws them.

    Returns:
        The lower and the upper end of the interval, two numbers.
    """
    ### BEGIN SOLUTION
    user_values = np.array([np.mean(values[users == user]) for user in np.unique(users)])
    drawn = rng.integers(len(user_values), size=(n_resamples, len(user_values)))
    means = user_values[drawn].mean(axis=1)  # (n_resamples,)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
    ### END SOLUTION


# %% id=check-bootstrap
check(bootstrap_interval)

# %% [markdown] id=about-together
# ## All five together
#
# Nothing to write here. Once your five functions pass, this cell judges two models on 200 made
# users. The *careful* model predicts 3.5 stars with small corrections, the *bold* one is always a
# star too high, and its order is better. Until then the cell says what it waits for.

# %% id=together
try:
    rng = np.random.default_rng(5)
    taste = rng.normal(size=(200, 40))  # (n_users, n_items)
    stars = 3.5 + 0.8 * taste
    relevant_items = [np.argsort(-row)[:4] for row in taste]
    nothing_seen = np.zeros(40, dtype=bool)
    models = {
        "careful": 3.5 + 0.3 * (taste + rng.normal(size=taste.shape)),
        "bold": 4.5 + 0.8 * (taste + 0.3 * rng.normal(size=taste.shape)),
    }
    for name, scores in models.items():
        lists = np.argsort(-scores, axis=1)[:, :10]
        pairs = list(zip(lists, relevant_items, strict=True))
        ndcg = np.array([ndcg_at_k(*pair, 10) for pair in pairs])
        ap = np.mean([average_precision_at_k(*pair, 10) for pair in pairs])
        both = [
            precision_recall_at_k(row, nothing_seen, own, 10)
            for row, own in zip(scores, relevant_items, strict=True)
        ]
        precision, recall = np.mean(both, axis=0)
        low, high = bootstrap_interval(ndcg, np.arange(200), 1000, rng)
        print(f"{name:8} RMSE {rmse(stars.ravel(), scores.ravel()):.2f} stars", end="  ")
        print(f"precision {precision:.2f}  recall {recall:.2f}  MAP {ap:.2f}", end="  ")
        print(f"NDCG {ndcg.mean():.2f} [{low:.2f}, {high:.2f}]")
except NotImplementedError:
    print("This cell comes to life when all five functions are written.")
