"""Runs a command that reads strangers' pages, in as tight a room as the system gives without privileges; a program of its own.

``python -I -S confine.py FD``: FD is one end of a socket pair, over which the two sides say, in this order:

1. this program: the listening socket of the proxy (its descriptor), and ``{"alone": …}``: whether the command has no network but it;
2. its parent: ``{"command": […], "bounds": {…}}``, a line;
3. this program, at the end: ``{"status": …, "over": …, "memory": …, "processes": …}``, or ``{"failed": …}``: why there was no beginning.
   No process of the command is left then, and no file in the working folder.

It is a process between the worker and the command, because limits and namespaces cannot be set safely between fork and exec in a program
with threads; because it adopts what the command leaves behind (PR_SET_CHILD_SUBREAPER: Chromium's crash handler leaves the process group);
and because everything still ends when the worker is killed: the socket pair then gives end of file. It imports nothing but the
standard library, so that it starts in some 50 ms.
"""

import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000  # linux/sched.h
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1  # linux/sockios.h, linux/if.h
LOOK_S = 0.05  # between two looks for the end
WEIGH_S = 0.25  # between two looks at memory and processes
END_S = 3.0  # for killing what is left; a process that no kill ends waits for a disk
PRIVATE = ("RssAnon:", "RssShmem:")  # what a process has for itself: the program's own pages, shared by all, are left out


def main() -> int:
    """Be the program; return its exit status."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    adopt()
    alone = _tried_in_a_child() and leave_the_network()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        socket.send_fds(control, [json.dumps({"alone": alone}).encode()], [listener.fileno()])
    with control.makefile("rb") as lines:
        said = lines.readline()
    if not said:
        return 1
    order = json.loads(said)
    bounds: Mapping[str, int] = order["bounds"]
    limit(bounds, alone)
    try:
        main_pid = os.posix_spawnp(order["command"][0], order["command"], os.environ)
    except OSError as error:
        _tell(control, {"failed": (error.strerror or str(error)).lower()})
        return 0
    said_last = watch(control, main_pid, bounds)
    empty(Path.cwd())
    _tell(control, said_last)
    return 0


def watch(control: socket.socket, main_pid: int, bounds: Mapping[str, int]) -> dict[str, object]:
    """Wait until the command has ended, is over a bound, or is to end because the other side hung up; then end all that is left of it.

    Return its exit status (negative: the signal that ended it; None: we did), what it was over, and the most that it had of
    private memory (bytes) and of processes."""
    status: int | None = None
    over, memory, processes, weighed = "", 0, 0, 0.0
    while status is None and not over:
        if select.select([control], [], [], LOOK_S)[0]:
            break  # the other side says nothing more: this is its end
        status = _reaped(main_pid)
        if time.monotonic() - weighed >= WEIGH_S:
            family = descendants(os.getpid())
            used = sum(map(private_memory, family))
            memory, processes, weighed = max(memory, used), max(processes, len(family)), time.monotonic()
            if used > bounds["memory"]:
                over = f"takes more than {bounds['memory'] >> 20} MiB of memory"
            elif len(family) > bounds["processes"]:
                over = f"starts more than {bounds['processes']} processes"
    end_all()
    return {"status": status, "over": over, "memory": memory, "processes": processes}


def adopt() -> None:
    """Become the parent of every orphan below, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def leave_the_network() -> bool:
    """Move to a network namespace that has nothing but a loopback interface of its own; return whether that was possible.

    Without privileges it takes a user namespace as well, in which one's own id is all there is."""
    if sys.platform != "linux":
        return False
    libc, uid, gid = ctypes.CDLL(None, use_errno=True), os.getuid(), os.getgid()
    try:
        if libc.unshare(CLONE_NEWNET) != 0:
            if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
                return False
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            request = struct.pack("16sH14x", b"lo", 0)
            (flags,) = struct.unpack_from("H", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request), 16)
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))
    except OSError:
        return False
    return True


def _tried_in_a_child() -> bool:
    """Whether leaving the network works to its end: stopped half-way (some systems allow the namespace and then nothing in it) there
    would be no way back."""
    child = os.fork()
    if child == 0:
        os._exit(0 if leave_the_network() else 1)
    return os.waitpid(child, 0)[1] == 0


def limit(bounds: Mapping[str, int], alone: bool) -> None:
    """Set the limits that every process of the command inherits.

    RLIMIT_DATA and not RLIMIT_AS: a browser reserves terabytes of addresses that it never uses. RLIMIT_NPROC counts threads, and
    those of the whole account, but for a user namespace of its own, so it is set there alone; it does not bind root."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: bounds["cpu_s"],
        resource.RLIMIT_DATA: bounds["data"],
        resource.RLIMIT_FSIZE: bounds["file"],
        resource.RLIMIT_NOFILE: bounds["descriptors"],
    }
    if alone and os.getuid() != 0:
        wanted[resource.RLIMIT_NPROC] = bounds["threads"]
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError) as error:  # macOS has limits that cannot be set; the other bounds hold there
            print(f"limit {kind} cannot be set: {error}", file=sys.stderr)


def descendants(root: int) -> tuple[int, ...]:
    """Every living process below this one; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    for pid, parent, state in _processes():
        if state != "Z":
            children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return tuple(found)


def _processes() -> Iterator[tuple[int, int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        yield int(folder.name), int(fields[1]), fields[0]


def private_memory(pid: int) -> int:
    """Bytes in memory that the process has for itself; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(PRIVATE))


def end_all() -> None:
    """Kill every process below this one, and those that they leave behind, until there is none."""
    deadline = time.monotonic() + END_S
    while time.monotonic() < deadline:
        for pid in descendants(os.getpid()):
            _kill(pid)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(0.005)


def empty(folder: Path) -> None:
    """Remove what is in the folder; a link goes, not what it leads to. What cannot be removed stays for the other side to complain of."""
    for root, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            path = Path(root, name)
            try:
                if path.is_dir() and not path.is_symlink():
                    path.rmdir()
                else:
                    path.unlink()
            except OSError as error:
                print(f"{path} cannot be removed: {error}", file=sys.stderr)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _reaped(main_pid: int) -> int | None:
    """Take leave of what has ended; return the exit status of the command itself if it was among it."""
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == main_pid:
                return os.waitstatus_to_exitcode(status)
            if pid == 0:
                return None
    except ChildProcessError:
        return None


def _tell(control: socket.socket, what: Mapping[str, object]) -> None:
    try:
        control.sendall(json.dumps(what).encode())
    except OSError:
        return  # nobody listens any more


if __name__ == "__main__":
    sys.exit(main())
