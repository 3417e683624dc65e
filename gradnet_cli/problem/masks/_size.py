"""How large a mask may be, told before any memory is taken."""

from __future__ import annotations

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import EDGE_LIMIT, NODE_LIMIT


def check_size(*, nodes: int, edges: float, setting: str, value: object) -> None:
    """Refuse a mask of so many nodes and edges that it is beyond reason.

    Raises:
        SettingError: on ``setting``
    """
    if nodes > NODE_LIMIT or edges > EDGE_LIMIT:
        raise SettingError(
            setting=setting,
            value=value,
            allowed=f"makes {nodes:,} nodes and {edges:,.0f} edges; "
            f"at most {NODE_LIMIT:,} and {EDGE_LIMIT:,} are allowed",
        )
