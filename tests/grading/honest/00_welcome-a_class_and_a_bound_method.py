# saved by vscode
# %%
import numpy as np

# %%
class FilmClub:
    """Everything about our film club lives here."""

    MISSING = (0,)

    def __init__(self, verbose=False):
        self.verbose = verbose
        self.calls = 0

    @property
    def nothing(self):
        return np.float64("nan")

    def average(self, ratings):
        self.calls += 1
        there = np.logical_and(~np.isnan(ratings), np.isin(ratings, self.MISSING, invert=True))
        if self.verbose:
            print(f"call {self.calls}: {there.sum()} ratings")
        return np.divide(ratings[there].sum(), there.sum()) if there.any() else self.nothing

# %%
club = FilmClub(verbose=True)
mean_rating = club.average

# %%
mean_rating(np.array([4, 0, np.nan, 1, 1]))
