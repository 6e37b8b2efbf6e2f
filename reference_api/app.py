"""The stand-in operator as a Flask app: what it holds, then its APIs in the order of a customer's questions."""

from flask import Blueprint, Flask, jsonify

from reference_api import (
    access,
    admin,
    balance_actions,
    bills,
    buckets,
    cancellations,
    catalogue,
    docs,
    errors,
    faults,
    hub,
    orders,
    payments,
    people,
    pins,
    provider,
    serviceability,
    template,
    tickets,
    topups,
    usage,
)
from reference_api.answers import store
from reference_api.clerk import Clerk
from reference_api.settings import Settings
from reference_api.store import Store

LARGEST_BODY = 256 * 1024  # bytes of a request

APIS: tuple[Blueprint, ...] = (
    people.customers,
    buckets.blueprint,
    topups.blueprint,
    balance_actions.blueprint,
    payments.blueprint,
    usage.blueprint,
    bills.blueprint,
    catalogue.blueprint,
    people.inventory,
    orders.blueprint,
    cancellations.blueprint,
    serviceability.blueprint,
    tickets.blueprint,
    pins.blueprint,
    provider.blueprint,
    docs.blueprint,
    admin.blueprint,
)
HUBS = (buckets.BASE, orders.BASE)


def create_app(settings: Settings) -> Flask:
    """The whole operator. Its clerk (background thread) is in `extensions["clerk"]`, to be started and stopped by the server."""
    app = Flask("reference_api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["settings"] = settings
    app.extensions["store"] = Store(template.database(settings))
    app.extensions["faults"] = faults.Faults()
    app.extensions["journal"] = access.Journal()
    app.extensions["quota"] = access.Quota(settings.quota_per_minute)
    app.extensions["clerk"] = Clerk(app, app.extensions["store"], app.extensions["faults"], app.extensions["journal"])
    errors.register(app)
    access.register(app)
    faults.register(app)
    for blueprint in APIS:
        app.register_blueprint(blueprint)
    for base in HUBS:
        app.register_blueprint(hub.blueprint(base))
    app.register_blueprint(_health())
    return app


def _health() -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive():  # type: ignore[no-untyped-def]
        return jsonify({"status": "ok"})

    @health.get("/readyz")
    def ready():  # type: ignore[no-untyped-def]
        with store().transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', 'ok')")
        return jsonify({"status": "ready"})

    return health
