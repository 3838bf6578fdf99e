"""`python -m shared.verification DIR`: check a folder of CSV files before anything is uploaded."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import get_args

from ..arguments import Parser
from ..folder import NoFolder, read_folder, shown_name
from ..formats import FORMATS, Format, classify, format_of, is_archive, is_csv
from ..settings import BadSetting, Settings
from ..text import visible
from .limits import too_large
from .model import FileResult, Service, Source, Verification
from .verify import verify

_CHUNK = 1024 * 1024
_LONG = 16 * 1024 * 1024  # bytes from which on a progress bar is worth it
TAKEN, REFUSED, UNUSABLE, STOPPED = 0, 3, 2, 130
_EXITS = f"exit code {TAKEN}: this set would be taken, {REFUSED}: it would be refused, {UNUSABLE}: unusable arguments"

Progress = Callable[[str, int], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit code: 0 the set would be taken, 3 it would be refused, 2 unusable arguments."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options, os.environ)
        result = _checked(options, settings)
        if options.html:
            _write_html(result, options, settings)
    except OSError as error:
        return _unusable(f"{error.filename or options.directory}: {error.strerror or error}")
    except (NoFolder, BadSetting) as error:
        return _unusable(str(error))
    except KeyboardInterrupt:
        return STOPPED
    verdict = TAKEN if result.taken else REFUSED
    if sys.stdout is None:  # closed by the shell: the exit code says it all
        return verdict
    try:
        _print(result, as_json=options.json)
    except BrokenPipeError:  # a reader that goes away early changes nothing
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        return _unusable(f"the result can't be written: {error.strerror}")
    return verdict


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m shared.verification", description=__doc__, epilog=_EXITS)
    parser.add_argument("directory", type=Path, metavar="DIR", help="the folder with the CSV files of one set")
    parser.add_argument("--json", action="store_true", help="print one JSON object, without cell values")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a report to hand on, without cell values")
    parser.add_argument("--values", action="store_true", help="with the first wrong values of cells in the HTML report")
    parser.add_argument("--format", choices=[known.id for known in FORMATS], help="default: by the file names")
    parser.add_argument(
        "--api",
        choices=get_args(Service),
        help="whose treatment of a bad row decides between error and warning (default: SDS_API, else classic)",
    )
    parser.add_argument("--profile", metavar="P", help="check as for this profile of SDS_PROFILES, by its own settings")
    parser.add_argument(
        "--allow-empty", action="store_true", help="a people file without rows is meant (as SDS_ALLOW_EMPTY=true)"
    )
    return parser


def _checked(options: argparse.Namespace, settings: Settings) -> Verification:
    """The verification that the options ask for. Raises OSError and NoFolder."""
    folder = read_folder(options.directory)
    for note in folder.notes:
        print(f"note: {visible(note)}", file=sys.stderr)  # noqa: T201 - a command's own words
    sources, others = _sources(folder.files)
    if not sources and not any(map(is_archive, others)) and not classify(others).meant:
        raise NoFolder(f"{options.directory} holds no CSV files")
    if options.html:
        _check_writable(options.html, folder.files)
    form = next((known for known in FORMATS if known.id == options.format), format_of(settings.files))
    if refused := _too_large(sources, form, settings):
        return refused
    with _progress(sources, quiet=options.json) as progress:
        return verify(
            sources,
            format=form,
            service=settings.api,
            allow=settings.allowed_values,
            allow_empty=settings.allow_empty or options.allow_empty,
            error_rows_percent=settings.error_rows_percent,
            others=others,
            expected=settings.files or None,
            progress=progress,
        )


def _too_large(sources: Sequence[Source], form: Format | None, settings: Settings) -> Verification | None:
    """The verdict on a set that isn't read because of its size, None if it is to be read."""
    folder = classify((source.name for source in sources), formats=(form,) if form else FORMATS)
    sizes = {source.name: source.size or 0 for source in sources if source.name in folder.files.values()}
    limits = {"file_bytes": settings.max_file_bytes, "set_bytes": settings.max_set_bytes}
    findings = too_large(sizes, settings.api, **limits)
    files = tuple(FileResult(name, None, size, "") for name, size in sizes.items())
    chosen = folder.format.id if folder.format else None
    return Verification(chosen, files, findings, settings.api) if findings else None


def _settings(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The environment's settings with what the command line says in their places. Raises BadSetting."""
    settings = Settings.load({**environment, "SDS_API": options.api} if options.api else environment)
    if options.profile is None:
        return settings
    if settings.profile_id(options.profile) is None:
        known = ", ".join(settings.profiles) or "a GUID, as SDS_PROFILES is empty"
        raise BadSetting(f"--profile {options.profile} is no profile; there is {known}")
    if problem := settings.problem(options.profile):
        raise BadSetting(problem)
    return settings.of(options.profile)


def _unusable(reason: str) -> int:
    print(f"python -m shared.verification: {visible(reason)}", file=sys.stderr)  # noqa: T201 - a command's own words
    return UNUSABLE


def _sources(files: Sequence[Path]) -> tuple[list[Source], list[str]]:
    """The folder's CSV files, to be read; and the names of all others, to be judged by their names alone."""
    sources = [
        Source(shown_name(path), path.stat().st_size, lambda path=path: _chunks(path))  # type: ignore[misc]
        for path in files
        if is_csv(path.name)
    ]
    return sources, [shown_name(path) for path in files if not is_csv(path.name)]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _progress(sources: Sequence[Source], *, quiet: bool) -> AbstractContextManager[Progress | None]:
    """A progress bar on the terminal if there is one and it takes a while."""
    total = sum(source.size or 0 for source in sources)
    if quiet or total < _LONG or not sys.stderr.isatty():
        return nullcontext()
    from .terminal import progress_bar

    return progress_bar(total)


def _check_writable(target: Path, files: Sequence[Path]) -> None:
    """Before the work: the report must not be written over a file of the set. Raises OSError and NoFolder."""
    if target.exists() and any(target.samefile(file) for file in files if file.suffix.lower() == ".csv"):
        raise NoFolder(f"--html {target} is one of the files to be checked; name another file")
    if not target.parent.is_dir():
        raise NoFolder(f"--html {target}: there is no folder {target.parent}")


def _write_html(result: Verification, options: argparse.Namespace, settings: Settings) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from .html import render

    now = datetime.now(ZoneInfo(settings.time_zone))
    page = render(result, options.directory.resolve().name, now, values=options.values)
    try:
        options.html.write_text(page, encoding="utf-8")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(options.html)) from None


def _print(result: Verification, *, as_json: bool) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):  # JSON is UTF-8; a terminal shows what it can
        sys.stdout.reconfigure(encoding="utf-8" if as_json else None, errors="backslashreplace")
    if as_json:
        from .output import as_json as encoded

        sys.stdout.write(encoded(result) + "\n")
    else:
        from .terminal import show

        show(result)
    sys.stdout.flush()


def _forget_stdout() -> None:
    """Python's own last flush must not complain of what it can't write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    gc.freeze()  # what was imported stays: it needn't be looked at again whenever memory is collected
    verdict = main()
    if sys.stderr is not None:
        sys.stderr.flush()
    # all is written: to give the memory back piece by piece would be a thirtieth of a big set's time
    os._exit(verdict)
