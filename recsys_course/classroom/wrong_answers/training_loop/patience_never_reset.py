"""It resembles counting all epochs without a new best, not those in a row.

What happens to the count when an epoch is the best so far?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best = values[-1]
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
