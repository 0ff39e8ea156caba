"""It resembles a patience of one epoch more: training stops when the count has gone beyond it.

With patience 1, how many epochs may follow the best one? Try the comparison with small numbers.
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best, waited = values[-1], 0
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
        if waited > patience:
            break
    set_weights(best_weights)
    return values
