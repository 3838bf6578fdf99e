"""`python -m local`: the command lines of the local stack."""

import os
import signal
import sys

STOPPED = 128 + signal.SIGINT

if __name__ == "__main__":
    try:
        from local.cli.main import main
        from local.files import OWNER_ALONE
        from local.surroundings import no_proxy

        os.umask(OWNER_ALONE)
        os.environ.update(no_proxy(os.environ))
        code = main()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done but the interpreter's own end
    except KeyboardInterrupt:
        print("python -m local: stopped", file=sys.stderr)
        code = STOPPED
    sys.exit(code)
