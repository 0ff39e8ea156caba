"""Shut the process of a submission in: namespaces, limits, a filter on system calls.

Everything here is a call of the Linux kernel through ctypes. Where the kernel refuses a namespace
the rest still holds; what was reached is reported, and the grader says what is missing. The module
is longer than most: the tables of forbidden calls are long.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import platform
import resource
import struct
from pathlib import Path

__all__ = ["call_filter", "forbid_system_calls", "leave_root", "limit", "private_files", "unshare"]

NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
NEW_MOUNTS, NEW_IPC, NEW_NAMES = 0x00020000, 0x08000000, 0x04000000
_SET_DUMPABLE, _SET_NO_NEW_PRIVS, _SET_SECCOMP, _DROP_BOUND, _SUBREAPER = 4, 38, 22, 24, 36
_PRIVATE_RECURSIVE = 1 << 18 | 1 << 14
_NO_DEV_NO_SETUID = 4 | 2
_BIND = 1 << 12
NOBODY = 65534

# numbers of system calls that no answer needs, from the kernel's tables (asm/unistd_64.h and
# asm-generic/unistd.h of Linux 6.1); one of them ends the process
_ARCHITECTURES = {
    "x86_64": (0xC000003E, 56, {
        "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155,
        "chroot": 161, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
        "kcmp": 312, "bpf": 321, "add_key": 248, "request_key": 249, "keyctl": 250,
        "init_module": 175, "delete_module": 176, "finit_module": 313, "kexec_load": 246,
        "kexec_file_load": 320, "name_to_handle_at": 303, "open_by_handle_at": 304,
        "swapon": 167, "swapoff": 168, "reboot": 169, "quotactl": 179, "acct": 163,
        "sethostname": 170, "setdomainname": 171, "settimeofday": 164, "clock_settime": 227,
        "iopl": 172, "ioperm": 173, "vhangup": 153,
    }),
    "aarch64": (0xC00000B7, 220, {
        "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41,
        "chroot": 51, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271,
        "kcmp": 272, "bpf": 280, "add_key": 217, "request_key": 218, "keyctl": 219,
        "init_module": 105, "delete_module": 106, "finit_module": 273, "kexec_load": 104,
        "kexec_file_load": 294, "name_to_handle_at": 264, "open_by_handle_at": 265,
        "swapon": 224, "swapoff": 225, "reboot": 142, "quotactl": 60, "acct": 89,
        "sethostname": 161, "setdomainname": 162, "settimeofday": 170, "clock_settime": 112,
        "vhangup": 58,
    }),
}  # fmt: skip
_ON_BOTH = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "mount_setattr": 442,
}  # fmt: skip
_CLONE3 = 435
# memory that belongs to no process would be counted by nobody
_MEMORY_OF_NOBODY = {
    "x86_64": {"shmget": 29, "memfd_create": 319, "vmsplice": 278},
    "aarch64": {"shmget": 194, "memfd_create": 279, "vmsplice": 75},
}
_MAP = {"x86_64": 9, "aarch64": 222}
_SHARED, _NAMELESS = 0x01, 0x20
_SOCKET = {"x86_64": 41, "aarch64": 198}
_LAST_FAMILIES = 10, 16  # Unix, IPv4 and IPv6; netlink, which lists the network's devices
_LOAD, _EQUAL, _ANY_BIT, _GREATER, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


_LIBRARY = ctypes.CDLL(None, use_errno=True)


def _kernel(name: str, *arguments: object) -> None:
    """One call of the C library.

    Raises:
        OSError: If the kernel refuses.
    """
    if getattr(_LIBRARY, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _control(option: int, *values: int) -> None:
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _kernel("prctl", option, *words)


def leave_root(nobody: bool) -> None:
    """Become the user nobody for good, if this is root: limits on processes do not bind root.

    Args:
        nobody: Whether nobody can read what is needed; root stays root otherwise.
    """
    if nobody and os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    _control(_SET_DUMPABLE, 1)  # a process that changed its user may not write its own uid_map


def become_subreaper() -> None:
    """Become the parent of every descendant that loses its own, so that none escapes."""
    _control(_SUBREAPER, 1)


def unshare() -> list[str]:
    """Enter new namespaces; processes that are forked from now on live in them.

    Returns:
        The namespaces by name; empty where the kernel refuses them.
    """
    user, group = os.getuid(), os.getgid()
    kinds = {
        "processes": NEW_PID, "files": NEW_MOUNTS, "ipc": NEW_IPC, "network": NEW_NET,
        "names": NEW_NAMES,
    }  # fmt: skip
    try:
        _kernel("unshare", NEW_USER | sum(kinds.values()))
    except OSError:
        return []
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        _write(f"/proc/self/{name}", text)
    return list(kinds)


def _write(path: str, text: str) -> None:
    """Write into a file of the kernel, once a submission: pathlib would be felt."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode("ascii"))
    finally:
        os.close(descriptor)


def private_files(folders: list[str], megabytes: int, inodes: int = 4000) -> None:
    """Put small empty folders in memory over what submissions could write to, and over /proc.

    Raises:
        OSError: If the kernel refuses.
    """
    _kernel("unshare", NEW_MOUNTS)  # else the supervisor would no longer see its processes either
    _kernel("mount", b"none", b"/", None, ctypes.c_ulong(_PRIVATE_RECURSIVE), None)
    flags = ctypes.c_ulong(_NO_DEV_NO_SETUID)
    options = f"size={megabytes}m,nr_inodes={inodes},mode=0700".encode()
    for folder in folders:
        _kernel("mount", b"tmpfs", folder.encode(), b"tmpfs", flags, options)
    with contextlib.suppress(FileNotFoundError):  # mapped, it is memory that belongs to no process
        _kernel("mount", b"/dev/null", b"/dev/zero", None, ctypes.c_ulong(_BIND), None)
    # TensorFlow ends the process where these two cannot be read
    target = Path("/proc/self/exe").readlink()
    _kernel("mount", b"tmpfs", b"/proc", b"tmpfs", flags, b"size=64k,nr_inodes=16,mode=0755")
    Path("/proc/self").mkdir()
    Path("/proc/self/exe").symlink_to(target)
    Path("/proc/self/cmdline").write_bytes(b"python\0")


def limit(limits: dict[str, int], alone: bool) -> None:
    """Limit what this process and its children may use.

    Args:
        limits: Bytes of memory beyond what is in use, seconds of CPU time, bytes of a file, open
            files, processes.
        alone: Whether the limit on processes counts this submission's alone.
    """
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf(
        "SC_PAGE_SIZE"
    )
    processes = limits["processes"]
    if not alone:
        processes += _processes_of(os.getuid())
    for kind, most in (
        (resource.RLIMIT_AS, used + limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NOFILE, limits["files"]),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_RTPRIO, 0),  # groups such as "audio" may go before everybody else
        (resource.RLIMIT_NICE, 0),
    ):
        hard = resource.getrlimit(kind)[1]  # of the instructor, who may have little
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _processes_of(user: int) -> int:
    """How many threads a user has; the limit counts them."""
    total = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if process.stat().st_uid == user:
                    total += len(list((process / "task").iterdir()))
            except OSError:
                continue  # it has ended meanwhile
    return total


def forbid_system_calls() -> bool:
    """Give up every privilege, and end this process when it makes a call that no answer needs.

    Returns:
        Whether the filter is in place; there is none for other processors than x86-64 and arm64.
    """
    for capability in range(64):
        try:
            _control(_DROP_BOUND, capability)
        except OSError:
            break  # beyond the last, or there were none
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _kernel("capset", header, (ctypes.c_uint32 * 6)())
    _control(_SET_NO_NEW_PRIVS, 1)
    program = call_filter()
    if program is None:
        return False
    pointer = ctypes.byref(program)
    _kernel("prctl", _SET_SECCOMP, ctypes.c_ulong(2), pointer, ctypes.c_ulong(0), ctypes.c_ulong(0))
    return True


@functools.cache
def call_filter() -> _Program | None:
    """The filter, which is the same for each submission; none for other processors."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None or struct.calcsize("P") != 8:
        return None
    architecture, clone, forbidden = known
    numbers = [*forbidden.values(), *_ON_BOTH.values()]
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_GREATER, 0, 1, 0x40000000),  # the calls of another ABI
        (_RETURN, 0, 0, _KILL),
        (_EQUAL, 0, 1, _CLONE3),  # its flags cannot be looked at; the C library then uses clone
        (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
        *(
            step
            for n in _MEMORY_OF_NOBODY[platform.machine()].values()
            for step in ((_EQUAL, 0, 1, n), (_RETURN, 0, 0, _REFUSE | errno.ENOSYS))
        ),
        # pages that a process shares with itself and gives up (MADV_DONTNEED) are nobody's, too
        (_EQUAL, 0, 5, _MAP[platform.machine()]),
        (_LOAD, 0, 0, 40),  # its flags
        (_ANY_BIT, 0, 2, _SHARED),
        (_ANY_BIT, 0, 1, _NAMELESS),
        (_RETURN, 0, 0, _REFUSE | errno.ENOMEM),
        (_RETURN, 0, 0, _ALLOW),
        # of the families of sockets a namespace of the network holds these alone: through another
        # (vsock) a virtual machine speaks with its host
        (_EQUAL, 0, 5, _SOCKET[platform.machine()]),
        (_LOAD, 0, 0, 16),
        (_EQUAL, 2, 0, _LAST_FAMILIES[1]),
        (_GREATER, 0, 1, _LAST_FAMILIES[0] + 1),
        (_RETURN, 0, 0, _REFUSE | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 4, clone),
        (_LOAD, 0, 0, 16),
        (_ANY_BIT, 0, 1, NEW_USER | NEW_PID | NEW_NET | NEW_MOUNTS | NEW_IPC | NEW_NAMES),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
        *(step for n in numbers for step in ((_EQUAL, 0, 1, n), (_RETURN, 0, 0, _KILL))),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return _Program(
        len(steps), (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    )
