"""One page for a run, and one for a sweep: `report.html`, made of nothing but the files in the directory.

A page holds all that it shows: it opens from disk and asks no network for anything, which its policy forbids.
"""

from gradnet_cli.report.html.page import FILE_NAME
from gradnet_cli.report.html.run import write_run_report

__all__ = ["FILE_NAME", "write_run_report"]
