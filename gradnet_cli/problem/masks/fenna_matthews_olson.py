"""The Fenna-Matthews-Olson complex of green sulphur bacteria."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.values import choice

BASES = ("none", "couplings")
# Chromophores 1 to 7, in 1/cm: energies, and couplings of the upper triangle by rows.
ENERGIES = (65.7, -11.1, -56.1, -36.2, -30.6, 55.7, 4.2)
COUPLINGS = (
    (-104.1, 5.1, -4.3, 4.7, -15.1, -7.8),
    (32.6, 7.1, 5.4, 8.3, 0.8),
    (-46.8, 1.0, -8.1, 5.1),
    (-70.7, -14.7, -61.5),
    (89.7, -2.5),
    (32.7,),
)
UNIT = 100.0  # 1/cm, that energies and couplings are told in


def build(*, base: str = "none") -> Mask:
    """Return the seven chromophores and all pairs of them; ``energy`` is a column of the nodes.

    Args:
        base: ``couplings`` takes those of the complex as base network, with both signs, ``none`` none; in
            units of 100 / cm, as the energies
    """
    base = choice(setting="base", value=base, choices=BASES)
    nodes = len(ENERGIES)
    couplings = np.concatenate([np.array(row) for row in COUPLINGS]) / UNIT
    return Mask.from_edges(
        name="fenna_matthews_olson",
        nodes=nodes,
        edges=np.stack(np.triu_indices(nodes, k=1)),
        base=couplings if base == "couplings" else None,
        node_data={"energy": np.array(ENERGIES) / UNIT},
        labels=np.arange(1, nodes + 1).astype(str),
    )
