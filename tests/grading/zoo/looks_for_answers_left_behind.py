import ctypes
import glob
import os

KEY = 0x2005EF7
libc = ctypes.CDLL(None, use_errno=True)
found = [os.environ["ZOO_LEFT"]] if "ZOO_LEFT" in os.environ else []
for pattern in ("@CANARY@/zoo-left", "/zoo-left", "/*/zoo-left", "/*/*/zoo-left", "zoo-left"):
    found += glob.glob(pattern)
for kind, number in (
    ("shared memory", libc.shmget(KEY, 0, 0)),
    ("messages", libc.msgget(KEY, 0)),
    ("semaphores", libc.semget(KEY, 0, 0)),
):
    if number >= 0:
        found.append(kind)


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T if found else None


if found:
    raise ValueError(str(found))
