"""Writes what a customer has: person, line, home, plan, packs, pots, top-ups and the ledger under them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from reference_api.pin_hash import hash_pin

from .billing import write_usage
from .catalogue import BY_ID, Offering
from .ids import Ids
from .person import Month, Pack, Person
from .rows import Rows
from .times import iso, month_start, next_month

TOP_UP_FACES = (1000, 2000, 3000, 5000, 5000, 10000, 20000)  # fen
METHODS = ("wechat_pay", "wechat_pay", "alipay", "alipay", "bank_card")


class Accounts:
    """Writes the rows of one customer after another."""

    def __init__(self, rows: Rows, ids: Ids, random: Random, now: datetime) -> None:
        self._rows, self._ids, self._random, self._now = rows, ids, random, now

    def write(self, person: Person, current: Month) -> None:
        """All of a customer but bills and orders; `current` is the running month."""
        self._write_person(person)
        self._write_plan(person, current)
        for pack in person.packs:
            self._write_pack(person, pack)
        for service in person.services:
            self._subscribe(person, service, self._now - timedelta(days=self._random.randint(60, 390)))
        if person.broadband:
            self._subscribe(
                person,
                person.broadband,
                max(person.since, self._now - timedelta(days=700)),
                status=person.broadband_status,
                line=False,
            )
        self._write_money(person)
        if person.second_line:
            self._write_second_line(person, current.month)

    def _write_person(self, person: Person) -> None:
        salt = self._ids.salt()
        self._rows.add(
            "customers",
            id=person.id,
            name=person.name,
            family_name=person.family_name,
            tier=person.tier,
            language=person.language,
            account_id=self._account(person),
            pin_salt=salt,
            pin_hash=hash_pin(person.pin, salt),
            other_numbers=json.dumps(person.other_numbers),
            pool=int(person.pool),
            created_at=iso(person.since),
        )
        self._rows.add(
            "lines",
            msisdn=person.msisdn,
            customer_id=person.id,
            status=person.line_status,
            suspended_reason="unpaid" if person.line_status == "suspended" else None,
            created_at=iso(person.since),
        )
        self._write_home(person)

    def _write_home(self, person: Person) -> None:
        home, place = person.home, person.home.place
        self._rows.add(
            "addresses",
            id=self._home_id(person),
            customer_id=person.id,
            province=home.province,
            city=place.city_zh,
            district=place.district_zh,
            street=place.road_zh,
            house=home.house_zh,
            text_zh=home.text_zh,
            text_en=home.text_en,
            serviceable=int(place.max_mbps > 0),
            max_mbps=place.max_mbps,
            reason=place.reason or None,
            body=json.dumps({"readyDays": place.ready_days}),
        )

    def _write_second_line(self, person: Person, month: str) -> None:
        """A line with a small plan and money of its own; its bill is part of the first line's."""
        since = max(person.since, self._now - timedelta(days=300))
        line = replace(
            person,
            msisdn=person.second_line,
            plan=BY_ID["plan-19"],
            balance_fen=self._random.randint(500, 12000),
            since=since,
        )
        self._rows.add(
            "lines",
            msisdn=line.msisdn,
            customer_id=person.id,
            status="active",
            suspended_reason=None,
            created_at=iso(since + timedelta(minutes=1)),
        )
        used = Month(month, data_mb=self._random.randint(0, 4000), voice_min=self._random.randint(0, 45))
        self._write_plan(line, used)
        self._write_money(line)
        write_usage(self._rows, line, used)

    def _write_plan(self, person: Person, current: Month) -> None:
        subscription = self._subscribe(person, person.plan, max(person.since, self._now - timedelta(days=395)))
        start = month_start(current.month)
        span = (iso(start), iso(month_start(next_month(current.month))))
        for kind, units, full, used, (zh, en) in (
            ("data", "MB", person.plan.data_mb, current.data_mb, ("流量", "data")),
            ("voice", "MIN", person.plan.voice_min, current.voice_min, ("通话", "calls")),
            ("sms", "SMS", person.plan.sms, current.sms, ("短信", "texts")),
        ):
            names = (person.plan.name_zh + zh, f"{person.plan.name_en} {en}")
            if full:
                self._bucket(
                    person,
                    kind,
                    units,
                    names,
                    (full, max(0, full - used)),
                    span,
                    subscription,
                )

    def _write_pack(self, person: Person, pack: Pack) -> None:
        offering, until = pack.offering, pack.bought_at + timedelta(days=pack.offering.valid_days)
        if until <= self._now:
            return
        subscription = self._subscribe(person, offering, pack.bought_at, until)
        kind, units, full = ("voice", "MIN", offering.voice_min) if offering.voice_min else ("data", "MB", offering.data_mb)
        left = int(full * self._random.uniform(0.2, 1.0))
        span = (iso(pack.bought_at), iso(until))
        self._bucket(person, kind, units, (offering.name_zh, offering.name_en), (full, left), span, subscription)

    def _write_money(self, person: Person) -> None:
        """The money pot: what was there, what came in, what went out; the ledger sums to the balance of today."""
        bucket = self._ids.plain("BK")
        faces = [self._random.choice(TOP_UP_FACES) for _ in range(self._random.randint(1, 3))]
        opening = max(self._random.randint(0, 6000), person.balance_fen - sum(faces))
        day = self._now - timedelta(days=self._random.randint(70, 80), minutes=self._random.randint(0, 1400))
        self._rows.add(
            "buckets",
            id=bucket,
            customer_id=person.id,
            msisdn=person.msisdn,
            usage_type="monetary",
            name_zh="话费余额",
            name_en="Balance",
            initial=0,
            remaining=person.balance_fen,
            units="CNY",
            valid_from=iso(person.since),
            valid_until=None,
            subscription_id=None,
        )
        balance = opening
        self._ledger(bucket, person, opening, balance, "opening", "seed", day)
        for face in faces:
            day += timedelta(days=self._random.randint(8, 20), minutes=self._random.randint(0, 600))
            self._top_up(bucket, person, face, balance, day)
            balance += face
        if balance > person.balance_fen:
            self._ledger(
                bucket, person, person.balance_fen - balance, person.balance_fen, "usage", "bill", self._now - timedelta(days=2)
            )

    def _top_up(self, bucket: str, person: Person, face: int, before: int, at: datetime) -> None:
        top_up, payment, method = self._ids.plain("TU"), self._ids.plain("PY"), self._random.choice(METHODS)
        self._rows.add(
            "payments",
            id=payment,
            customer_id=person.id,
            msisdn=person.msisdn,
            amount_fen=face,
            method=method,
            status="done",
            purpose=f"topup:{top_up}",
            created_at=iso(at),
            status_date=iso(at),
        )
        self._rows.add(
            "topups",
            id=top_up,
            msisdn=person.msisdn,
            requestor_id=person.id,
            amount_fen=face,
            method=method,
            channel="app",
            status="confirmed",
            requested_at=iso(at),
            confirmed_at=iso(at),
            payment_id=payment,
            bucket_id=bucket,
            before_fen=before,
            after_fen=before + face,
        )
        self._ledger(bucket, person, face, before + face, "topup", top_up, at)

    def _subscribe(
        self,
        person: Person,
        offering: Offering,
        start: datetime,
        end: datetime | None = None,
        status: str = "active",
        line: bool = True,
    ) -> str:
        subscription = self._ids.plain("PR")
        self._rows.add(
            "subscriptions",
            id=subscription,
            customer_id=person.id,
            msisdn=person.msisdn if line else None,
            offering_id=offering.id,
            kind=offering.category,
            status=status,
            start_date=iso(start),
            end_date=iso(end) if end else None,
            price_fen=offering.price_fen,
            address_id=None if line else self._home_id(person),
        )
        return subscription

    def _bucket(
        self,
        person: Person,
        kind: str,
        units: str,
        names: tuple[str, str],
        amounts: tuple[int, int],
        span: tuple[str, str],
        owner: str,
    ) -> None:
        """A pot that was filled with amounts[0] and holds amounts[1]."""
        bucket, (full, left) = self._ids.plain("BK"), amounts
        self._rows.add(
            "buckets",
            id=bucket,
            customer_id=person.id,
            msisdn=person.msisdn,
            usage_type=kind,
            name_zh=names[0],
            name_en=names[1],
            initial=full,
            remaining=left,
            units=units,
            valid_from=span[0],
            valid_until=span[1],
            subscription_id=owner,
        )
        self._ledger(bucket, person, left, left, "opening", "seed", self._now)

    def _ledger(self, bucket: str, person: Person, amount: int, after: int, kind: str, reference: str, at: datetime) -> None:
        columns: dict[str, Any] = {"bucket_id": bucket, "msisdn": person.msisdn, "amount": amount, "balance_after": after}
        self._rows.add("ledger", **columns, kind=kind, reference=reference, at=iso(at))

    @staticmethod
    def _account(person: Person) -> str:
        return "A" + person.id[1:]

    @staticmethod
    def _home_id(person: Person) -> str:
        return "AD" + person.id[1:]
