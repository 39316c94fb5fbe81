"""A contender in a process of its own, on one thread: `python -m benchmarks.steps.serving MODULE VARIANT WORKLOAD [--tiny]`.

For each number that comes in, it takes so many steps and answers with a JSON object: seconds on the clock, seconds of the processor, the
loss. What the frameworks print goes to stderr.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time

from benchmarks.steps.workloads import WORKLOADS, Steps


def alone() -> None:
    """One thread for all that is imported from now on."""
    for library in ("OMP", "MKL", "OPENBLAS"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["NPROC"] = os.environ["PJRT_NPROC"] = "1"  # XLA's flags do not bind all of its parts
    os.environ["JAX_PLATFORMS"] = "cpu"


def serve(steps: Steps, answers: int) -> None:
    """Answer all numbers that come in, on the file `answers`."""
    with os.fdopen(answers, "w") as out:
        for line in sys.stdin:
            begun, worked = time.perf_counter(), time.process_time()
            loss = steps(int(line))
            spent = {"seconds": time.perf_counter() - begun, "processor": time.process_time() - worked, "loss": loss}
            print(json.dumps(spent), file=out, flush=True)


def main() -> None:
    """Be a contender until nothing more comes in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module")
    parser.add_argument("variant")
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    answers = os.dup(1)
    os.dup2(2, 1)
    alone()
    module = importlib.import_module(options.module)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    workload = WORKLOADS[options.workload]
    serve(module.build(workload.tiny() if options.tiny else workload, options.variant), answers)


if __name__ == "__main__":
    main()
