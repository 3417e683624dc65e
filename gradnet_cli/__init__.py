"""gradnet-run: find the best network for a purpose, and prove how good it is.

This module stays light: ``gradnet-run --help`` imports it and answers in half a second.
"""

__version__ = "0.1.0"
