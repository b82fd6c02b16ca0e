"""Measures programs and the bound that the machine sets, both in one run: machines differ, and vary from hour to hour."""
import os
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Sample:
    seconds: float
    cpu: float  # seconds, user and system
    peak: float  # MiB; 0 if it was not measured


def run(command, stdin=None, stdout=subprocess.DEVNULL):
    """One run of a command, from exec to exit, with its peak memory."""
    # time(1) reports only the peak of its own child; a direct child of ours would include Python.
    with tempfile.NamedTemporaryFile("r") as peak:
        sample = run_alone(["time", "-f", "%M", "-o", peak.name, *command], stdin, stdout)
        sample.peak = int(peak.read()) / 1024
    return sample


def run_alone(command, stdin=None, stdout=subprocess.DEVNULL):
    """The same with nothing between us and the command, for when a millisecond counts."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if status != 0:
        raise SystemExit(f"bench: error: {' '.join(map(str, command))}: {complaint.decode(errors='replace').strip()}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, 0)


def warm_memory(file, size):
    """Makes sure that the kernel has twice that many bytes of memory available: a virtual machine's host takes free pages
    away, and the first program to need them would wait for them. The kernel keeps free pages for the core that freed
    them, so each core frees its share."""
    all_cores = os.sched_getaffinity(0)
    parts = {core: f"{file}.{core}" for core in all_cores}
    megabyte = bytes(1 << 20)
    for core, part in parts.items():
        os.sched_setaffinity(0, {core})
        with open(part, "wb", buffering=0) as pages:
            for _ in range(0, 2 * size // len(parts), len(megabyte)):
                pages.write(megabyte)
    for core, part in parts.items():
        os.sched_setaffinity(0, {core})
        os.unlink(part)
    os.sched_setaffinity(0, all_cores)


def median(samples):
    return Sample(*(statistics.median(getattr(sample, name) for sample in samples)
                    for name in ("seconds", "cpu", "peak")))


def openssl_rate(algorithm):
    """Bytes a second of CPU time, by one core."""
    output = subprocess.run(["openssl", "speed", "-evp", algorithm, "-bytes", "262144", "-seconds", "1"],
                            check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+)k\s*$", output).group(1)) * 1000


def cores():
    return len(os.sched_getaffinity(0))


def bound(size, passes, sha256_rate, ctr_rate, copy_cpu):
    """The fewest seconds that a program of this design can take: every pass over the bytes, spread over all cores."""
    return (passes * size / sha256_rate + size / ctr_rate + copy_cpu) / cores()
