"""Names of the terms that estimators give and criteria ask for."""

from __future__ import annotations

# I(Xk;Xj)
REDUNDANCY = "redundancy"
# I(Xk;Xj|Y)
CONDITIONAL_REDUNDANCY = "conditional_redundancy"
# H(Xk,Xj,Y)
JOINT_ENTROPY = "joint_entropy"
# H(Xk)
ENTROPY = "entropy"
# Tables of joint labels of several features, which are no pairwise term.
JOINT_COUNTS = "joint_counts"
