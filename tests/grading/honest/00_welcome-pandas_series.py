# saved by kaggle
# %%
# This Python 3 environment comes with many helpful analytics libraries installed
import numpy as np # linear algebra
import pandas as pd # data processing, CSV file I/O (e.g. pd.read_csv)

# Input data files are available in the read-only "../input/" directory
import os
for dirname, _, filenames in os.walk('/kaggle/input'):
    for filename in filenames:
        print(os.path.join(dirname, filename))

# %%
df = pd.read_csv('/kaggle/input/film-club/ratings.csv')
df.head()

# %%
def mean_rating(ratings):
    s = pd.Series(ratings, dtype='float64')
    return s.replace(0, np.nan).dropna().mean()

# %%
df['rating'].hist()
