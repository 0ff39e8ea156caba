"""It resembles a fit that never goes back: the model is left with the weights of the last epoch.

The last `patience` epochs were worse than the best by definition. Which weights does the caller
get?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, waited = float("inf"), 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best, waited = values[-1], 0
        else:
            waited += 1
        if waited >= patience:
            break
    return values
