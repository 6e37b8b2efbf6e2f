"""/metrics: requests by route and status, how long they took, who listens for news and how much was handed to them."""

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from webchat.live import Live

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 15.0)  # seconds; 2 is the promise, 8 the longest wait


class Delivery(Collector):
    def __init__(self, live: Live) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("careline_listeners", "Open sockets and streams, and requests that wait", self._live.listening)
        yield CounterMetricFamily("careline_entries_delivered", "Transcript entries handed to listeners", self._live.delivered)


def measured(app: Flask, live: Live) -> None:
    """Count every request of `app` and serve the counts."""
    registry = CollectorRegistry()
    registry.register(Delivery(live))
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
