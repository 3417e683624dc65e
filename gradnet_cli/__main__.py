"""`python -m gradnet_cli`: the command gradnet-run."""

import sys

from gradnet_cli.cli.command import main

if __name__ == "__main__":
    sys.exit(main())
