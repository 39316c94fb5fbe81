"""`python -m core.engines.kernel` compiles the kernels for this machine and keeps them on its disk; those that are there already, it
leaves.
"""

from core.engines.kernel import PRECISIONS, prepare

for precision in PRECISIONS:
    prepare(precision)
