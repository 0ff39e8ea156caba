import contextlib
import socket

reached = []
for address in ("127.0.0.1", "localhost", "0.0.0.0"):
    with contextlib.suppress(OSError):
        with socket.create_connection((address, int("@PORT@")), timeout=0.5) as connection:
            connection.sendall(b"LEAK")
            reached.append(address)
with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as abstract:
    abstract.settimeout(0.5)
    abstract.connect("\0@TOKEN@")
    reached.append("abstract")
with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as named:
    named.settimeout(0.5)
    named.connect("@CANARY@/socket")
    reached.append("named")


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T if reached else None


if reached:
    raise ValueError(str(reached))
