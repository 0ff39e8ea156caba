# %% [markdown] id=title
# # 01 · Interactions: from events to a table you can trust
#
# After this lesson you can
#
# - clean a raw list of ratings, one rule at a time, and prove that nothing good was lost;
# - tell ids from indices, and build the table that every model of this course takes;
# - describe how sparse and how unequal ratings are, and say what a k-core throws away;
# - split ratings in three ways, and say which question each of them answers;
# - find a leak, measure it, and write the test that would have caught it.
#
# You need Python and a little NumPy. pandas appears here and there, and you need not know it.
#
# *Plan on 60 minutes to work through it. Run from top to bottom it takes about 10 seconds on two
# cores and 280 MB of memory.*

# %% id=setup
import io
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from recsys_course.classroom import compare_guess, quiz
from recsys_course.data.cleaning import clean, k_core, to_frame
from recsys_course.data.datasets import load_movielens
from recsys_course.data.dirt import add_dirt
from recsys_course.data.drift import add_drift
from recsys_course.data.interactions import Interactions
from recsys_course.data.reading import read_ratings
from recsys_course.data.splitting import k_fold, leave_last_out, random_split, temporal_split
from recsys_course.data.stars import to_stars
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.formulas.metrics import rmse
from recsys_course.formulas.neighbors import centred_rows
from recsys_course.models.baselines import Biases
from recsys_course.plots import BLUE, GREY, ORANGE, PINK, course_style, describe, long_tail

course_style()

# %% [markdown] id=how-to
# **How this lesson works.** Before most results you write down a guess: replace `None` by a number,
# run the cell, then run the next one. A wrong guess is worth more than no guess, because you will
# remember why it was wrong.
#
# Cells with `assert` check the numbers of the text. They stay silent when the text is right.

# %% [markdown] id=s1
# ## 1. Events arrive
#
# Nobody is ever handed a table. What arrives is a list of *events*: somebody did something with
# some item at some time. Here is the export of a small film club. Its members give 1 to 5 stars.
#
# Read it as a detective would. How many things are wrong with it?

# %% id=raw
raw = """\
user,item,rating,timestamp
007,f1,5,1709285760
007,f1,5,1709285760
012,f5,1,1709372160
12,f1,1,1709402400
007,f3,11,1709441280
012,f4,1,1709467200000
,f3,4,1709532000
007,f2,3,1709579520
012,f1,4,1709665920
12,f2,1,1709726400
12,f2,4,1709316000000
12,f3,,1709748000
7,f2,2,1709834400000
12,f5,5,1709920800
007,f4,1,1710007200
7,f9,3,1710050400
7,f4,5,1710072000
7,f5,0,1710136800
7,f3,5,1710180000
12,f4,5,1710244800
12,f4,55,1710244860
"""
catalogue = ["f1", "f2", "f3", "f4", "f5"]  # the club has five films

# %% [markdown] id=times-text
# The times count seconds since the beginning of 1970 (UTC), the usual way to write a moment as one
# number. Some of the numbers are a thousand times too large: another program wrote milliseconds.

# %% [markdown] id=predict-1
# **Predict.** The club has four members in this list: 007, 012, 12 and 7. You read the list with
# `pd.read_csv`, as everybody does. How many different users does it find?

# %% id=guess-1 tags=predict
guess_n_users = None  # how many users

# %% id=answer-1
careless = pd.read_csv(io.StringIO(raw))
print("ids found:", careless["user"].dropna().unique().tolist())
compare_guess(guess_n_users, careless["user"].nunique(), "users")

assert careless["user"].nunique() == 2

# %% [markdown] id=ids-are-text
# Two. What looks like a number is read as a number, so 007 and 7 become one person, and 012 and 12
# another. (They even became 7.0 and 12.0, because one id is missing.) No error, no warning: from
# here on two people share a taste.
#
# An id is a name. You never add two of them, so never let them become numbers: read them as text.

# %% id=read-as-text
events = pd.read_csv(io.StringIO(raw), dtype={"user": str, "item": str})
print("ids found:", events["user"].dropna().unique().tolist())

assert events["user"].nunique() == 4
assert len(events) == 21

# %% [markdown] id=s2
# ## 2. Cleaning, one rule at a time
#
# We write each rule in the plainest way, on a list with one row `(user, item, rating, time)` an
# event. `None` stands where nothing was given.


# %% id=parse
def parse(line):
    """One line of text as (user, item, rating, time)."""
    user, item, rating, time = line.split(",")
    stars = float(rating) if rating else None
    return user or None, item or None, stars, int(time) if time else None


rows = [parse(line) for line in raw.splitlines()[1:]]
print(rows[0])
print(rows[11])

assert len(rows) == 21

# %% [markdown] id=predict-2
# **Predict.** Go through the list once more with a pencil. How many of the 21 rows are ratings that
# you would keep?

# %% id=guess-2 tags=predict
guess_n_kept = None  # rows

# %% [markdown] id=rule-missing
# **Rule 1: something is missing.** A row without user, item, rating or time says nothing. (A film
# that somebody has *not* rated has no row at all. That is the normal case, not dirt.)

# %% id=rule-missing-run
complete = [row for row in rows if None not in row]
print(f"{len(rows)} → {len(complete)} rows")

assert len(complete) == 19

# %% [markdown] id=rule-scale
# **Rule 2: the rating is impossible.** 11 and 55 stars do not exist in this club.
#
# And the 0? **Ask what it means before you decide.** This club's form sends a 0 when no star was
# picked, so here a 0 is a rating that nobody gave, and the row goes. In a shop whose scale runs
# from 0 to 5, a 0 is the worst rating there is, and dropping it would delete the most unhappy
# customers. In MovieLens half a star is the worst, and no 0 occurs. The number alone does not tell;
# the scale does.

# %% id=rule-scale-run
on_scale = [row for row in complete if 1 <= row[2] <= 5]
print("gone:", [row[2] for row in complete if row not in on_scale])

user_7 = [row[2] for row in complete if row[0] == "7" and row[1] in catalogue]
given = [rating for rating in user_7 if rating > 0]
print("mean of user 7 with the 0:", np.mean(user_7), " without:", np.mean(given))

assert len(on_scale) == 16
assert user_7 == [2, 5, 0, 5]
assert np.mean(user_7) == 3
assert np.mean(given) == 4

# %% [markdown] id=rule-unknown
# **Rule 3: the item is not in the catalogue.** Film `f9` may be a typing error, or a film that was
# removed. Either way you cannot recommend it.

# %% id=rule-unknown-run
known = [row for row in on_scale if row[1] in catalogue]
print(f"{len(on_scale)} → {len(known)} rows")

assert len(known) == 15

# %% [markdown] id=rule-seconds
# **Rule 4: one unit of time.** As seconds, 100,000,000,000 is a day in the year 5138; as
# milliseconds it is one in 1973. So what is larger must be milliseconds.


# %% id=rule-seconds-run
def in_seconds(row):
    """The same row with its time in seconds."""
    user, item, rating, time = row
    return user, item, rating, time // 1000 if time >= 10**11 else time


timed = [in_seconds(row) for row in known]
print(f"times in ms: {sum(row[3] >= 10**11 for row in known)}, now:", max(row[3] for row in timed))

assert str(np.datetime64(10**11, "s")).startswith("5138")
assert str(np.datetime64(10**11, "ms")).startswith("1973")
assert sum(row[3] >= 10**11 for row in known) == 3
assert len(timed) == 15

# %% [markdown] id=rule-copies
# **Rule 5: the same event twice.** Somebody clicked twice, or the export ran twice. Two rows that
# agree in everything are one event.

# %% id=rule-copies-run
single = list(dict.fromkeys(timed))  # a dictionary keeps each row once, in order
print(f"{len(timed)} → {len(single)} rows")

assert len(single) == 14

# %% [markdown] id=rule-last
# **Rule 6: somebody changed their mind.** User 12 gave film 2 four stars, and one star some days
# later. The later rating counts. Mind that it stands *above* the earlier one: rows arrive in any
# order, and "last" means last in time. Of two ratings with the same time, the one further down
# counts.


# %% id=rule-last-run
def last_of_each_pair(rows):
    """Of the rows of one user and one item, the latest one."""
    latest = {}
    for row in sorted(rows, key=lambda row: row[3]):  # equal times stay in the order of the rows
        latest[row[:2]] = row
    return [row for row in rows if latest[row[:2]] == row]


kept = last_of_each_pair(single)
print(f"{len(single)} → {len(kept)} rows")
compare_guess(guess_n_kept, len(kept), "rows")

assert len(kept) == 13
assert [row[2] for row in kept if row[:2] == ("12", "f2")] == [1]

# %% [markdown] id=order-text
# Thirteen ratings are left of 21 rows. **The order of the rules is part of the rules.** In this
# list two changes of the order do harm:
#
# - If you choose the last rating before you drop the impossible ones, user 12's `55`, a typing
#   error one minute later, replaces the good 5 and is then dropped itself. The rating is lost.
# - If you choose it before the times have one unit, the older rating of film 2, in milliseconds,
#   looks like one from the far future, and wins.

# %% id=order-run
chosen_too_early = last_of_each_pair(list(dict.fromkeys(map(in_seconds, complete))))
survivors = [row for row in chosen_too_early if 1 <= row[2] <= 5 and row[1] in catalogue]
print("last one chosen before the scale is checked:", len(survivors), "rows")

wrong_unit = last_of_each_pair(list(dict.fromkeys(known)))
print("chosen before ms become s: film 2 gets", [r[2] for r in wrong_unit if r[:2] == ("12", "f2")])

assert len(survivors) == 12
assert [row[2] for row in wrong_unit if row[:2] == ("12", "f2")] == [4]

# %% [markdown] id=library-clean-text
# **The library version** applies the same rules in the same order, and reports how many rows each
# of them removed. A cleaning that says only "done" cannot be checked.

# %% id=library-clean
cleaned, report = clean(events, lowest=1, highest=5, known_items=catalogue)
print(report)

assert list(cleaned.itertuples(index=False, name=None)) == kept
assert (report.missing, report.outside_scale, report.unknown_ids) == (2, 3, 1)
assert (report.exact_duplicates, report.earlier_ratings, report.milliseconds) == (1, 1, 3)

# %% [markdown] id=read-ratings-text
# **Or refuse.** Sometimes you would rather mend the file than have a program guess.
# `read_ratings(path)` reads a CSV file of your own with its ids as text, and stops at a line that
# it cannot read right, saying which. It looks for empty ids first and for repeated pairs last. The
# scale is left to you, since a file does not say what its scale is.

# %% id=read-ratings
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "club.csv"
    path.write_text(raw, encoding="utf-8")
    try:
        read_ratings(path)
        refusal = None
    except ValueError as problem:
        refusal = str(problem).split("club.csv, ")[1]
print(refusal)

assert refusal.startswith("line 8: ")  # the first line without a user

# %% [markdown] id=s3
# ## 3. Dirt whose amount is known
#
# Did the cleaning remove all that was wrong, and nothing else? On real data nobody knows. So take
# clean ratings, add dirt of known kinds in known numbers, and see whether the cleaning gives back
# exactly what you began with. That is the best possible result, and you can check for it.
#
# The clean table is [MovieLens](https://grouplens.org/datasets/movielens/): 100,004 ratings of
# 9,066 films by 671 people, in half stars from ½ to 5. It comes with the course; nothing is
# downloaded.

# %% id=dirt
movielens = load_movielens()
dirt = add_dirt(movielens, np.random.default_rng(3), robots=0.003)
print(f"{len(movielens):,} clean rows became {len(dirt.frame):,}")

assert (len(movielens), movielens.n_items, movielens.n_users) == (100_004, 9_066, 671)
assert np.unique(movielens.ratings).tolist() == [half / 2 for half in range(1, 11)]  # no 0

dirt.frame.head(3)

# %% [markdown] id=robots-text
# One kind is new: two *robots*, programs that rate all 9,066 films in the order of their ids, one a
# second. Each of their rows looks fine; only the whole is absurd. `clean` reports whom it suspects,
# and drops them when you ask for it. It is your decision, since a suspicion can be wrong.

# %% id=clean-dirt
recovered, dirt_report = clean(
    dirt.frame, known_items=movielens.item_vocabulary.ids, drop_robots=True
)
print(dirt_report)

# %% [markdown] id=check-dirt-text
# **Check.** Kind by kind the counts must be those that were put in. And the rows that are left must
# be the rows of the beginning: same people, same films, same stars, except for the 1,000 pairs that
# were rated again later, where the later rating counts.

# %% id=check-dirt
pair = ["user", "item"]
left = recovered.sort_values(pair).reset_index(drop=True)
truth = to_frame(movielens).sort_values(pair).reset_index(drop=True)
assert left["user"].tolist() == truth["user"].tolist()
assert left["item"].tolist() == truth["item"].tolist()
assert (left["rating"] != truth["rating"]).sum() == dirt.earlier_ratings == 1_000
assert (left["timestamp"] != truth["timestamp"]).sum() == dirt.earlier_ratings

assert dirt_report.missing == dirt.missing == 500
assert dirt_report.outside_scale == dirt.outside_scale == 500
assert dirt_report.unknown_ids == dirt.unknown_ids == 200
assert dirt_report.exact_duplicates == dirt.exact_duplicates == 3_000
assert dirt_report.earlier_ratings == 1_000
assert dirt_report.robot_rows == dirt.robot_rows == 2 * 9_066
assert set(dirt_report.suspected_robots) == set(dirt.robots)
assert dirt_report.milliseconds == dirt.milliseconds

# %% [markdown] id=check-slow-text
# The slow rules of section 2 and the library must agree too, on dirt that nobody chose.


# %% id=check-slow
def slow_clean(rows, known_items, lowest, highest):
    """The six rules, one after the other."""
    rows = [row for row in rows if None not in row]
    rows = [row for row in rows if lowest <= row[2] <= highest]
    rows = [row for row in rows if row[1] in known_items]
    rows = list(dict.fromkeys(map(in_seconds, rows)))
    return last_of_each_pair(rows)


assert slow_clean(rows, catalogue, 1, 5) == kept
for seed in range(3):
    small_world = to_stars(make_world(np.random.default_rng(seed), n_users=30, n_items=90))
    films = small_world.interactions.item_vocabulary.ids
    raw_frame = add_dirt(small_world.interactions, np.random.default_rng(100 + seed)).frame
    raw_rows = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in raw_frame.itertuples(index=False, name=None)
    ]
    by_library, _ = clean(raw_frame, known_items=films)
    by_hand = slow_clean(raw_rows, set(films), 0.5, 5)
    assert by_hand == list(by_library.itertuples(index=False, name=None))

# %% [markdown] id=dirt-limit
# **An honest limit.** The cleaning finds what it knows to look for. A grandson who rates on his
# grandmother's account, a shop that pays for stars, a film entered under two ids: no rule above
# sees them. That the counts agree proves that the rules do what they say, not that the world is
# clean.

# %% [markdown] id=s4
# ## 4. Ids are not indices
#
# Models work on tables, and a table has rows 0, 1, 2, … So each id needs a number, and you need the
# way back. The slow version is a dictionary.

# %% id=slow-vocabulary
index_of_user = {}
for user, _, _, _ in sorted(kept):
    if user not in index_of_user:
        index_of_user[user] = len(index_of_user)
print(index_of_user)

assert index_of_user == {"007": 0, "012": 1, "12": 2, "7": 3}

# %% [markdown] id=library-vocabulary-text
# The library's `Vocabulary` is such a dictionary together with the way back. `Interactions` holds
# two of them beside four parallel arrays: `users` and `items` (indices), `ratings` and
# `timestamps`. Every model, split and metric of the course takes an `Interactions`.

# %% id=library-vocabulary
club = Interactions.from_frame(cleaned, timestamp="timestamp")
print(club)
print("users:  ", club.users[:5], "…")
print("items:  ", club.items[:5], "…")
print("ratings:", club.ratings[:5], "…")
print("index of '7':", club.user_vocabulary.index_of("7"))
print("id of row 3: ", club.user_vocabulary.id_of(3))

assert {known: n for n, known in enumerate(club.user_vocabulary.ids)} == index_of_user
assert (club.n_users, club.n_items, len(club)) == (4, 5, 13)

# %% [markdown] id=unknown-text
# An id that was never seen has no index. The one wrong answer is to give it somebody else's, for
# instance 0: a stranger would get user 007's recommendations. The library refuses instead.
# (`fold_in`, which its message names, is for people who join later: lesson 06.)

# %% id=unknown
try:
    club.user_vocabulary.index_of("99")
    refused = None
except KeyError as problem:
    refused = problem.args[0]
print(refused)

assert refused is not None

# %% [markdown] id=table-text
# The thirteen events are the small table that you will meet again in the next lessons. A dot means
# *not rated*.
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |
# |----|---|---|---|---|---|
# | **user 1** (id 007) | 5 | 3 | · | 1 | · |
# | **user 2** (id 012) | 4 | · | · | 1 | 1 |
# | **user 3** (id 12) | 1 | 1 | · | 5 | 5 |
# | **user 4** (id 7) | · | 2 | 5 | 5 | · |

# %% id=table
table = club.to_csr().toarray()  # (n_users, n_items), stars; a 0 only fills the place
print(table)

assert table.tolist() == [[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]]
assert len(club) / (club.n_users * club.n_items) == 0.65
assert club.ratings.mean() == 3
assert table.mean() == 39 / 20  # the zeros taken for ratings

# %% [markdown] id=zeros-text
# An array has no gaps, so zeros fill the empty places. **They are not ratings.** The mean of the
# thirteen ratings is 3 stars; `table.mean()` is 1.95, the mean of thirteen ratings and seven
# ratings that nobody gave. That is why `Interactions` keeps rows: what was not rated is not there.
# (`to_csr` makes a *sparse* table of them, which stores nothing but the ratings; `toarray` writes
# out the zeros.)

# %% [markdown] id=predict-3
# **Predict.** MovieLens numbers its films with gaps. Take its film ids for indices, and give the
# table a column for each number from 0 to the largest id. How many thousand columns does it
# have? (There are 9,066 films.)

# %% id=guess-3 tags=predict
guess_n_columns = None  # thousand columns

# %% id=answer-3
n_columns = max(movielens.item_vocabulary.ids) + 1
compare_guess(guess_n_columns, n_columns / 1000, "thousand columns")
print(f"{1 - movielens.n_items / n_columns:.0%} of them would belong to no film")

assert n_columns == 163_950
assert round(100 * (1 - movielens.n_items / n_columns)) == 94

# %% [markdown] id=s5
# ## 5. The long tail
#
# In the small table 65 % of the cells are filled: that share is the *density* of a table. In real
# ones almost all cells are empty, and the ratings fall on the films very unequally.

# %% id=density
density = len(movielens) / (movielens.n_users * movielens.n_items)
per_user = np.bincount(movielens.users, minlength=movielens.n_users)  # (n_users,) ratings
per_film = np.bincount(movielens.items, minlength=movielens.n_items)  # (n_items,) ratings
print(f"density {density:.2%}")
print(f"ratings a user: {per_user.min()} at least, {np.median(per_user):.0f} in the middle")
print(f"ratings a film: {per_film.min()} at least, {np.median(per_film):.0f} in the middle")

assert round(100 * density, 2) == 1.64
assert (per_user.min(), np.median(per_user)) == (20, 71)
assert (per_film.min(), np.median(per_film)) == (1, 3)

# %% [markdown] id=predict-4
# **Predict.** Take the most popular tenth of the films. Which share of all ratings do they have, in
# per cent?

# %% id=guess-4 tags=predict
guess_head_share = None  # per cent

# %% id=answer-4
head = np.sort(per_film)[::-1][: round(movielens.n_items / 10)]  # the 907 best-known films
compare_guess(guess_head_share, 100 * head.sum() / len(movielens), "%")

assert len(head) == 907
assert round(100 * head.sum() / len(movielens)) == 60

# %% id=long-tail-figure
axes = long_tail(movielens)
plt.show()

# %% [markdown] id=long-tail-alt
# *Figure: the films stand from the most to the least popular. The curve starts at 341 ratings, in a
# peak of a few films that is too narrow to be seen, falls steeply within the first tenth of the
# films and then creeps along the bottom: a film in the middle of the list has 3 ratings.*
#
# The library can say in words what it has drawn, for those who cannot see it:

# %% id=long-tail-words
print(describe(axes))

one_rating = (per_film == 1).sum()
print(f"\n{one_rating:,} films, {one_rating / movielens.n_items:.0%} of all, have a single rating.")

assert per_film.max() == 341
assert one_rating == 3_063
assert round(100 * one_rating / movielens.n_items) == 34

# %% [markdown] id=tail-meaning
# Keep three consequences in mind:
#
# - **A mean over ratings is a mean over popular films.** A model can be useless for half of the
#   catalogue and still have a good average error.
# - **Recommending what is popular is a strong opponent**, so it stands in every comparison of this
#   course.
# - **A third of the films cannot be tested.** Hide the only rating of a film, and nothing is left
#   to learn about it.

# %% [markdown] id=s6
# ## 6. The k-core
#
# Many experiments keep only users and films with enough ratings. The largest part of the data in
# which everybody has at least $k$ is the **k-core**. It is defined by its result, not by a
# procedure: every user and every film that is left has at least $k$ ratings *among what is left*.
#
# Nine ratings of a smaller club, for $k = 2$:
#
# | | P | Q | R | S |
# |---|---|---|---|---|
# | **ann** | ✓ | ✓ | · | · |
# | **bo** | ✓ | ✓ | · | · |
# | **cy** | · | ✓ | ✓ | · |
# | **dee** | · | · | ✓ | ✓ |
# | **eli** | · | · | · | ✓ |

# %% [markdown] id=predict-5
# **Predict.** Only eli has fewer than two ratings, and no film does. How many of the nine ratings
# are in the 2-core?

# %% id=guess-5 tags=predict
guess_core = None  # ratings

# %% [markdown] id=slow-core-text
# The slow version takes away what is too rare, and looks again, until nothing changes any more.


# %% id=slow-core
def slow_k_core(pairs, k):
    """The pairs that are left after each pass; the last list is the k-core."""
    passes = [list(pairs)]
    while True:
        left = passes[-1]
        users, items = [user for user, _ in left], [item for _, item in left]
        kept = [(u, i) for u, i in left if users.count(u) >= k and items.count(i) >= k]
        if kept == left:
            return passes
        passes.append(kept)


names = "ann-P ann-Q bo-P bo-Q cy-Q cy-R dee-R dee-S eli-S"
chain = [tuple(name.split("-")) for name in names.split()]
passes = slow_k_core(chain, k=2)
print("ratings after each pass:", [len(left) for left in passes])
compare_guess(guess_core, len(passes[-1]), "ratings")

assert [len(left) for left in passes] == [9, 8, 7, 6, 5, 4]

# %% id=core-figure
user_row = {"ann": 4, "bo": 3, "cy": 2, "dee": 1, "eli": 0}
film_row = {"P": 3.5, "Q": 2.5, "R": 1.5, "S": 0.5}
plt.figure(figsize=(7.5, 4.2))
for user, film in chain:
    gone_in = next((n for n, left in enumerate(passes) if (user, film) not in left), None)
    color, style = (BLUE, "-") if gone_in is None else (ORANGE, "--")
    ends = user_row[user], film_row[film]
    plt.plot([0, 1], ends, color=color, linestyle=style, linewidth=2.5, zorder=1)
    if gone_in is not None:
        spot = (0.5, np.mean(ends))
        plt.text(*spot, f"pass {gone_in}", ha="center", va="center", backgroundcolor="white")
for name, height in user_row.items():
    plt.text(-0.03, height, name, ha="right", va="center", fontsize=13)
for name, height in film_row.items():
    plt.text(1.03, height, name, ha="left", va="center", fontsize=13)
plt.scatter([0] * 5 + [1] * 4, [*user_row.values(), *film_row.values()], color=GREY, s=70, zorder=2)
plt.plot([], [], color=BLUE, linewidth=2.5, label="in the 2-core")
plt.plot([], [], color=ORANGE, linestyle="--", linewidth=2.5, label="removed")
plt.xticks([0, 1], ["users", "films"])
plt.yticks([])
plt.xlim(-0.3, 1.3)
plt.gca().spines[["left", "bottom"]].set_visible(False)
plt.gca().tick_params(length=0)
plt.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=2, frameon=False)
plt.title(f"One pass leaves {len(passes[1])} ratings, the 2-core has {len(passes[-1])}")
plt.show()

# %% [markdown] id=core-alt
# *Figure: users on the left, films on the right, a line for each rating. Four solid lines between
# ann, bo and the films P and Q are the 2-core. The five others, dashed, form a chain that is eaten
# up from its end: eli–S goes in pass 1, dee–S in pass 2, dee–R in pass 3, cy–R in pass 4 and cy–Q
# in pass 5.*
#
# When eli goes, film S is left with one rating; when that goes, dee is left with one; and so on.
# **One pass is not enough**: after it, film S has a single rating, and the table breaks the promise
# that it was made for. Whether you remove users first, films first or both at once changes the
# number of passes, not the end.

# %% id=check-core
small = pd.DataFrame(chain, columns=["user", "item"])
assert len(k_core(Interactions.from_frame(small, rating=None), 2, 2)) == 4

rng = np.random.default_rng(6)
for _ in range(20):
    mask = rng.random((12, 9)) < 0.35
    pairs = [(int(u), int(i)) for u, i in np.argwhere(mask)]
    expected = slow_k_core(pairs, k=3)[-1]
    frame = pd.DataFrame(pairs, columns=["user", "item"])
    try:
        core = to_frame(k_core(Interactions.from_frame(frame, rating=None), 3, 3))
        found = list(zip(core["user"], core["item"], strict=True))
    except ValueError:  # the library refuses to return an empty table
        found = []
    assert found == expected

# %% [markdown] id=core-cost-text
# **What a k-core costs.** On MovieLens:

# %% id=core-cost
kept_share = {}
for k in (2, 5, 10, 20):
    core = k_core(movielens, k, k)
    kept_share[k] = len(core) / len(movielens), core.n_items / movielens.n_items
    print(
        f"{k:2}-core: {kept_share[k][0]:4.0%} of the ratings, {kept_share[k][1]:4.0%} of the films,"
        f" density {len(core) / (core.n_users * core.n_items):.1%}"
    )

assert [round(100 * share) for share in kept_share[10]] == [82, 25]

# %% [markdown] id=core-cost-read
# The 10-core keeps 82 % of the ratings, and drops three films out of four. Everything measured on
# it is about the popular quarter of the catalogue. Two results on two different cores cannot be
# compared, and a paper that does not name its $k$ cannot be repeated.
#
# There is a second catch. The core is chosen by *all* ratings, those of the future test part too.
# If you want to be strict, split first and take the core of the training part.

# %% [markdown] id=s7
# ## 7. Three ways to split
#
# A model must be judged by ratings that it has not seen. So some rows are put aside, the *test
# part*; the model learns from the rest, the *training part*. Which rows? There are three usual
# answers, and each asks the model a different question:
#
# - **by chance**: any fifth of the rows. *How well can you fill the gaps in the table?*
# - **last item**: the last event of each user. *What does this user do next, if you know what
#   others did, before and after?*
# - **by time**: everything from one moment on. *What will happen next?* Only here the training part
#   ends before the test part begins.
#
# Last item and time in the slow version, on parallel arrays. Each returns a mask: true where a row
# is tested.


# %% id=slow-splits
def slow_leave_last_out(users, timestamps):
    """Test each user's last event; somebody with a single event keeps it in training."""
    tested = np.zeros(len(users), dtype=bool)
    for user in set(users):
        own = [row for row in range(len(users)) if users[row] == user]
        own.sort(key=lambda row: timestamps[row])  # at equal times the later row comes last
        if len(own) > 1:
            tested[own[-1]] = True
    return tested


def slow_temporal_split(timestamps, test_fraction):
    """Test all rows from the moment of the n-th latest row on; a moment is never cut in two."""
    n_test = round(test_fraction * len(timestamps))
    cut = sorted(timestamps)[-n_test]
    return np.array([time >= cut for time in timestamps])


last_tested = slow_leave_last_out(club.users, club.timestamps)
late_tested = slow_temporal_split(club.timestamps, test_fraction=0.2)
for name, tested in (("last item", last_tested), ("by time", late_tested)):
    print(f"{name}: {tested.sum()} of {len(club)} rows are tested")

assert last_tested.sum() == 4
assert late_tested.sum() == 3

# %% [markdown] id=split-edges
# Two details decide whether such a function is right. **A user with one event** keeps it in
# training: with it in the test part, the model would know nothing about them. And **ties**: rows of
# one moment stay together in a temporal split, or the "past" would hold a part of the "future";
# where the last event of a user must be chosen among equal times, the row further down counts.

# %% id=check-splits
last_split, late_split = leave_last_out(club), temporal_split(club, test_fraction=0.2)
assert last_split.train.timestamps.tolist() == club.timestamps[~last_tested].tolist()
assert late_split.test.timestamps.tolist() == club.timestamps[late_tested].tolist()

for seed in range(20):  # many ties, some users with a single event
    rng = np.random.default_rng(seed)
    mask = rng.random((12, 9)) < 0.25
    some_users, some_items = np.nonzero(mask)
    some_times = rng.integers(0, 12, len(some_users))
    some = Interactions(
        some_users,
        some_items,
        np.ones(len(some_users)),
        some_times,
        Vocabulary(range(12)),
        Vocabulary(range(9)),
    )
    tested = slow_leave_last_out(some_users, some_times)
    by_library = leave_last_out(some)
    assert by_library.test.items.tolist() == some_items[tested].tolist()
    assert by_library.train.items.tolist() == some_items[~tested].tolist()
    by_library = temporal_split(some, cut=int(np.sort(some_times)[-5]))
    tested = slow_temporal_split(some_times, 5 / len(some_times))
    assert by_library.test.items.tolist() == some_items[tested].tolist()

# %% [markdown] id=library-cut
# (Where ties make the asked share impossible, the library takes the nearest cut; the slow version
# takes the whole moment, at least the asked share. Given the cut itself, the two agree.)

# %% id=splits-figure
chance_split = random_split(club, np.random.default_rng(3), test_fraction=0.2)
march = (club.timestamps - 1_709_251_200) / 86_400 + 1  # (13,), the day of March 2024
figure, panels = plt.subplots(3, 1, figsize=(8, 7.4), sharex=True, layout="constrained")
for panel, (name, split) in zip(
    panels,
    {"By chance": chance_split, "Last item": last_split, "By time": late_split}.items(),
    strict=True,
):
    tested = np.isin(club.timestamps, split.test.timestamps)
    panel.scatter(march[~tested], club.users[~tested] + 1, s=110, color=BLUE, label="training")
    panel.scatter(
        march[tested], club.users[tested] + 1, s=120, color=ORANGE, marker="D", label="test"
    )
    first_test = march[tested].min()
    panel.axvline(first_test, color=GREY, linestyle=":", label="first test event")
    n_future = (march[~tested] > first_test).sum()
    panel.set_title(f"{name}: {n_future} training events are later than the first test event")
    panel.set(ylabel="user", yticks=[1, 2, 3, 4], ylim=(4.6, 0.4))
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
panels[2].set_xlabel("time (day of March)")
plt.show()

# %% [markdown] id=splits-alt
# *Figure: the thirteen events on a time axis, one line a user, three times; a dotted vertical line
# stands at the first test event of each split. By chance, the three test events (diamonds) lie
# anywhere. Last item: the right-most event of each user is tested, and while user 2 stops on day 5,
# the others' training events go on to day 10. By time: the dotted line is on day 10, all training
# events are on its left, all test events on it or on its right.*
#
# The honest split has its price. Film 3 was rated once, on day 11: after the temporal cut no
# training row knows it. Real systems meet new films every day. The split counts them, and you have
# to say what your model does with them.

# %% id=split-facts
print("by time:", late_split.n_new_items, "new film,", late_split.n_new_users, "new users")
future_of = {
    split.name: int((split.train.timestamps > split.test.timestamps.min()).sum())
    for split in (chance_split, last_split, late_split)
}
print(future_of)

assert int(march[last_tested & (club.users == 1)][0]) == 5  # user 2 stops
assert int(march[~last_tested].max()) == 10  # the others train on
assert int(march[late_tested].min()) == 10  # the cut
assert march[club.items == 2].astype(int).tolist() == [11]  # film 3
assert late_split.n_new_items == 1
assert late_split.n_new_users == 0
assert future_of[late_split.name] == 0
assert future_of[last_split.name] > 0

# %% [markdown] id=s8
# ## 8. A leak, measured
#
# Some people give fives, others threes for the same film. To compare them, take the rating $r_{ij}$
# that user $i$ gave film $j$, and subtract the user's mean $\bar r_i$; what is left says whether
# *they* liked it:
#
# $$r'_{ij} = r_{ij} - \bar r_i$$
#
# That is called *centring*, a way of normalising. The formula hides the question that matters: the
# mean **of which ratings**? At the moment of prediction the test rating is unknown. So the mean
# runs over the training ratings alone, and a test rating is centred by the same number. Whoever has
# no training rating gets the mean of all training ratings.


# %% id=slow-centring
def slow_centring(train_users, train_ratings, test_users, test_ratings):
    """Subtract each user's mean, taken over training ratings, from both parts."""
    overall = sum(train_ratings) / len(train_ratings)
    means = {}
    for user in set(train_users):
        own = [rating for u, rating in zip(train_users, train_ratings, strict=True) if u == user]
        means[user] = sum(own) / len(own)
    train = [r - means[u] for u, r in zip(train_users, train_ratings, strict=True)]
    test = [r - means.get(u, overall) for u, r in zip(test_users, test_ratings, strict=True)]
    return np.array(train), np.array(test)


train, test = last_split.train, last_split.test
train_centred, test_centred = slow_centring(train.users, train.ratings, test.users, test.ratings)
print("training:", train_centred.round(2))
print("test:    ", test_centred.round(2))

assert np.allclose(train_centred, centred_rows(train.to_csr())[train.users, train.items])
assert np.isclose(train_centred.sum(), 0, atol=1e-6)

# %% [markdown] id=fast-centring-text
# The next cell is the fast version, by `bincount`. The library's `centred_rows` centres a whole
# sparse table at once; the cell above has compared it on the small table. The next one checks that
# all three agree on random ratings.


# %% id=fast-centring
def user_means(users, ratings, n_users):
    """The mean rating of each user; the mean of all for somebody without a rating."""
    counts = np.bincount(users, minlength=n_users)  # (n_users,)
    sums = np.bincount(users, weights=ratings, minlength=n_users)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.mean(ratings))


for seed in range(10):
    rng = np.random.default_rng(seed)
    u, r = rng.integers(0, 8, 30), rng.integers(1, 11, 30) / 2
    means = user_means(u[:20], r[:20], n_users=8)
    slow_train, slow_test = slow_centring(u[:20], r[:20], u[20:], r[20:])
    assert np.allclose(slow_train, r[:20] - means[u[:20]])
    assert np.allclose(slow_test, r[20:] - means[u[20:]])
    one_film_a_row = Interactions(
        u[:20], np.arange(20), r[:20], None, Vocabulary(range(8)), Vocabulary(range(20))
    )
    by_library = centred_rows(one_film_a_row.to_csr())[u[:20], np.arange(20)]
    assert np.allclose(slow_train, by_library, atol=1e-5)  # ratings are stored as float32

# %% [markdown] id=predict-6
# **Predict.** User 1 gave 5 and 3 stars, and 1 star to film 4, which is tested. The training mean
# is 4, so the error of "predict the user's mean" is $1 - 4 = -3$ stars. A careless program takes
# the mean over all three ratings. What is its error?

# %% id=guess-6 tags=predict
guess_leaking_error = None  # stars, with its sign

# %% id=answer-6
honest_error = 1 - np.mean([5, 3])
leaking_error = 1 - np.mean([5, 3, 1])
compare_guess(guess_leaking_error, leaking_error)

assert honest_error == -3
assert leaking_error == -2

# %% [markdown] id=closed-form
# Two stars instead of three, with nothing learned. The rating to be predicted has voted on its own
# prediction. How much that helps can be said exactly. Let $n$ be the number of training ratings of
# a user, $\bar r$ their mean and $r$ the test rating. The careless mean is
# $(n\bar r + r)/(n + 1)$, so
#
# $$r - \frac{n\bar r + r}{n+1} = \frac{n}{n+1}\left(r - \bar r\right)$$
#
# **Every error shrinks by the factor $n/(n+1)$**: to two thirds for user 1, to one half for
# somebody with a single training rating. The less you know about a user, the better the careless
# program seems to know them.

# %% id=closed-form-check
n_train = np.bincount(train.users, minlength=club.n_users)[test.users]  # (4,)
honest = test.ratings - user_means(train.users, train.ratings, club.n_users)[test.users]
leaking = test.ratings - user_means(club.users, club.ratings, club.n_users)[test.users]
for row in np.argsort(test.users):
    print(
        f"user {test.users[row] + 1}: n = {n_train[row]}, honest error {honest[row]:5.2f}, "
        f"with the leak {leaking[row]:5.2f} stars"
    )
honest_rmse, leaking_rmse = np.sqrt(np.mean(honest**2)), np.sqrt(np.mean(leaking**2))
print(f"RMSE: honest {honest_rmse:.2f}, with the leak {leaking_rmse:.2f} stars")

assert np.allclose(leaking, n_train / (n_train + 1) * honest)
assert leaking[np.argsort(test.users)].tolist() == [-2, 2, 2, 1]
assert round(honest_rmse, 2) == 2.62
assert round(leaking_rmse, 2) == 1.80

# %% [markdown] id=rmse-text
# (RMSE, the root of the mean squared error, is how far off a typical prediction is, in stars.
# Lesson 05 says when to use it and when not.)
#
# **On MovieLens.** The test rating is the 20th rating of each user, in order of time. A prediction
# is the mean of the $n$ ratings before it, for growing $n$: honest, and with the leak.

# %% id=leak-movielens
order = np.lexsort((movielens.timestamps, movielens.users))  # by user, then by time
starts = np.cumsum(per_user) - per_user  # where each user begins
first_20 = np.array([movielens.ratings[order[s : s + 20]] for s in starts], dtype=float)
hidden = first_20[:, 19]  # (671,) stars
lengths = np.arange(1, 20)
honest_by_n, leaking_by_n = [], []
for n in lengths:
    honest_by_n.append(rmse(hidden, first_20[:, 19 - n : 19].mean(axis=1)))
    leaking_by_n.append(rmse(hidden, first_20[:, 19 - n :].mean(axis=1)))

assert first_20.shape == (671, 20)
assert np.allclose(leaking_by_n, lengths / (lengths + 1) * honest_by_n)
assert np.argmax(honest_by_n) == 0
assert np.argmin(leaking_by_n) == 0

# %% id=leak-figure
plt.figure()
plt.plot(lengths, honest_by_n, "o-", color=BLUE, label="honest: mean of the n ratings before")
plt.plot(
    lengths, leaking_by_n, "s--", color=ORANGE, label="leak: the mean includes the test rating"
)
plt.title(
    "One rating a user is the worst to learn from: "
    f"{honest_by_n[0]:.2f} stars.\nWith the leak it looks best: {leaking_by_n[0]:.2f} stars"
)
plt.xlabel("training ratings a user, n")
plt.ylabel("RMSE on the 20th rating (stars)")
plt.xticks([1, 5, 10, 15, 19])
plt.ylim(0, 1.5)
plt.legend(loc="lower right")
plt.show()

# %% [markdown] id=leak-alt
# *Figure: RMSE against the number of training ratings, two lines. The honest line is highest at
# n = 1 and falls, then stays about level. The leaking line starts at half of that and rises towards
# the honest one: the factor n/(n+1) tends to 1.*
#
# A leak does not only flatter. It reverses conclusions: by the lower line you would advise to know
# as little as possible about everybody.

# %% [markdown] id=s9
# ## 9. Error museum: normalised before the split
#
# This program is broken. It follows a recipe of many tutorials: *clean, normalise, split,
# evaluate*. It predicts a rating by the user's mean, plus how far the film lies above or below its
# viewers' means.


# %% id=broken-program
def mean_by(keys, values, n_keys):
    """The mean of the values of each key; 0 for a key without values."""
    counts = np.bincount(keys, minlength=n_keys)
    return np.bincount(keys, weights=values, minlength=n_keys) / np.maximum(counts, 1)


def learn_then_split(table, hidden):
    """User means and film deviations; `hidden` is true for the test rows."""
    of_user = mean_by(table.users, table.ratings, table.n_users)
    centred = table.ratings - of_user[table.users]
    of_film = mean_by(table.items, centred, table.n_items)
    return of_user, of_film


def hidden_errors(learn, table, hidden):
    """The errors on the hidden ratings."""
    of_user, of_film = learn(table, hidden)
    predictions = of_user[table.users] + of_film[table.items]
    return (table.ratings - predictions)[hidden]


# %% [markdown] id=museum-world
# We run it on MovieLens and on a made world: a club of 10 people and 3,000 films. Because we made
# it, we know the truth: ratings carry noise of 0.6 stars, and an *oracle* that knows every true
# taste still misses by that noise. **Nobody can beat the oracle but by luck.**

# %% id=museum-run
world_rng, hide_rng, film_rng = np.random.default_rng(17).spawn(3)
world = make_world(world_rng, n_users=10, n_items=3000)
made = world.interactions
made_hidden = hide_rng.random(len(made)) < 0.2
film_hidden = film_rng.random(len(movielens)) < 0.2


def root_mean_square(errors):
    return float(np.sqrt(np.mean(errors**2)))


true_means = world.true_ratings[made.users, made.items]
oracle_rmse = root_mean_square((made.ratings - true_means)[made_hidden])
broken_made = root_mean_square(hidden_errors(learn_then_split, made, made_hidden))
broken_films = root_mean_square(hidden_errors(learn_then_split, movielens, film_hidden))
print(f"MovieLens:  {broken_films:.2f} stars")
print(f"made world: {broken_made:.2f} stars; the oracle, which knows the truth: {oracle_rmse:.2f}")

assert world.noise_sd == 0.6
assert broken_made < oracle_rmse - 0.05
assert 0.52 < oracle_rmse < 0.68

# %% [markdown] id=symptom
# **The symptom.** The program beats the oracle. Two kinds of means, computed in three lines, know
# people better than the one who made them. When a result is too good, do not celebrate; look for
# the hole.

# %% [markdown] id=predict-7
# **The hunt.** A third of the films of MovieLens have a single rating. Look at the hidden ratings
# of those films only: nobody else has rated the film, so nothing can be known about it.
#
# **Predict.** What is the RMSE of the program on them?

# %% id=guess-7 tags=predict
guess_single = None  # stars

# %% id=answer-7
on_single = per_film[movielens.items[film_hidden]] == 1  # (n_hidden,)
single_errors = hidden_errors(learn_then_split, movielens, film_hidden)[on_single]
print(f"{on_single.sum()} hidden ratings of films that nobody else has rated")
compare_guess(guess_single, root_mean_square(single_errors))

assert on_single.sum() > 500
assert np.abs(single_errors).max() < 1e-5

# %% [markdown] id=hunt-read
# Zero. The program makes no error at all where nothing can be known: the deviation of such a film
# *is* the hidden rating, less the user's mean, which the prediction adds again. `hidden` comes in
# as an argument of `learn_then_split` and is never used.
#
# **The test that would have caught it.** What `fit` sees must not depend on the test ratings. So
# change them, and nothing may move.


# %% id=museum-test
def check_hidden_ratings_do_not_matter(learn, table, hidden):
    """Turn every hidden rating upside down: what was learned must stay."""
    upside_down = np.where(hidden, 5.5 - table.ratings, table.ratings)
    changed = Interactions(
        table.users,
        table.items,
        upside_down,
        table.timestamps,
        table.user_vocabulary,
        table.item_vocabulary,
    )
    before, after = learn(table, hidden), learn(changed, hidden)
    same = all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
    assert same, "a hidden rating moves what was learned"


try:
    check_hidden_ratings_do_not_matter(learn_then_split, movielens, film_hidden)
    caught = False
except AssertionError as problem:
    caught = True
    print("caught:", problem)

assert caught

# %% [markdown] id=predict-8
# **The repair** is one line: learn from the training rows only.
#
# **Predict.** On MovieLens the broken program had an RMSE of 0.83 stars. What will the repaired one
# have?

# %% id=guess-8 tags=predict
guess_repaired = None  # stars


# %% id=repair
def split_then_learn(table, hidden):
    """The same means, of the training rows alone."""
    return learn_then_split(table.subset(~hidden), None)


check_hidden_ratings_do_not_matter(split_then_learn, movielens, film_hidden)
fixed_made = root_mean_square(hidden_errors(split_then_learn, made, made_hidden))
fixed_films = root_mean_square(hidden_errors(split_then_learn, movielens, film_hidden))
compare_guess(guess_repaired, fixed_films)
print(f"made world: {fixed_made:.2f} instead of {broken_made:.2f}, oracle {oracle_rmse:.2f} stars")
plain_made = root_mean_square(made.ratings[made_hidden] - made.ratings[~made_hidden].mean())
print(f"one number for everything, the mean of the training ratings: {plain_made:.2f} stars")

assert round(broken_films, 2) == 0.83
assert set(movielens.users[~film_hidden]) == set(range(671))  # nobody is left without a mean
assert 0.91 < fixed_films < 0.94
assert fixed_made > 1.5 * oracle_rmse
assert fixed_made > 0.95 * plain_made
assert round(len(made) / len(np.unique(made.items)), 1) == 1.3

# %% id=museum-figure
figure, axes = plt.subplots(figsize=(7.5, 4.2))
places = np.arange(2)
for shift, values, color, hatch, label in (
    (-0.19, (broken_made, broken_films), ORANGE, "//", "normalised before the split"),
    (0.19, (fixed_made, fixed_films), BLUE, "", "split first"),
):
    bars = axes.bar(
        places + shift, values, 0.36, color=color, hatch=hatch, edgecolor="white", label=label
    )
    axes.bar_label(bars, fmt="%.2f", padding=3)
axes.plot([-0.4, 0.4], [oracle_rmse] * 2, color="black", linestyle=":", linewidth=2, label="oracle")
axes.set_xticks(
    places, ["made world\n(10 users, 3,000 films)", "MovieLens\n(671 users, 9,066 films)"]
)
axes.set_ylim(0, 1.45)
axes.set_xlabel("data")
axes.set_ylabel("RMSE on hidden ratings (stars)")
axes.set_title(
    f"The leak hides {1 - broken_made / fixed_made:.0%} of the error in the made world, "
    f"{1 - broken_films / fixed_films:.0%} on MovieLens"
)
axes.legend(loc="upper right")
plt.show()

# %% [markdown] id=museum-alt
# *Figure: two pairs of bars. In the made world the hatched bar, normalised before the split, stands
# below the dotted line of the oracle, and the bar of the repaired program at nearly twice the
# oracle's height. On MovieLens the two bars differ less, and both look believable.*
#
# In the made world a film that was rated at all has 1.3 ratings on average, and the honest program
# is no better than one number for everything. The leak had made nothing look like a miracle. On
# MovieLens there is no oracle to warn you, and that is the danger: there 0.83 looks like a good
# result, and nothing gives it away. Only the test does.
#
# Everything that is computed from data can leak: means, vocabularies, popularity counts, a
# k-core, the choice of a setting. (The library's splits keep *one* vocabulary for both parts, so
# that an index means the same film in both. What leaks by that is only that the film exists. How
# often it was rated, and how well, does not.)

# %% [markdown] id=s10
# ## 10. Is a random split too kind?
#
# A random split lets the model learn from March what people did in February. Does that matter?
# `Biases`, a model of the library, learns a number for each user and one for each film. The same
# model, the same ratings, three splits:

# %% [markdown] id=predict-9
# **Predict.** On a random fifth of MovieLens, `Biases` has an RMSE of 0.89 stars. What will it
# have on the *latest* fifth?

# %% id=guess-9 tags=predict
guess_late = None  # stars


# %% id=three-splits
def bias_errors(split):
    """Errors of the model Biases on the test part, in stars."""
    model = Biases().fit(split.train)
    return split.test.ratings - model.predict(split.test.users, split.test.items)


film_splits = {
    "random": random_split(movielens, np.random.default_rng(1), test_fraction=0.2),
    "last item": leave_last_out(movielens),
    "by time": temporal_split(movielens, test_fraction=0.2),
}
split_rmse = {}
for name, split in film_splits.items():
    split_rmse[name] = root_mean_square(bias_errors(split))
    new = ~np.isin(split.test.users, split.train.users)
    print(
        f"{name:9} {split_rmse[name]:.3f} stars; {len(split.test):6,} test rows, "
        f"{new.mean():3.0%} of them by new users"
    )
compare_guess(guess_late, split_rmse["by time"])

assert split_rmse["random"] < split_rmse["last item"] < split_rmse["by time"]
assert round(split_rmse["random"], 2) == 0.89
assert 1.01 < split_rmse["by time"] < 1.04

# %% [markdown] id=three-splits-read
# The same model looks better under the split that lets it see the future. But be careful with the
# reason. More than four fifths of the latest rows belong to people who have no training row at all:
# three in five of the MovieLens users give all their ratings within a day, and leave. The temporal
# split is harder here mostly because it asks about strangers. Look at the people whom the model
# knows:

# %% id=known-users
late = film_splits["by time"]
new = ~np.isin(late.test.users, late.train.users)  # (n_test,)
late_errors = bias_errors(late)
known_rmse, new_rmse = root_mean_square(late_errors[~new]), root_mean_square(late_errors[new])
print(f"latest fifth: {known_rmse:.3f} stars for known users, {new_rmse:.3f} for new ones")

first = np.array([movielens.timestamps[movielens.users == user].min() for user in range(671)])
last = np.array([movielens.timestamps[movielens.users == user].max() for user in range(671)])
print(f"users whose ratings all fall within a day: {np.mean(last - first < 86_400):.0%}")

assert new.mean() > 0.8
assert round(np.mean(last - first < 86_400), 2) == 0.61
assert round(split_rmse["by time"] - split_rmse["random"], 2) == 0.14
assert round(known_rmse - split_rmse["random"], 2) == 0.04

# %% [markdown] id=known-read
# Among people whom the model knows, the gap to the random split is 0.04 stars, not 0.14.
#
# And those 0.04? Either the random split is too kind, because its training part has seen the
# future; or the latest rows are harder, whoever predicts them. On real data you can never be sure.
# In a made world you can, because there you decide how much time matters. `add_drift` lets the
# tastes of 400 users move with a speed $\kappa$ over one year; all users and films are there from
# the beginning to the end. With $\kappa = 0.005$ a taste moves, within the year, by about 1.8 times
# the spread that tastes have among people. With $\kappa = 0$ nothing depends on time. **What gap
# between the two splits must there be then?**
#
# `k_fold` makes five random splits at once: it cuts the rows by chance into five parts, and tests
# each of them once. So every row is tested, by a model that learned from four fifths of all rows,
# and you can look at the latest fifth of the rows alone.

# %% id=drift
drift_world_rng, *drift_rngs = np.random.default_rng(10).spawn(4)
still_world = make_world(drift_world_rng, n_users=400, n_items=300)
speeds = [0, 0.001, 0.002, 0.003, 0.004, 0.005]  # κ, a day
chance_rmse, chance_late_rmse, time_rmse = np.zeros((3, 3, len(speeds)))  # (3 seeds, n_speeds)
for n, drift_rng in enumerate(drift_rngs):
    seed = int(drift_rng.integers(2**32))
    for place, speed in enumerate(speeds):
        moving = add_drift(
            still_world, np.random.default_rng(seed), drift_per_day=speed, born_within=0
        ).interactions
        by_time = temporal_split(moving, 0.2)
        folds = k_fold(moving, 5, np.random.default_rng(seed + 1))
        errors = np.concatenate([bias_errors(fold) for fold in folds])  # one a row
        times = np.concatenate([fold.test.timestamps for fold in folds])
        is_late = times >= by_time.test.timestamps.min()
        chance_rmse[n, place] = root_mean_square(errors)
        chance_late_rmse[n, place] = root_mean_square(errors[is_late])
        time_rmse[n, place] = root_mean_square(bias_errors(by_time))
        assert by_time.n_new_users == 0  # no strangers
gaps = (time_rmse - chance_rmse).mean(axis=0)  # (n_speeds,) stars
leaks = (time_rmse - chance_late_rmse).mean(axis=0)  # (n_speeds,) stars: the same rows
for name, values in {"gap": gaps, "of it, leak": leaks}.items():
    print(
        f"{name:11}", {speed: round(float(v), 3) for speed, v in zip(speeds, values, strict=True)}
    )

assert still_world.noise_sd == 0.6
assert round(0.005 * 365, 1) == 1.8
assert abs(gaps[0]) < 0.03
assert abs(leaks[0]) < 0.01
assert gaps[-1] > 0.1
assert 0.02 < leaks[-1] < gaps[-1] / 3

# %% id=drift-figure
plt.figure()
for values, color, mark, label in (
    (time_rmse, BLUE, "o-", "by time, which tests the latest fifth"),
    (chance_late_rmse, PINK, "^-.", "by chance, the latest fifth alone"),
    (chance_rmse, ORANGE, "s--", "by chance, all rows"),
):
    plt.plot(speeds, values.mean(axis=0), mark, color=color, label=label)
plt.axhline(still_world.noise_sd, color="black", linestyle=":", label="the best possible")
plt.title(
    f"Without drift the splits agree within {max(abs(gaps[0]), 0.01):.2f} stars; with κ = 0.005\n"
    f"the random one is {gaps[-1]:.2f} stars too kind, {leaks[-1]:.2f} of them by the leak"
)
plt.xlabel("drift of tastes κ (factor units a day)")
plt.ylabel("RMSE of Biases (stars)")
plt.ylim(0.5, 1.4)
plt.legend(loc="upper left")
plt.show()

# %% [markdown] id=drift-alt
# *Figure: RMSE against the speed of drift. Three lines start together at κ = 0 and rise. The line
# of the split by chance, all rows, rises least. The line of the same predictions on the latest
# fifth alone rises much more, and that of the split by time lies a little above it. A dotted line
# at 0.6 stars is the best that any model could reach.*
#
# So the random split is too kind for two reasons, and you can read off both:
#
# - From *by chance, all rows* up to *by chance, the latest fifth*: the same predictions, but of the
#   latest rows alone. They are harder, because tastes that move also grow stronger here, and biases
#   know nothing of tastes. The random split tests mostly earlier rows, and hides that.
# - From there up to *by time*: the same rows, but predicted from the past alone. That step is **the
#   leak**: what it was worth to have seen the future. Here it is the smaller part.
#
# Together they say how far the random split overstates what the model will do tomorrow. Both steps
# belong to this model and this world; a model that learns tastes has other ones.
#
# **Which split should you use?** If time does not matter to your data, the random and the temporal
# split agree, and either will do. If it does, only the temporal split answers "what will happen
# next?". You do not know beforehand, so measure both, as above. And cut the *validation* part, by
# which you choose settings, in the same way as the test part.

# %% [markdown] id=s11
# ## 11. What can go wrong
#
# Nine mistakes, each with the symptom by which you recognise it:
#
# - **Ids read as numbers.** 007 and 7 are one person; leading zeros are gone for good.
# - **The first rating kept, or the last *row*.** A changed opinion comes back; sorting the rows
#   changes the result.
# - **The last one chosen before the bad ones are dropped.** Good ratings vanish together with
#   typing errors.
# - **An item that was not rated taken for a 0**, or a real 0 dropped as empty. Means are far too
#   low, or no customer is ever unhappy.
# - **One pass called a k-core.** Count the ratings of what is left: somebody has fewer than *k*.
# - **A user's only event tested.** Users appear in the test part whom training has never seen.
# - **A random split called temporal.** The latest training row is later than the earliest test row.
# - **A moment cut in two.** The same time stands in both parts.
# - **Normalised before the split.** Change a test rating, and something that was learned moves.
#
# The next cell shows some of the symptoms.

# %% id=symptoms
sorted_rows = sorted(single, key=lambda row: row[3])  # the same rows, oldest first
last_row = {row[:2]: row for row in single}, {row[:2]: row for row in sorted_rows}
print("user 12, film 2, last row kept:", *(kept_rows["12", "f2"][2] for kept_rows in last_row))
assert last_row[0] != last_row[1]  # the result depends on how the file is sorted

one_pass = slow_k_core(chain, k=2)[1]
assert min([film for _, film in one_pass].count(film) for _, film in one_pass) == 1  # below k = 2

by_chance = film_splits["random"]
assert by_chance.train.timestamps.max() > by_chance.test.timestamps.min()  # not temporal
assert late.train.timestamps.max() < late.test.timestamps.min()  # temporal

# %% [markdown] id=quiz-text
# ## 12. Quiz
#
# Write down a letter for each question, then check them all at once in the next cell.
#
# <!-- quiz -->

# %% id=quiz
# Write your letters in order, such as "bacd", and run the cell.
quiz("interactions", "")

# %% [markdown] id=exercise
# ## 13. Your turn
#
# Open [the exercise](../exercises/01_interactions.ipynb): five functions, each a few lines, and
# `check(...)` answers at once. You write the rule against duplicates, centring without a leak, the
# k-core and two splits. Plan on an hour.
#
# You can now
#
# - turn a raw list into a clean table, and prove what was removed;
# - keep ids, indices and empty cells apart;
# - say how unequal your data are, and what a k-core does to them;
# - choose a split by the question that it answers;
# - catch a leak by changing a test rating.
#
# [The next lesson](02_similarity.ipynb) makes the first recommendations from such a table: by
# people who rate alike.

# %% [markdown] id=reading
# ## 14. Further reading
#
# - Y. Ji, A. Sun, J. Zhang, C. Li: *A Critical Study on Data Leakage in Recommender System Offline
#   Evaluation.* ACM TOIS 41(3), 2023. [arXiv:2010.11060](https://arxiv.org/abs/2010.11060). Models
#   that recommend items which do not exist yet.
# - Z. Meng, R. McCreadie, C. Macdonald, I. Ounis: *Exploring Data Splitting Strategies for the
#   Evaluation of Recommendation Models.* RecSys 2020.
#   [arXiv:2007.13237](https://arxiv.org/abs/2007.13237). The split changes who wins.
# - S. B. Seidman: *Network structure and minimum degree.* Social Networks 5(3), 1983.
#   [doi:10.1016/0378-8733(83)90028-X](https://doi.org/10.1016/0378-8733%2883%2990028-X). Where the
#   k-core comes from.
# - F. M. Harper, J. A. Konstan: *The MovieLens Datasets: History and Context.* ACM TiiS 5(4), 2015.
#   [doi:10.1145/2827872](https://doi.org/10.1145/2827872). How the ratings were collected.
