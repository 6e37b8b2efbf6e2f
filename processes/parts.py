"""The parts that every process of the second environment shares, built once from the settings."""

from dataclasses import dataclass

from sqlalchemy import Engine as SqlEngine

from carrier.audit import CallRecord
from carrier.connect import CarrierSettings, connect
from carrier.operator import Operator
from core import records
from core.clock import Clock, SystemClock
from core.events import Events
from core.logs import get_logger
from core.outbox import Mails, Texts, mails_of
from core.records import Run, directly
from core.seal import Sealer
from core.settings import Settings
from core.shared_cache import RedisCache
from core.store import Store
from customers.attachments import Attachments, Limits
from customers.conversation import Conversations
from customers.identity import Identities
from customers.journal import Journal
from customers.mails import OwedMails
from customers.presence import Presence
from customers.promises import Promises
from customers.ratings import Ratings
from customers.transcript import Transcript
from customers.verification import Verification
from handoff.ownership import Owners
from handoff.relay import Relay
from ivr.texts import texts_of
from processes.places import redis_socket

log = get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """Everything below the doors."""

    settings: Settings
    clock: Clock
    store: Store
    sealer: Sealer
    sql: SqlEngine
    operator: Operator
    texts: Texts
    conversations: Conversations
    identities: Identities
    verification: Verification
    journal: Journal
    promises: Promises
    attachments: Attachments
    mails: Mails
    owed_mails: OwedMails
    presence: Presence
    owners: Owners
    relay: Relay
    ratings: Ratings


def build(settings: Settings, *, run: Run = directly) -> Parts:
    """Connect nothing yet but make the SQL tables. `run`: where SQL work runs (the gateway: its thread pool)."""
    clock = SystemClock()
    store = Store(redis_url(settings), clock=clock, budget_ms=settings.redis_budget_ms)
    sealer = Sealer(settings.seal_key)
    sql = records.engine(settings.sql_url)
    records.create(sql)
    shared = RedisCache(store, sealer)
    operator = connect(carrier_settings(settings), shared=shared, clock=clock, audit=audit)
    texts = texts_of(settings, clock)
    identities = Identities(store, sealer, clock)
    events = Events(store, clock)
    conversations = Conversations(store, sealer, clock)
    transcript = Transcript(store, sealer, clock)
    presence = Presence(store, sealer, clock)
    owners = Owners(store, sealer)
    verification = Verification(
        store, sealer, clock, operator, texts, settings.code_pepper, identities, events, conversations.source_of
    )
    return Parts(
        settings=settings,
        clock=clock,
        store=store,
        sealer=sealer,
        sql=sql,
        operator=operator,
        texts=texts,
        conversations=conversations,
        identities=identities,
        verification=verification,
        journal=Journal(sql, clock, sealer, run),
        promises=Promises(sql, clock, sealer, run),
        mails=mails_of(settings.mail_url, settings.mail_from, settings.mail_outbox_path, clock),
        owed_mails=OwedMails(sql, store, sealer, clock, run),
        attachments=Attachments(settings.attachments_path, store, sealer, clock, attachment_limits(settings), run),
        presence=presence,
        owners=owners,
        relay=Relay(store, sealer, clock, conversations, transcript, owners, presence, events),
        ratings=Ratings(sql, clock, sealer, transcript, events, run),
    )


def redis_url(settings: Settings) -> str:
    """REDIS_URL, else the embedded server's socket as processes/supervise.py made it."""
    return settings.redis_url or f"unix://{redis_socket(settings.var_dir.resolve())}"


def attachment_limits(settings: Settings) -> Limits:
    megabyte = 1024 * 1024
    return Limits(settings.attachment_mb * megabyte, settings.attachments_a_day, settings.attachments_a_day_mb * megabyte)


def carrier_settings(settings: Settings) -> CarrierSettings:
    return CarrierSettings(
        balance_url=settings.balance_url,
        order_url=settings.order_url,
        api_key=settings.operator_api_key,
        balance_style=settings.balance_style,
        provider_secret=settings.provider_secret,
    )


def audit(record: CallRecord) -> None:
    """One line for every call at the operator's; it holds no number and no body."""
    log.info("operator.called", **{name: str(value) for name, value in record.__dict__.items()})
