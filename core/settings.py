"""Every setting once: its name, default, unit and meaning. `load` refuses a start that would be unsafe.

Environment variables are the field names in upper case; they win over the `.env` file. An empty variable means the default.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import SettingsError
from core.settings_checks import is_loopback, problems_of

# Secrets that the first start makes and writes to `.env`; names in upper case there.
SECRETS: tuple[str, ...] = (
    "demo_api_key",
    "operator_api_key",
    "provider_secret",
    "reference_admin_key",
    "action_secret",
    "seal_key",
    "bot_seal_key",
    "token_key",
    "code_pepper",
)


# Twilio's recognisers that know both our languages.
SpeechModel = Literal[
    "default",
    "numbers_and_commands",
    "googlev2_long",
    "googlev2_short",
    "googlev2_telephony",
    "googlev2_telephony_short",
    "deepgram_nova-2",
    "deepgram_nova-3",
]


def _setting(default: Any, description: str, unit: str = "", **limits: Any) -> Any:
    return Field(default=default, description=description, json_schema_extra={"unit": unit}, **limits)


def _secret(description: str) -> Any:
    return Field(default="", description=description, json_schema_extra={"unit": "secret"}, repr=False)


class Settings(BaseSettings):
    """All settings of all processes of the second environment. Frozen; secrets do not show in its repr."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True, validate_default=True)

    port: int = _setting(8080, "Where the gateway listens on 127.0.0.1.", "port", ge=1, le=65535)
    bot_port: int = _setting(5005, "Where the Rasa server listens on 127.0.0.1.", "port", ge=1, le=65535)
    actions_port: int = _setting(5055, "Where the action server listens on 127.0.0.1.", "port", ge=1, le=65535)
    reference_port: int = _setting(8090, "Where the stand-in operator listens on 127.0.0.1.", "port", ge=1, le=65535)
    var_dir: Path = _setting(Path("var"), "Folder of everything written while running: Redis, SQLite, outbox, logs.", "path")
    demo: bool | None = _setting(
        None, "Shows the outbox, demo sign-ins and the simulator. Unset: on while no operator URL and no Twilio account is set."
    )
    public_base_url: str = _setting(
        "", "The address customers and Twilio reach us at. Empty: http://127.0.0.1 and the gateway's port.", "URL"
    )
    allowed_origins: str = _setting("", "Other web origins whose pages may embed the widget, comma-separated.", "URLs")
    invitations: str = _setting(
        "", "JSON file of the rules by which the widget invites to chat. Empty: the packaged ones.", "path"
    )
    proxies: int | None = _setting(
        None,
        "Proxies before the gateway whose X-Forwarded-For is believed. Unset: 1 behind a public address, else 0.",
        "proxies",
        ge=0,
        le=9,
    )

    balance_api_url: str = _setting("", "Base address of the operator's balance API. Empty: the stand-in operator.", "URL")
    order_api_url: str = _setting("", "Base address of the operator's order API. Empty: the stand-in operator.", "URL")
    balance_style: Literal["tmf", "provider"] = _setting(
        "tmf", "How the balance API speaks: TM Forum resources, or a provider's signed recharge API.", "tmf|provider"
    )
    redis_url: str = _setting("", "Redis 6.2 or later. Empty: the embedded server on a unix socket in var_dir.", "URL")
    database_url: str = _setting("", "SQL database, such as postgresql+psycopg://... Empty: SQLite in var_dir.", "URL")

    demo_api_key: str = _secret("Bearer key of the first integrator at the REST door.")
    integrator_keys: str = Field(
        default="",
        description="Bearer keys of further integrators, comma-separated.",
        json_schema_extra={"unit": "secrets"},
        repr=False,
    )
    operator_api_key: str = _secret("The key we show to the operator's APIs.")
    provider_secret: str = _secret("Signs requests to and callbacks from a provider-style balance API.")
    reference_admin_key: str = _secret("Opens the fault switches of the stand-in operator; for tests.")
    action_secret: str = _secret("Shared by gateway, bot and action server; guards the doors between them.")
    seal_key: str = _secret("Wraps the key of every conversation's sealed records; base64 of 32 bytes.")
    bot_seal_key: str = _secret("Seals the bot's own tracker records; base64 of 32 bytes.")
    token_key: str = _secret("Signs conversation tokens and derives the ids of integrators' conversations.")
    code_pepper: str = _secret("Keys the digests under which SMS codes are stored.")
    twilio_account_sid: str = _setting("", "Account at Twilio; empty: no phone line and no SMS provider.", "id")
    twilio_auth_token: str = Field(
        default="",
        description="Checks that webhooks come from Twilio, and signs in to it.",
        json_schema_extra={"unit": "secret"},
        repr=False,
    )
    twilio_from: str = _setting(
        "",
        "Whom texts come from: a number of the account in E.164, or a messaging service (MG...). Needed with an account.",
        "number",
    )

    voice_zh: str = _setting(
        "Polly.Zhiyu-Neural",
        "Who speaks Chinese on the phone: a voice of Twilio's list.",
        "voice",
        pattern=r"^[A-Za-z0-9.\-]{1,80}$",
    )
    voice_en: str = _setting(
        "Polly.Joanna-Neural",
        "Who speaks English on the phone: a voice of Twilio's list.",
        "voice",
        pattern=r"^[A-Za-z0-9.\-]{1,80}$",
    )
    speech_model_zh: SpeechModel = _setting(
        "default", "Twilio's recogniser for Chinese. `default` goes over to another provider when one fails.", "model"
    )
    speech_language_zh: str = _setting(
        "", "Its code for Chinese. Empty: cmn-Hans-CN for Google, zh-CN for Deepgram.", "code", pattern=r"^[A-Za-z0-9\-]{0,20}$"
    )
    speech_model_en: SpeechModel | Literal["phone_call"] = _setting(
        "default", "Twilio's recogniser for English; `phone_call` knows English only.", "model"
    )
    speech_language_en: str = _setting(
        "", "Its code for English, such as en-GB. Empty: en-US.", "code", pattern=r"^[A-Za-z0-9\-]{0,20}$"
    )
    speech_timeout: int = _setting(1, "Silence that ends what a caller says; Twilio takes whole seconds.", "s", ge=1, le=10)
    speech_timeout_number: int = _setting(
        3, "The same where a number is asked for: people pause between its groups.", "s", ge=1, le=10
    )

    mail_url: str = Field(
        default="",
        description="Mail server for transcripts, smtps://user:password@host or smtp://...:587 with STARTTLS. Empty: mails go to a file.",
        json_schema_extra={"unit": "secret URL"},
        repr=False,
    )
    mail_from: str = _setting("", "The address mails come from; needed with MAIL_URL.", "address")

    gateways: int = _setting(1, "Gateway processes started by `make run`.", "processes", ge=1, le=64)
    turns_in_flight: int = _setting(
        40, "Turns at the bot at once, shared evenly by the gateways; beyond it customers wait in order.", "turns", ge=1
    )
    redis_budget_ms: int = _setting(300, "What Redis may cost one turn before we go on without it.", "ms", ge=10)
    word_within_seconds: float = _setting(1.5, "When a customer waiting in the web chat gets a word ('one moment').", "s", gt=0)
    turn_wait_seconds: float = _setting(8.0, "How long the gateway waits for the bot; the turn itself is never cut.", "s", gt=0)
    legacy_elements: Literal["list", "text"] = _setting(
        "list", "How Rasa widgets get cards: a list, as rasa-webchat draws it, or text, for Rasa's own chat-widget.", "list|text"
    )
    token_hours: float = _setting(72.0, "Life of a conversation token; renewed while the page is open.", "h", gt=0)
    attachment_mb: int = _setting(
        8,
        "Largest file a customer may send: a phone's picture or a few minutes of voice, and what a gateway can hold.",
        "MB",
        ge=1,
        le=25,
    )
    attachments_a_day: int = _setting(
        20, "Files in 24 hours out of one conversation; ten times as many from one address.", "files", ge=1, le=500
    )
    attachments_a_day_mb: int = _setting(40, "Their sizes together; ten times as much from one address.", "MB", ge=1, le=2000)
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "Least severity that is logged.")

    @property
    def is_demo(self) -> bool:
        """`demo`, or its default: on while nothing real is connected."""
        if self.demo is not None:
            return self.demo
        return not (self.balance_api_url or self.order_api_url or self.twilio_account_sid)

    @property
    def proxies_before_us(self) -> int:
        """`proxies`, or its default: the gateway listens on loopback, so behind a public address one must stand before it."""
        if self.proxies is not None:
            return self.proxies
        return int(bool(self.public_base_url) and not is_loopback(self.public_base_url))

    @property
    def base_url(self) -> str:
        """Where customers reach us, without a slash at the end."""
        return (self.public_base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def reference_url(self) -> str:
        return f"http://127.0.0.1:{self.reference_port}"

    @property
    def balance_url(self) -> str:
        """The balance API in use."""
        return (self.balance_api_url or self.reference_url).rstrip("/")

    @property
    def order_url(self) -> str:
        """The order API in use."""
        return (self.order_api_url or self.reference_url).rstrip("/")

    @property
    def bot_url(self) -> str:
        return f"http://127.0.0.1:{self.bot_port}"

    @property
    def sql_url(self) -> str:
        """The SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{self.var_dir / 'careline.sqlite3'}"

    @property
    def attachments_path(self) -> Path:
        """Where customers' files are, sealed; no web server serves this folder."""
        return self.var_dir / "attachments"

    @property
    def outbox_path(self) -> Path:
        """Where texts go while no SMS provider is set."""
        return self.var_dir / "outbox" / "sms.jsonl"

    @property
    def callbacks_path(self) -> Path:
        """Callers to be called back whom only the disk could take, sealed."""
        return self.var_dir / "callbacks.jsonl"

    @property
    def mail_outbox_path(self) -> Path:
        """Where mails go while no mail server is set."""
        return self.var_dir / "outbox" / "mail.jsonl"


def load(env_file: str | Path | None = ".env") -> Settings:
    """Read the environment and `env_file` (may be absent). Raises SettingsError naming every problem at once."""
    problems: list[str] = []
    source: Any = Settings
    try:
        settings: Settings = source(_env_file=env_file)
    except ValidationError as error:
        problems += [_sentence(problem) for problem in error.errors()]
        # The unreadable ones take their defaults, so that the rest can be judged in the same go.
        broken = {str(problem["loc"][0]): Settings.model_fields[str(problem["loc"][0])].default for problem in error.errors()}
        settings = source(_env_file=env_file, **broken)
    problems += problems_of(settings, Path(env_file) if env_file else None)
    if problems:
        raise SettingsError(problems)
    return settings


def _sentence(problem: Any) -> str:
    name = str(problem["loc"][0]).upper()
    return f"{name} cannot be read ({problem['msg']}); correct it or leave it out to take the default."
