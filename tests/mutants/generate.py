"""Make the mutants of the copy in the working directory, and run none: only then is there something to draw from."""

from mutmut import __main__ as mutmut


def main() -> None:
    mutmut.set_mutant_under_test("mutant_generation")
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(1)


if __name__ == "__main__":
    main()
