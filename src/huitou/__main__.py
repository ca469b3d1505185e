"""`python -m huitou`: the command line."""

from __future__ import annotations

from huitou.doors.cli.main import main

if __name__ == "__main__":
    main()
