"""The written doors: the REST door for integrators, and the web chat."""
