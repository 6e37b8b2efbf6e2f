"""Where things are put together: what `make run` starts, and with which parts."""
