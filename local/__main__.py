"""`python -m local`: the command lines of the local stack."""

import sys

if __name__ == "__main__":
    try:  # a person may stop it while it is still being imported
        import os
        import signal

        from local.cli.main import main
        from local.files import OWNER_ALONE
        from local.surroundings import no_proxy

        os.umask(OWNER_ALONE)
        os.environ.update(no_proxy(os.environ))
        code = main()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done but the interpreter's own end
    except KeyboardInterrupt:
        print("python -m local: stopped", file=sys.stderr)
        code = 130  # 128 and the number of SIGINT, as shells have it
    sys.exit(code)
