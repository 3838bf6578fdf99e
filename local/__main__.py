"""`python -m local`: the command lines of the local stack."""

import sys

if __name__ == "__main__":
    came: list[int] = []
    try:  # a person may stop it while it is still being imported
        import os
        import signal

        def stop(number: int, _: object) -> None:
            came.append(number)
            signal.default_int_handler(number, None)

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, stop)
        from local.cli.main import main
        from local.files import OWNER_ALONE
        from local.surroundings import no_proxy

        os.umask(OWNER_ALONE)
        os.environ.update(no_proxy(os.environ))
        code = main()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done but the interpreter's own end
    except (KeyboardInterrupt, ImportError) as error:
        # What is written in C may say that it can't be imported, where it was stopped in the middle.
        if isinstance(error, ImportError) and not came:
            raise
        print("python -m local: stopped", file=sys.stderr)
        code = 130  # 128 and the number of SIGINT, as shells have it
    sys.exit(code)
