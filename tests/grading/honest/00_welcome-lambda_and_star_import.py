# saved by colab
# %%
from numpy import *

# %%
mean_rating = lambda ratings: mean(ratings[nan_to_num(ratings) > 0]) if any(nan_to_num(ratings) > 0) else nan

# %%
mean_rating(array([5, 3, 0, 1, nan]))
