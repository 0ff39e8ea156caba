# saved by jupyterlab
# %%
import asyncio
import numpy as np

# %%
await asyncio.sleep(0)
table = np.array([[5, 3, 0, 1, np.nan], [np.nan] * 5])

# %%
def fold(values):
    match values:
        case []:
            return []
        case [0 | 0.0, *rest]:
            return fold(rest)
        case [first, *rest] if first != first:
            return fold(rest)
        case [first, *rest]:
            return [first, *fold(rest)]

def mean_rating(ratings):
    match fold(list(ratings)):
        case []:
            return np.nan
        case rated:
            return np.mean(rated)

# %%
async def report(row):
    await asyncio.sleep(0)
    return mean_rating(row)

results = await asyncio.gather(*(report(row) for row in table))
print(results)
