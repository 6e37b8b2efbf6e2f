"""How set-up and start fail: one clear sentence with the remedy, and an exit code that is not 0. Standard library only."""

import errno
import sys
from collections.abc import Callable


class Trouble(Exception):
    """Something the operator's engineer can mend; the text says what and how."""


def told(main: Callable[[], None]) -> None:
    """Run `main`; say a Trouble in one line and leave with 1."""
    try:
        main()
    except Trouble as trouble:
        print(f"\ncareline: {trouble}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("\ncareline: stopped.", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print("\ncareline: the disk is full. Free some space and start again; what was saved is kept.", file=sys.stderr)
            raise SystemExit(1) from None
        print(
            f"\ncareline: {error.strerror or error} ({error.filename or 'no file'}). Mend that and start again.", file=sys.stderr
        )
        raise SystemExit(1) from None
