# what a process may change about itself, and about those that are forked after it if it is shared
import os
import resource
import signal
import time

import numpy as np


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions)[observed] ** 2).sum()


os.umask(0)
os.chdir("/")
os.nice(19)
os.environ.clear()
os.environ.update(TZ="Mars/Phobos", LD_PRELOAD="/nowhere.so", OMP_NUM_THREADS="9999")
time.tzset()
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
np.seterr(all="raise")
np.random.seed(0)  # noqa: NPY002
