"""`python -m local`: the command lines of the local stack."""

import sys

from local.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
