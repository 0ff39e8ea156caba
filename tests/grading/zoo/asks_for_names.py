# a name server is a way out even where connections are not
import contextlib
import os
import socket

socket.setdefaulttimeout(0.5)
reached = []
for family in (socket.AF_INET, socket.AF_INET6):
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(
            b"LEAK", ("127.0.0.1" if family == socket.AF_INET else "::1", int("@PORT@"))
        )
        reached.append("datagram")
if not os.path.exists("@ROOT@"):
    with contextlib.suppress(OSError):
        socket.getaddrinfo("recommender.example", 80)
        reached.append("name")
    with contextlib.suppress(OSError):
        names = {name for _, name in socket.if_nameindex()}
        reached += sorted(names - {"lo"})


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T if reached else None


if reached:
    raise ValueError(str(reached))
