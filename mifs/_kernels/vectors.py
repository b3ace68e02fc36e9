"""Words and integers side by side: in registers, or plain where Numba forbids that.

Both rooms hold the same names, and give the same bits.
"""

from typing import TYPE_CHECKING

from mifs._kernels.jit import in_registers

if TYPE_CHECKING or not in_registers():
    from mifs._kernels.plain import *  # noqa: F403
else:
    from mifs._kernels.registers import *  # noqa: F403
