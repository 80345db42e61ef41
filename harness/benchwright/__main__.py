"""`python -m benchwright` is the same program."""

from benchwright.cli.main import main

if __name__ == "__main__":
    main()
