"""A second operator shape, as top-up providers write it: form POSTs, signed parameters, an envelope, a slow recharge.

Every request carries appid, timestamp (Unix seconds), nonce and sign (provider_sign.py). Answers are HTTP 200 with
{code, msg, data}; code "0" is fine. Numbers have eleven digits, amounts are whole fen. `/recharge` only accepts: the outcome
comes by `/order` or by a signed form POST to notify_url, repeated until it is answered with the plain word `success`.
The same out_trade_no with the same parameters is the same recharge, however often it is sent.
"""

import hashlib
import json
import re
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, request

from reference_api.answers import Json, new_id, one, select, settings, store
from reference_api.clock import now, stamp
from reference_api.errors import Forbidden, Refusal
from reference_api.faults import sandbox_outcome
from reference_api.hub import queue, require_allowed
from reference_api.payments import METHODS
from reference_api.provider_sign import HMAC, MD5, is_signed, signature
from reference_api.store import Store
from reference_api.topups import TopUp, start

BASE = "/provider/v1"
APP_ID = "careline"
CLOCK_SECONDS = 300  # a request older or newer than this is refused
RECHARGE_SECONDS = 0.4  # how long a recharge is on its way when no fault says otherwise
MOST_NONCES = 50_000  # remembered at a time
LARGEST_BATCH = 100  # recharges ended in one look
MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
TRADE_NO = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
SECONDS = re.compile(r"[0-9]{10}", re.ASCII)
FEN = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
blueprint = Blueprint("provider", __name__, url_prefix=BASE)


class Code(StrEnum):
    """The envelope's codes; docs.py says what the bot makes of each."""

    OK = "0"
    BAD_PARAMETER = "1001"
    BAD_SIGN = "1002"
    UNKNOWN_APP = "1003"
    STALE = "1004"
    REPEATED = "1005"
    NO_SUCH_NUMBER = "2001"
    AMOUNT_OUT_OF_RANGE = "2002"
    DAILY_LIMIT = "2003"
    REFUSED = "2004"
    OTHER_PARAMETERS = "2005"
    NO_SUCH_ORDER = "2006"
    NOTIFY_NOT_ALLOWED = "3001"


class RechargeState(StrEnum):
    """As stored, and as written on the wire: 0 on its way, 1 credited, 2 failed."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"

    @property
    def wire(self) -> str:
        """The status digit."""
        return {"pending": "0", "done": "1", "failed": "2"}[self.value]


REFUSALS = {"notFound": Code.NO_SUCH_NUMBER, "amountOutOfRange": Code.AMOUNT_OUT_OF_RANGE, "dailyLimitReached": Code.DAILY_LIMIT}


class Rejected(Exception):
    """An envelope with a code that is not "0"."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Nonces:
    """Remembers nonces until their timestamps are stale anyway; the oldest go first when there are too many."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def spend(self, nonce: str) -> bool:
        """False when this nonce was used before."""
        moment = time.monotonic()
        with self._lock:
            if nonce in self._seen:
                return False
            self._seen[nonce] = moment
            while self._seen:
                oldest = next(iter(self._seen))
                if len(self._seen) <= MOST_NONCES and moment - self._seen[oldest] < 2 * CLOCK_SECONDS:
                    break
                del self._seen[oldest]
        return True


@dataclass(frozen=True)
class Recharge:
    """What /recharge asks for."""

    out_trade_no: str
    msisdn: str
    amount_fen: int
    method: str
    notify_url: str | None

    @property
    def fingerprint(self) -> str:
        """Tells whether two requests under one number ask for the same."""
        return hashlib.sha256(json.dumps([self.msisdn, self.amount_fen, self.method, self.notify_url]).encode()).hexdigest()


@blueprint.errorhandler(Rejected)
def rejected(error: Rejected) -> Response:
    """The envelope of a refusal."""
    return jsonify({"code": error.code, "msg": str(error), "data": None})


@blueprint.post("/balance")
def balance() -> Response:
    """Money in fen and what is left of data (MB), calls (minutes) and messages of `mobile`."""
    msisdn = _mobile(_parameters())
    connection = store().connection
    line = one(connection, "SELECT status FROM lines WHERE msisdn = ? AND status <> 'terminated'", msisdn)
    if line is None:
        raise Rejected(Code.NO_SUCH_NUMBER, "no such number")
    sql = (
        "SELECT usage_type, sum(remaining) AS remaining, sum(initial) AS initial FROM buckets"
        " WHERE msisdn = ? AND status = 'active' AND (valid_until IS NULL OR valid_until > ?) GROUP BY usage_type"
    )
    pots = {row["usage_type"]: row for row in select(connection, sql, msisdn, stamp(now()))}
    data: Json = {
        "mobile": msisdn[3:],
        "status": "1" if line["status"] == "active" else "2",
        "update_time": str(int(time.time())),
    }
    data["balance"] = pots["monetary"]["remaining"] if "monetary" in pots else 0
    for kind in ("data", "voice", "sms"):
        data[f"{kind}_left"] = pots[kind]["remaining"] if kind in pots else 0
        data[f"{kind}_total"] = pots[kind]["initial"] if kind in pots else 0
    return _fine(data)


@blueprint.post("/recharge")
def recharge() -> Response:
    """Accept a recharge. The answer's status is "0" (on its way) unless the same out_trade_no has ended already."""
    wanted = _recharge(_parameters())
    with store().transaction() as connection:
        row = _row(connection, wanted.out_trade_no)
        if row is None:
            _begin(connection, wanted)
            row = _row(connection, wanted.out_trade_no)
        elif row["request_hash"] != wanted.fingerprint:
            raise Rejected(Code.OTHER_PARAMETERS, "this out_trade_no was used with other parameters")
    current_app.extensions["clerk"].wake()
    return _fine(_order(row))


@blueprint.post("/order")
def order() -> Response:
    """How a recharge stands, by out_trade_no."""
    number = _parameters().get("out_trade_no", "")
    row = _row(store().connection, number)
    if row is None:
        raise Rejected(Code.NO_SUCH_ORDER, "no such order")
    return _fine(_order(row))


def settle_due(where: Store) -> None:
    """End every recharge whose top-up has ended and queue its callback, in one transaction each. Called by the clerk."""
    sql = (
        "SELECT out_trade_no FROM provider_recharges r JOIN topups t ON t.id = r.topup_id"
        " WHERE r.state = 'pending' AND t.status <> 'pending' LIMIT ?"
    )
    for row in select(where.connection, sql, LARGEST_BATCH):
        with where.transaction() as connection:
            _end(connection, row["out_trade_no"])


def _begin(connection: sqlite3.Connection, wanted: Recharge) -> None:
    """Start the top-up underneath: one way for money, whichever door it was asked at. Slow unless a fault says otherwise."""
    told = sandbox_outcome()
    sandbox = told or "slow"
    try:
        top_up = start(connection, TopUp(wanted.msisdn, wanted.amount_fen, wanted.method, channel="provider", sandbox=sandbox))
    except Refusal as refusal:
        raise Rejected(REFUSALS.get(refusal.code, Code.REFUSED), refusal.reason) from refusal
    if told is None:
        sql = "UPDATE payments SET settles_at = ? WHERE status = 'pending' AND id = (SELECT payment_id FROM topups WHERE id = ?)"
        connection.execute(sql, (stamp(now() + timedelta(seconds=RECHARGE_SECONDS)), top_up))
    connection.execute(
        "INSERT INTO provider_recharges (out_trade_no, trade_no, msisdn, amount_fen, state, notify_url, topup_id,"
        " request_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            wanted.out_trade_no,
            new_id("PR", 14),
            wanted.msisdn,
            wanted.amount_fen,
            RechargeState.PENDING,
            wanted.notify_url,
            top_up,
            wanted.fingerprint,
            stamp(now()),
        ),
    )


def _end(connection: sqlite3.Connection, out_trade_no: str) -> None:
    """The one way from pending to an end; a recharge that has ended never changes again."""
    row = _row(connection, out_trade_no)
    if row is None or row["state"] != RechargeState.PENDING or row["topup_status"] == "pending":
        return
    credited = row["topup_status"] == "confirmed"
    connection.execute(
        "UPDATE provider_recharges SET state = ?, charged_fen = ?, finished_at = ? WHERE out_trade_no = ?",
        (
            RechargeState.DONE if credited else RechargeState.FAILED,
            row["amount_fen"] if credited else 0,
            stamp(now()),
            out_trade_no,
        ),
    )
    ended = _row(connection, out_trade_no)
    if ended is not None and ended["notify_url"]:
        queue(connection, ended["notify_url"], urlencode(_signed(_order(ended))), out_trade_no, form=True)


def _signed(order_data: Json) -> dict[str, str]:
    """A callback's parameters, signed as the caller signs its requests."""
    given = {name: str(value) for name, value in order_data.items() if value is not None}
    given |= {"appid": APP_ID, "timestamp": str(int(time.time())), "nonce": new_id("", 16), "sign_type": HMAC}
    return {**given, "sign": signature(given, settings().provider_secret)}


def _parameters() -> dict[str, str]:
    """The request's parameters, believed: signature first, then freshness. Raises Rejected."""
    given = request.form.to_dict()
    if given.get("appid") != APP_ID:
        raise Rejected(Code.UNKNOWN_APP, "unknown appid")
    if given.get("sign_type", MD5) not in (MD5, HMAC) or not is_signed(given, settings().provider_secret):
        raise Rejected(Code.BAD_SIGN, "the signature is wrong")
    timestamp = given.get("timestamp", "")
    if not SECONDS.fullmatch(timestamp) or abs(time.time() - int(timestamp)) > CLOCK_SECONDS:
        raise Rejected(Code.STALE, "the timestamp is not of now")
    if not NONCE.fullmatch(given.get("nonce", "")):
        raise Rejected(Code.BAD_PARAMETER, "nonce must be 8 to 64 letters and digits")
    nonces: Nonces = current_app.extensions.setdefault("provider_nonces", Nonces())
    if not nonces.spend(given["nonce"]):
        raise Rejected(Code.REPEATED, "this nonce was used before")
    return given


def _recharge(given: dict[str, str]) -> Recharge:
    if not TRADE_NO.fullmatch(given.get("out_trade_no", "")):
        raise Rejected(Code.BAD_PARAMETER, "out_trade_no must be 1 to 32 letters, digits, _ or -")
    if not FEN.fullmatch(given.get("amount", "")):
        raise Rejected(Code.AMOUNT_OUT_OF_RANGE, "amount must be a whole number of fen")
    method = given.get("pay_type") or METHODS[0]
    if method not in METHODS:
        raise Rejected(Code.BAD_PARAMETER, f"pay_type must be one of {', '.join(METHODS)}")
    notify_url = given.get("notify_url") or None
    if notify_url:
        try:
            require_allowed(notify_url)
        except Forbidden as error:
            raise Rejected(Code.NOTIFY_NOT_ALLOWED, "notify_url is not allowed") from error
    return Recharge(given["out_trade_no"], _mobile(given), int(given["amount"]), method, notify_url)


def _mobile(given: dict[str, str]) -> str:
    """The E.164 number of `mobile`."""
    if not MOBILE.fullmatch(given.get("mobile", "")):
        raise Rejected(Code.BAD_PARAMETER, "mobile must be eleven digits")
    return "+86" + given["mobile"]


def _row(connection: sqlite3.Connection, out_trade_no: str) -> sqlite3.Row | None:
    sql = (
        "SELECT r.*, t.status AS topup_status, t.reason, t.after_fen FROM provider_recharges r JOIN topups t ON t.id = r.topup_id"
        " WHERE out_trade_no = ?"
    )
    return one(connection, sql, out_trade_no)


def _order(row: sqlite3.Row | None) -> Json:
    """A recharge as told to the caller; only final states carry charge_amount."""
    if row is None:
        raise Rejected(Code.NO_SUCH_ORDER, "no such order")
    state = RechargeState(row["state"])
    data: Json = {
        "out_trade_no": row["out_trade_no"],
        "order_no": row["trade_no"],
        "mobile": row["msisdn"][3:],
        "amount": row["amount_fen"],
        "status": state.wire,
        "charge_amount": row["charged_fen"] or 0,
    }
    if state is RechargeState.FAILED:
        data["reason"] = row["reason"] or "failed"
    if state is RechargeState.DONE:
        data["balance_after"] = row["after_fen"]
    return data


def _fine(data: Json) -> Response:
    return jsonify({"code": Code.OK, "msg": "ok", "data": data})
