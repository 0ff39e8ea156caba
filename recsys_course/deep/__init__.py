"""The rooms that train with TensorFlow; nothing outside them imports it."""
