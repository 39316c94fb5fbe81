"""The command `tangente`: the app in the browser; with the name of a command first, as in `tangente solve burgers`, that command."""

from __future__ import annotations

import sys

import tangente  # noqa: F401  finds core and dashboard


def main() -> None:
    """Serve the app, or carry out the command that is named first."""
    named = len(sys.argv) > 1 and not sys.argv[1].startswith("-")
    if named:
        from core.__main__ import main as carry_out

        sys.exit(carry_out(program="tangente"))
    from dashboard.__main__ import main as serve

    serve(program="tangente")


if __name__ == "__main__":
    main()
