"""What a reader process gives up before it sees a question of a user.

Measured why the lock of the engine is not enough: a file it may read it may also overwrite
(COPY … USE_TMP_FILE false), and one scalar call takes all memory of the machine. So the process
itself can write no file, reach no network and take no more memory, whatever the engine is made
to do. Each wall says whether it stands, for not every machine offers each.
"""

import contextlib
import ctypes
import os
import pwd
import resource
import struct
import sys
from dataclasses import dataclass

_NO_NEW_PRIVILEGES = 38
# System calls of Landlock; the numbers are the same on every 64-bit Linux.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_RULESET_VERSION = 1
# Rights over files that change something, by the version of Landlock that knows them:
# write, remove, make (all kinds); link across folders; truncate; device control.
_WRITING = {1: 0b1_1111_1111_0010, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK = 0b11
_SCOPES = 0b11


@dataclass(frozen=True)
class Walls:
    """Which walls stand around a reader process.

    Attributes:
        memory: the address space is limited.
        other_user: it runs as another OS user than the web process, who owns no file.
        no_writing: the kernel refuses it to open any file for writing (Landlock).
        no_network: it has no network (own namespace), or may not connect by TCP (Landlock).
        no_new_privileges: no program it starts can gain rights.
    """

    memory: bool
    other_user: bool
    no_writing: bool
    no_network: bool
    no_new_privileges: bool


def confine(address_space_mb: int, user: str = "nobody") -> Walls:
    """Give up, for good, what a reader never needs. Call after all imports.

    As root the process becomes `user`; otherwise it stays who it is, and Landlock alone keeps it
    from overwriting the files it reads.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    memory = _limit(resource.RLIMIT_AS, address_space_mb * 1024 * 1024)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 256)
    own_network = _leave_network()
    other_user = _become(user)
    no_new = sys.platform == "linux" and libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    version = _landlock(libc) if no_new else 0
    return Walls(
        memory=memory,
        other_user=other_user,
        no_writing=version >= 3,
        no_network=own_network or version >= 4,
        no_new_privileges=no_new,
    )


def _limit(what: int, most: int) -> bool:
    try:
        resource.setrlimit(what, (most, most))
    except (ValueError, OSError):
        return False
    return True


def _leave_network() -> bool:
    """Move to a network of one's own, which has no way out; only root may."""
    if os.geteuid() != 0 or not hasattr(os, "unshare"):
        return False
    try:
        os.unshare(os.CLONE_NEWNET)
    except OSError:
        return False
    return True


def _become(user: str) -> bool:
    if os.geteuid() != 0:
        return False
    with contextlib.suppress(KeyError, OSError):
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
        os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    return os.getuid() != 0 and os.geteuid() != 0


def _landlock(libc: ctypes.CDLL) -> int:
    """Let the kernel refuse every writing access; return the version of Landlock, 0 without."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return 0
    version = int(libc.syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION))
    if version < 1:
        return 0
    writing = sum(rights for since, rights in _WRITING.items() if version >= since)
    fields = [writing, _NETWORK if version >= 4 else 0, _SCOPES if version >= 6 else 0]
    rules = struct.pack(f"={len(fields)}Q", *fields)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = int(libc.syscall(_CREATE_RULESET, ctypes.c_char_p(rules), ctypes.c_size_t(size), 0))
    if ruleset < 0:
        return 0
    try:
        done = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)
    return version if done else 0
