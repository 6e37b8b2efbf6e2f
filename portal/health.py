"""/healthz: the process lives. /readyz: Redis takes a write, the bot answers its parse route, the disk has room.

/readyz also tells whether the operator answers; its absence does not make us unready: we still talk, and say what cannot be done.
"""

import shutil

from flask import Blueprint, Response, jsonify

from carrier.errors import CarrierError
from carrier.operator import Operator
from core.errors import CarelineError
from core.settings import Settings
from core.store import Store
from dialogue.engine import Engine

LEAST_FREE = 0.05  # share of the disk below which we do not promise to keep what is said


def blueprint(settings: Settings, store: Store, engine: Engine, operator: Operator) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        return jsonify({"status": "ok"})

    @health.get("/readyz")
    def ready() -> tuple[Response, int]:
        found = {"redis": _redis(store), "bot": _bot(engine), "disk": _disk(settings)}
        fit = all(found.values())
        told = {"status": "ok" if fit else "not ready", **found, "operator": _operator(operator)}
        return jsonify(told), 200 if fit else 503

    return health


def _redis(store: Store) -> bool:
    try:
        store.probe()
    except CarelineError:
        return False
    return True


def _bot(engine: Engine) -> bool:
    try:
        engine.parse("你好")
    except CarelineError:
        return False
    return True


def _operator(operator: Operator) -> bool:
    """By the catalogue, through its cache: right within ten seconds, and no load on the operator."""
    try:
        operator.catalogue.offerings("plan")
    except CarrierError:
        return False
    return True


def _disk(settings: Settings) -> bool:
    usage = shutil.disk_usage(settings.var_dir)
    return usage.free > min(LEAST_FREE * usage.total, 2e9)
