"""It resembles a best value that starts at some number that looked large: larger losses never beat
it.

Ratings from 1 to 100 can have an error of 400. Which number is above all others?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, waited = 1.0, 0
    best_weights = [one.copy() for one in get_weights()]
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best, waited = values[-1], 0
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
