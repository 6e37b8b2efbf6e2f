"""Measurements: `make bench` runs all, `make bench BENCH=door` one. Each figure stands beside a baseline of the same run."""
