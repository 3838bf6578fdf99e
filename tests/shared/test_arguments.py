"""What a command line can't understand is said without letting it act on the terminal."""

import pytest

from shared.arguments import Parser


def test_arguments_only_show(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="it")
    parser.add_subparsers().add_parser("sub").add_argument("number", type=int)
    for arguments in (["\x1b[2J"], ["sub", "1", "\x9b\u202ex"], ["--\x1b"]):
        with pytest.raises(SystemExit) as stopped:
            parser.parse_args(arguments)
        assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert not set("\x1b\x9b\u202e") & set(error)
    assert "it: error: unrecognized arguments: \\x9b\\u202ex" in error
