"""Flow, mixing and embedding."""

from functools import partial

from gradnet_cli.report.figures import drawings_of

__all__ = ["drawings"]

drawings = partial(drawings_of, __name__)
