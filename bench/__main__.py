"""`python -m bench [NAME ...] [--write]`: run all benchmarks or the named ones; --write keeps the table in docs/benchmarks.md."""

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, table
from bench.product import Product

DOCS = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
NAMES = ("door", "crowd", "hanging", "long_talk", "balance_reads", "sockets", "restart")


def main() -> None:
    wanted = [name for name in sys.argv[1:] if not name.startswith("--")] or list(NAMES)
    unknown = [name for name in wanted if not (Path(__file__).parent / f"{name}.py").exists()]
    if unknown:
        raise SystemExit(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    figures: list[Figure] = []
    with Product() as product:
        for name in wanted:
            print(f"{name} ...", file=sys.stderr, flush=True)
            module = importlib.import_module(f"bench.{name}")
            if hasattr(module, "measure"):
                found: list[Figure] = module.measure(product)
                print("\n".join(figure.row() for figure in found), file=sys.stderr, flush=True)
                figures += found
            else:  # one that prints for itself
                module.main()
    if figures:
        print(table(figures))
    if "--write" in sys.argv:
        DOCS.write_text(page(figures))


def page(figures: list[Figure]) -> str:
    """docs/benchmarks.md: the table, and on what it was measured."""
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"
    return (
        "# Benchmarks\n\nMade by `make bench` (`.venv/bin/python -m bench --write`). Every figure has its baseline from the same run; "
        f"compare with that, not with other machines.\n\nMeasured {datetime.now(UTC):%Y-%m-%d} on {where}.\n\n{table(figures)}\n"
    )


if __name__ == "__main__":
    main()
