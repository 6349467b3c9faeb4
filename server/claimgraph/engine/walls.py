"""The second wall around a query worker: it can open no socket, start no program and take no more memory than it may.

The first wall is the tokeniser that refuses SERVICE. This one holds even where that one errs: a seccomp filter makes
the kernel answer EPERM, and with no file descriptors left to give out nothing new can be opened at all.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from pathlib import Path

# System calls that open a way out, by machine (linux/arch/*/entry/syscalls): socket, connect, bind, listen, accept,
# accept4, execve, execveat, ptrace, io_uring_setup.
_WAYS_OUT = {
    "x86_64": (0xC000003E, (41, 42, 49, 50, 43, 288, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 202, 242, 221, 281, 117, 425)),
}
_X32_BIT = 0x40000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def die_with_parent(signal_number: int, parent: int) -> None:
    """Have this process be sent a signal when its parent, given by its id, ends, or at once where it has ended."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it ended before the kernel was told
        os.kill(os.getpid(), signal_number)


def bound_memory(extra: int) -> None:
    """Let this process take so many bytes of address space beyond what it has now; 0 leaves it unbounded."""
    if extra:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def leave_no_core() -> None:
    """Write no core dump: it would hold the whole dataset."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def open_nothing_more() -> None:
    """Take away the right to any new file descriptor; those open stay usable."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def open_no_sockets() -> bool:
    """Refuse, for this process and for good, the system calls that lead out; False where the kernel cannot."""
    known = _WAYS_OUT.get(platform.machine())
    if known is None:
        return False
    architecture, calls = known
    code = _filter(architecture, calls)
    program = _Program(len(code) // 8, code)
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))
    except OSError:
        return False
    return True


def _filter(architecture: int, calls: tuple[int, ...]) -> bytes:
    """Assemble the BPF program: the architecture must be ours, and none of the calls may be made."""

    def statement(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, when_true, when_false, value)

    count = len(calls)
    tests = [statement(_JUMP_EQUAL, call, count - index, 0) for index, call in enumerate(calls)]
    return b"".join(
        (
            statement(_LOAD, 4),  # seccomp_data.arch
            statement(_JUMP_EQUAL, architecture, 1, 0),
            statement(_RETURN, _KILL),
            statement(_LOAD, 0),  # seccomp_data.nr
            statement(_JUMP_AT_LEAST, _X32_BIT, count + 1, 0),
            *tests,
            statement(_RETURN, _ALLOW),
            statement(_RETURN, _REFUSE),
        )
    )


def _prctl(option: int, *values: int) -> None:
    """Call prctl(2), with an OSError where it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
