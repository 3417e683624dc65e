"""Projections onto the sets that networks and their steps are kept in: pure functions, one set a file.

With costs c > 0, a budget K, and bounds l <= u that allow each entry 0 or one sign only:

    project_box      min_d |d - x|^2  s.t.  l <= d <= u
    project_budget   min_d |d - x|^2  s.t.  l <= d <= u,  sum(c |d|) = K (or <= K)
    project_ball     min_d |d - x|^2  s.t.  l <= d <= u,  norm_p(c d) <= K
    project_polytope min_d |d - x|^2  s.t.  l <= d <= u,  sum(c |d|) = K (or <= K),  rows d <= room
    scale_to_budget  min_s |s - 1|    s.t.  d = clip(s x, l, u),  norm_p(c d) = K (or <= K)
    project_tangent  min_t |t - g|^2  s.t.  <n, t> = 0,  t of a sign where a bound is reached
"""

from gradnet_cli.model.projections.ball import project_ball
from gradnet_cli.model.projections.box import project_box
from gradnet_cli.model.projections.budget import project_budget
from gradnet_cli.model.projections.polytope import project_polytope
from gradnet_cli.model.projections.scaling import scale_to_budget
from gradnet_cli.model.projections.tangent import project_tangent

__all__ = [
    "project_ball",
    "project_box",
    "project_budget",
    "project_polytope",
    "project_tangent",
    "scale_to_budget",
]
