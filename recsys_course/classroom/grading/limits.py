"""What one submission may use."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Args:
        memory_mb: Memory of all its processes, beyond what the imported packages hold.
        processes: Processes and threads.
        disk_mb: Files; they are in memory.
        time_factor: Multiplies the seconds that the syllabus gives to each function.
    """

    memory_mb: int = 1024
    processes: int = 64
    disk_mb: int = 64
    time_factor: float = 1.0
