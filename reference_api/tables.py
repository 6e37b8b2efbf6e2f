"""The stand-in operator's tables.

Money is integer fen everywhere. A bucket's value is in its own unit: fen (monetary), MB (data), MIN (voice) or messages (sms).
Times are text in UTC, `2026-11-22T08:56:34Z`; months are `2026-11`; phone numbers are E.164, `+8613800138000`.
Columns named `body` hold JSON: what the caller sent beyond the columns, or what a seed row says beyond them.
"""

import sqlite3

SCHEMA_VERSION = 1

PEOPLE = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS customers (
    id TEXT PRIMARY KEY,                  -- "C" + 10 base32 characters
    name TEXT NOT NULL,                   -- in the customer's own language
    family_name TEXT NOT NULL,            -- shown masked to strangers: 王**
    tier TEXT NOT NULL CHECK (tier IN ('standard', 'silver', 'gold')),
    language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
    account_id TEXT NOT NULL,             -- the billing account
    pin_salt TEXT NOT NULL,
    pin_hash TEXT NOT NULL,               -- see pins.py
    other_numbers TEXT NOT NULL DEFAULT '[]',  -- JSON list of other registered contact numbers, E.164
    pool INTEGER NOT NULL DEFAULT 0,      -- 1: tests may take this customer; 0: demo customers and the rest
    created_at TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS lines (
    msisdn TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'terminated')),
    suspended_reason TEXT,                -- lost, unpaid, asked
    created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_customer ON lines (customer_id);

CREATE TABLE IF NOT EXISTS addresses (
    id TEXT PRIMARY KEY,
    customer_id TEXT,                     -- whose home it is, or NULL
    province TEXT NOT NULL, city TEXT NOT NULL, district TEXT NOT NULL, street TEXT NOT NULL, house TEXT NOT NULL,
    text_zh TEXT NOT NULL, text_en TEXT NOT NULL,
    serviceable INTEGER NOT NULL,         -- 1: broadband can be installed
    max_mbps INTEGER NOT NULL DEFAULT 0,
    reason TEXT,                          -- why not: noCoverage, portsFull, ...
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY, customer_id TEXT, msisdn TEXT, ticket_type TEXT NOT NULL, severity TEXT NOT NULL,
    status TEXT NOT NULL, description TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tickets_customer ON tickets (customer_id, created_at);

CREATE TABLE IF NOT EXISTS pin_checks (  -- wrong PINs per number, for the generous cap
    msisdn TEXT PRIMARY KEY, wrong INTEGER NOT NULL, since TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS pool_taken (customer_id TEXT PRIMARY KEY, taken_at TEXT NOT NULL) WITHOUT ROWID;
"""

SALES = """
CREATE TABLE IF NOT EXISTS offerings (
    id TEXT PRIMARY KEY,                  -- stable slug: plan-59, pack-data-10g
    category TEXT NOT NULL,               -- plan dataPack voicePack roamingPack broadband phone accessory giftCard
    name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
    description_zh TEXT NOT NULL DEFAULT '', description_en TEXT NOT NULL DEFAULT '',
    price_fen INTEGER NOT NULL CHECK (price_fen >= 0),
    recurring INTEGER NOT NULL DEFAULT 0, -- 1: charged every month
    validity_days INTEGER,                -- packs: how long they last; NULL: to the end of the month
    data_mb INTEGER NOT NULL DEFAULT 0, voice_min INTEGER NOT NULL DEFAULT 0, sms INTEGER NOT NULL DEFAULT 0,
    speed_mbps INTEGER,                   -- broadband
    stock INTEGER CHECK (stock IS NULL OR stock >= 0),  -- NULL: not a counted good
    sellable INTEGER NOT NULL DEFAULT 1,
    nicknames TEXT NOT NULL DEFAULT '[]', -- JSON list of words people use for it
    position INTEGER NOT NULL DEFAULT 0,  -- order in lists
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS offerings_category ON offerings (category, position);

CREATE TABLE IF NOT EXISTS subscriptions (  -- what a customer has: plan, packs, broadband, extras (TMF637 products)
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    msisdn TEXT,                          -- NULL for broadband
    offering_id TEXT NOT NULL REFERENCES offerings (id),
    kind TEXT NOT NULL,                   -- plan dataPack voicePack roamingPack broadband vas
    status TEXT NOT NULL CHECK (status IN ('pendingActive', 'active', 'suspended', 'terminated')),
    start_date TEXT NOT NULL, end_date TEXT,
    price_fen INTEGER NOT NULL,
    address_id TEXT, order_id TEXT,
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS subscriptions_customer ON subscriptions (customer_id, kind);
CREATE INDEX IF NOT EXISTS subscriptions_line ON subscriptions (msisdn, kind);

CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,                  -- "DD" + YYYYMMDD + 6 unambiguous characters
    customer_id TEXT NOT NULL REFERENCES customers (id),
    msisdn TEXT,
    category TEXT NOT NULL,               -- planChange dataPack broadband device
    state TEXT NOT NULL,                  -- orderstates.OrderState
    state_before_cancel TEXT,             -- where a denied cancellation goes back to
    external_id TEXT,
    effective TEXT NOT NULL DEFAULT 'immediate' CHECK (effective IN ('immediate', 'nextCycle')),
    order_date TEXT NOT NULL, expected_completion_date TEXT, completion_date TEXT,
    cancellation_date TEXT, cancellation_reason TEXT,
    total_fen INTEGER NOT NULL, paid_fen INTEGER NOT NULL DEFAULT 0, refunded_fen INTEGER NOT NULL DEFAULT 0,
    payment_id TEXT, payment_method TEXT NOT NULL DEFAULT 'balance',
    address_id TEXT,                      -- broadband: where
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer_id, order_date DESC);
CREATE INDEX IF NOT EXISTS orders_line ON orders (msisdn, category, state);

CREATE TABLE IF NOT EXISTS order_items (
    order_id TEXT NOT NULL REFERENCES orders (id), item_id TEXT NOT NULL,
    action TEXT NOT NULL, quantity INTEGER NOT NULL, offering_id TEXT, product_id TEXT,
    unit_price_fen INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (order_id, item_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS shipments (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    carrier TEXT NOT NULL, tracking_number TEXT NOT NULL,
    stage TEXT NOT NULL DEFAULT 'transit' CHECK (stage IN ('packed', 'transit', 'delivered')),  -- packed: can still be stopped
    last_event_zh TEXT NOT NULL, last_event_en TEXT NOT NULL, last_event_at TEXT NOT NULL,
    expected_delivery_date TEXT, delivered_at TEXT, address_text TEXT
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cancellations (
    id TEXT PRIMARY KEY, order_id TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
    requested_at TEXT NOT NULL, effective_at TEXT, refund_fen INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
"""

MONEY = """
CREATE TABLE IF NOT EXISTS buckets (
    id TEXT PRIMARY KEY,
    customer_id TEXT, msisdn TEXT,        -- NULL only for buckets made through the API without a line
    usage_type TEXT NOT NULL,             -- monetary data voice sms
    name_zh TEXT NOT NULL DEFAULT '', name_en TEXT NOT NULL DEFAULT '',
    initial INTEGER NOT NULL DEFAULT 0,   -- what it was filled with (0 for monetary)
    remaining INTEGER NOT NULL, reserved INTEGER NOT NULL DEFAULT 0,
    units TEXT NOT NULL,                  -- CNY MB MIN SMS, as on the wire
    status TEXT NOT NULL DEFAULT 'active',
    valid_from TEXT, valid_until TEXT,
    subscription_id TEXT,
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS buckets_line ON buckets (msisdn, usage_type);

CREATE TABLE IF NOT EXISTS ledger (      -- every change of every bucket; the rows of a bucket sum to its `remaining`
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket_id TEXT NOT NULL, msisdn TEXT,
    amount INTEGER NOT NULL,              -- signed, in the bucket's unit (fen for money)
    balance_after INTEGER NOT NULL,
    kind TEXT NOT NULL,                   -- opening topup order refund adjust transfer pack usage
    reference TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ledger_bucket ON ledger (bucket_id, id);
CREATE INDEX IF NOT EXISTS ledger_line ON ledger (msisdn, id);

CREATE TABLE IF NOT EXISTS topups (
    id TEXT PRIMARY KEY, idempotency_key TEXT,
    msisdn TEXT NOT NULL, requestor_id TEXT, amount_fen INTEGER NOT NULL, method TEXT NOT NULL, channel TEXT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'failed')), reason TEXT,
    requested_at TEXT NOT NULL, confirmed_at TEXT, payment_id TEXT, bucket_id TEXT NOT NULL,
    before_fen INTEGER, after_fen INTEGER, body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS topups_key ON topups (idempotency_key);
CREATE INDEX IF NOT EXISTS topups_line ON topups (msisdn, requested_at);

CREATE TABLE IF NOT EXISTS balance_actions (  -- adjust, transfer, reserve
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, bucket_id TEXT NOT NULL, amount INTEGER NOT NULL, status TEXT NOT NULL,
    requested_at TEXT NOT NULL, confirmed_at TEXT, before INTEGER, after INTEGER, body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS balance_actions_kind ON balance_actions (kind, requested_at);
CREATE INDEX IF NOT EXISTS balance_actions_bucket ON balance_actions (bucket_id, requested_at);

CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY, customer_id TEXT, msisdn TEXT, amount_fen INTEGER NOT NULL,
    method TEXT NOT NULL,                 -- wechat_pay alipay bank_card balance
    status TEXT NOT NULL,                 -- initialized pending done failed refunded
    sandbox TEXT NOT NULL DEFAULT 'ok',   -- ok declined slow unknown
    correlator_id TEXT, purpose TEXT, created_at TEXT NOT NULL, status_date TEXT NOT NULL,
    settles_at TEXT,                      -- a slow payment is done from then on
    body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS provider_recharges (  -- the second operator shape, see provider.py
    out_trade_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL UNIQUE, msisdn TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    charged_fen INTEGER, state TEXT NOT NULL, notify_url TEXT, topup_id TEXT, request_hash TEXT NOT NULL,
    created_at TEXT NOT NULL, finished_at TEXT, body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
"""

BILLING = """
CREATE TABLE IF NOT EXISTS bills (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers (id), msisdn TEXT NOT NULL,
    month TEXT NOT NULL, state TEXT NOT NULL,  -- new onHold validated sent settled partiallyPaid
    amount_fen INTEGER NOT NULL, remaining_fen INTEGER NOT NULL DEFAULT 0,
    bill_date TEXT NOT NULL, due_date TEXT NOT NULL, body TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bills_customer ON bills (customer_id, month DESC);

CREATE TABLE IF NOT EXISTS bill_lines (
    bill_id TEXT NOT NULL REFERENCES bills (id), position INTEGER NOT NULL,
    name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
    type TEXT NOT NULL,                   -- plan pack overage voice roaming vas discount
    amount_fen INTEGER NOT NULL, quantity INTEGER NOT NULL DEFAULT 1, units TEXT, offering_id TEXT,
    body TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (bill_id, position)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS usage (       -- volumes used in a month
    msisdn TEXT NOT NULL, month TEXT NOT NULL, kind TEXT NOT NULL,  -- data voice sms roaming
    used INTEGER NOT NULL, allowance INTEGER NOT NULL, units TEXT NOT NULL,
    PRIMARY KEY (msisdn, month, kind)
) WITHOUT ROWID;
"""

MACHINERY = """
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT NOT NULL, operation TEXT NOT NULL, request_hash TEXT NOT NULL,
    status INTEGER NOT NULL, answer TEXT NOT NULL, headers TEXT NOT NULL DEFAULT '{}', created_at TEXT NOT NULL,
    PRIMARY KEY (operation, key)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS hubs (
    id TEXT PRIMARY KEY, api TEXT NOT NULL, callback TEXT NOT NULL, query TEXT, created_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS callbacks (   -- outbox: written with the change it tells of, sent by callbacks.py
    id TEXT PRIMARY KEY, url TEXT NOT NULL, form INTEGER NOT NULL DEFAULT 0,  -- 1: form POST that must be answered `success`
    body TEXT NOT NULL, reference TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'dead')), created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (state, due_at);

CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, trace_id TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    operation TEXT NOT NULL, status INTEGER NOT NULL, replay INTEGER NOT NULL DEFAULT 0, key TEXT, took_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_trace ON audit (trace_id);
"""

SECTIONS = (PEOPLE, SALES, MONEY, BILLING, MACHINERY)


def create(connection: sqlite3.Connection) -> None:
    """Make every table and index that is absent. Commits."""
    for section in SECTIONS:
        connection.executescript(section)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.commit()
