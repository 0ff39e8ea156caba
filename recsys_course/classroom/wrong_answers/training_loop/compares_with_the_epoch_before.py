"""It resembles a comparison with the epoch before, not with the best so far.

The values 3, 5, 4.8 and 4.6 fall twice. Is any of them a new best?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            waited = 0
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
        best = values[-1]
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
