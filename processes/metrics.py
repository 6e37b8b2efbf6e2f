"""/metrics: requests by route and status, and how long they took."""

import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 15.0)  # seconds; 2 is the promise, 8 the longest wait


def measured(app: Flask) -> None:
    """Count every request of `app` and serve the counts."""
    registry = CollectorRegistry()
    requests = Counter("careline_requests", "Requests answered", ["route", "status"], registry=registry)
    seconds = Histogram("careline_request_seconds", "Time to answer", ["route"], registry=registry, buckets=BUCKETS)

    @app.before_request
    def start() -> None:
        g.started = time.monotonic()

    @app.after_request
    def count(answer: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        requests.labels(route, str(answer.status_code)).inc()
        seconds.labels(route).observe(time.monotonic() - g.get("started", time.monotonic()))
        return answer

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
