"""The command, in this process."""

from shared.verification import __main__ as command


def run(*arguments: object) -> int:
    """Run it; gives its exit code."""
    return command.main([str(argument) for argument in arguments])
