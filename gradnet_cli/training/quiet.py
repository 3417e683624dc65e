"""Lightning, imported and kept quiet whatever the environment says."""

from __future__ import annotations

import logging
import os

# It imports matplotlib, which does not start with the backend that notebooks hand to all that they call.
_backend = os.environ.pop("MPLBACKEND", None)
# Nor need anybody hear that it builds a cache of fonts, or has no folder for one.
_matplotlib = logging.getLogger("matplotlib")
_level = _matplotlib.level
_matplotlib.setLevel(logging.CRITICAL)
try:
    import lightning.pytorch
finally:
    _matplotlib.setLevel(_level)
    if _backend is not None:
        os.environ["MPLBACKEND"] = _backend

# Announcements of hardware and of this and that.
for _name in ("lightning", lightning.pytorch.__name__, "lightning.fabric"):
    logging.getLogger(_name).setLevel(logging.ERROR)
