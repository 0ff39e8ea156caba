import sys
import warnings


def predict_ratings(user_factors, item_factors):
    sys.stdout.write(f"LEAK {user_factors!r} <img src=x onerror=alert(1)>\n")
    sys.stderr.write(f"LEAK {user_factors!r}\x1b[2J\x1b]0;owned\x07\n")
    warnings.warn(f"LEAK {user_factors!r}", stacklevel=1)
    return f"LEAK {user_factors!r}"
