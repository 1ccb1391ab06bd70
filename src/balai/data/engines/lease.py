"""One reader process, and the hold on it for the time of one question."""

import json
import math
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Refused
from balai.data.engines import frames
from balai.data.engines.walls import Walls


class TooLong(Refused):
    """The time of the question is up; its process was ended."""

    status = 422


class TooMuchMemory(Refused):
    """The question needs more memory than it may have."""

    status = 422


class Busy(Refused):
    """Every reader is answering somebody else."""

    status = 503


class Gone(Refused):
    """The reader ended before the answer was complete."""

    status = 503


class Child:
    """One reader process and the socket to it."""

    def __init__(self, address_space_mb: int) -> None:
        ours, theirs = socket.socketpair()
        root = str(Path(__file__).resolve().parents[3])
        command = [sys.executable, "-s", "-P", "-m", "balai.data.engines.child"]
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno()), str(address_space_mb)],
                pass_fds=[theirs.fileno()],
                # Nothing of our own environment: it holds secrets the child has no use for.
                # Every thread would else keep 64 MB of the address space for itself, also when it has ended.
                env={
                    "PYTHONPATH": root,
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "LC_ALL": "C.UTF-8",
                    "MALLOC_ARENA_MAX": "2",
                },
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self.sock = ours
        self.walls: Walls | None = None
        self.asked = 0
        self.overdue_at = math.inf

    def wait_until_ready(self, seconds: float) -> None:
        if self.walls is not None:
            return
        kind, payload = self.receive(Budget(seconds))
        if kind != frames.READY:
            raise frames.Broken("the child did not begin with its walls")
        self.walls = Walls(**json.loads(payload))

    def receive(self, budget: "Budget") -> tuple[bytes, bytes]:
        """Wait for one frame; only the waiting counts, not what the asker does in between."""

        def some(most: int) -> bytes:
            self.sock.settimeout(max(budget.left, 0.001))
            began = time.monotonic()
            try:
                return self.sock.recv(most)
            finally:
                budget.left -= time.monotonic() - began

        return frames.receive_frame(some)

    def end(self) -> None:
        self.process.kill()
        self.sock.close()
        self.process.wait(timeout=10)


@dataclass
class Budget:
    """How many seconds of waiting are left."""

    left: float


class Lease:
    """One child for one question; given back once, ended unless the answer was complete."""

    def __init__(self, child: Child, give_back: Callable[[Child, bool], None], seconds: float) -> None:
        self.child = child
        self.budget = Budget(seconds)
        self._seconds = seconds
        self._give_back: Callable[[Child, bool], None] | None = give_back

    def next_frame(self) -> tuple[bytes, bytes]:
        """Return the next frame of the answer.

        Raises:
            TooLong, TooMuchMemory, Gone, Refused: in every case the lease is over.
        """
        if self._give_back is None:
            raise Gone(_("Jawaban ini sudah ditutup."))
        try:
            kind, payload = self.child.receive(self.budget)
            if kind == frames.ERROR:
                raise self._refusal(json.loads(payload))
        except TimeoutError:
            self.end(whole=False)
            raise TooLong(
                _("Pertanyaan dihentikan setelah %(seconds)s detik. Persempit dengan WHERE atau jumlahkan.")
                % {"seconds": f"{self._seconds:g}"}
            ) from None
        except (OSError, frames.Broken, ValueError, RecursionError):
            self.end(whole=False)
            raise Gone(_("Pembaca data berhenti sebelum jawaban lengkap. Coba lagi.")) from None
        if kind == frames.DONE:
            self.end(whole=True)
        return kind, payload

    def has_frame(self, seconds: float) -> bool:
        """Wait up to `seconds` for a frame to begin, and say whether `next_frame` need not wait any more.

        So when the lease is over, or its time is up: then `next_frame` says so at once.
        """
        if self._give_back is None or self.budget.left <= 0:
            return True
        began = time.monotonic()
        found, _none, _none = select.select([self.child.sock], [], [], min(seconds, self.budget.left))
        self.budget.left -= time.monotonic() - began
        return bool(found) or self.budget.left <= 0

    def _refusal(self, told: dict[str, str]) -> Refused:
        self.end(whole=told["kind"] == "refused")
        if told["kind"] == "memory":
            return TooMuchMemory(_("Pertanyaan memerlukan terlalu banyak memori. Persempit atau jumlahkan."))
        if told["kind"] == "broken":
            return Gone(_("Berkas set data tidak dapat dibaca: %(why)s") % {"why": told["message"]})
        return Refused(_("Mesin data menolak pertanyaan: %(why)s") % {"why": told["message"]})

    def end(self, whole: bool) -> None:
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back(self.child, whole)

    def __del__(self) -> None:
        self.end(whole=False)
