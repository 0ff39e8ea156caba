# %% [markdown] id=title
# # Exercise 00 · The mean of the ratings that exist
#
# You write one function, the mean rating of one person. It is short on purpose: with it you meet
# the loop in which all exercises of this course work. *Write, run, check, read, change.*
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell
# with Shift + Enter, then run the cell `check(...)` below it. The answer comes at once: *not
# attempted*, *passed*, or what went wrong and where to look. Check as often as you like. Nobody
# counts, and a wrong answer that teaches you something is a good one.
#
# **Any correct style counts.** Loops, lists, NumPy in one line, `float32` or `float64`, helper
# functions and extra cells are all fine. Keep the name and the arguments of the function.
#
# **Where help is.** The exercise names its section of [lesson 00](../lessons/00_welcome.ipynb).
# Stuck? Write `hint(mean_rating)` in a new cell. The first time it asks you a question, the second
# time it points at a place, the third time it gives you a plan in words. It never gives code.
#
# Plan on a quarter of an hour. The notebook itself runs in a few seconds.

# %% id=setup
import numpy as np

from recsys_course.classroom import check, hint

# %% [markdown] id=running-example
# ## The running example
#
# Four users rated some of five films, in stars; a dot means *not rated*.
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |
# |----|---|---|---|---|---|
# | **user 1** | 5 | 3 | · | 1 | · |
# | **user 2** | 4 | · | · | 1 | 1 |
# | **user 3** | 1 | 1 | · | 5 | 5 |
# | **user 4** | · | 2 | 5 | 5 | · |
#
# In code, user 1 is row 0 and film 1 is column 0. Two programs have worked on this array. One wrote
# a 0 where nobody rated, the other `nan`, "not a number". Both mean the same: *not rated*.

# %% id=running-example-array
nan = np.nan
ratings = np.array(
    [
        [5, 3, 0, 1, nan],
        [4, 0, nan, 1, 1],
        [1, 1, 0, 5, 5],
        [nan, 2, 5, 5, nan],
    ]
)  # (n_users, n_items), stars; 0 and nan both mean: not rated

# %% [markdown] id=about-mean
# ## 1. The mean rating of one person
#
# ★☆☆ · 10 minutes · *You learn* to keep what nobody rated out of a mean, and how `check` answers.
# Lesson section 2.
#
# $$\bar r_i = \frac{1}{n_i}\sum_{j\in\Omega_i} r_{ij}$$
#
# $\Omega_i$ holds the films that user $i$ rated, and $n_i$ says how many these are: add up the
# ratings that exist, and divide by how many exist. All ratings are above 0.
#
# **Nobody home.** Somebody who has rated nothing has no mean. Return `nan` then. A 0 would be a
# lie: it is below the lowest star, and whoever reads it takes this person for the grumpiest of all.
#
# Shapes: `ratings` (n_items,) of **one** user → one number.
#
# By hand: user 1 gave 5, 3 and 1 stars, so the mean is $9 / 3 = 3$. User 2 gave 4, 1 and 1 stars:
# $6 / 3 = 2$.
#
# **Before you write anything**, run the next two cells as they are, and read what `check` says.
# Then try `return ratings.mean()`, and read again. Then write the real thing.


# %% id=ex-mean tags=exercise
def mean_rating(ratings):
    """Take the mean of one person's ratings, over the films that they rated.

    Args:
        ratings: One person's row, shape (n_items,), in stars; 0 or nan where they did not rate.

    Returns:
        Their mean rating in stars, one number; nan for somebody who rated nothing.
    """
    ### BEGIN SOLUTION
    rated = ratings[ratings > 0]  # no comparison with nan is true, so nan goes, too
    if len(rated) == 0:
        return np.nan
    return float(rated.sum()) / len(rated)
    ### END SOLUTION


# %% id=check-mean
check(mean_rating)

# %% [markdown] id=about-hint
# Stuck? Take away the `#` in the next cell and run it, up to three times. (Not stuck? Try it once
# all the same, to know what it looks like.)

# %% id=hint-mean
# hint(mean_rating)

# %% [markdown] id=about-together
# ## All together
#
# Nothing to write here. Once your function passes, this cell takes the means of everybody, and then
# turns the table on its side and takes the mean of every film. Until then it says what it waits
# for.

# %% id=together
try:
    print("users:", [float(mean_rating(row)) for row in ratings], "stars")
    print("films:", [round(float(mean_rating(column)), 2) for column in ratings.T], "stars")
    print("somebody new:", mean_rating(np.array([nan, 0, 0, nan, 0])))
except NotImplementedError:
    print("This cell comes to life when mean_rating is written.")

# %% [markdown] id=after
# Film 3 has the best mean of all, 5 stars, and a single rating. Would you recommend it first?
# Section 6 of the lesson has an opinion on that.
