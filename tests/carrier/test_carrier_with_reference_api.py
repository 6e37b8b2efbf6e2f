"""The carrier against the real stand-in operator, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from carrier.audit import CallRecord
from carrier.deadline import Deadline
from carrier.errors import BusinessRefusal, KeyReused, Malformed, NotFound, OutcomeUnknown, ServerFault, TimedOut
from carrier.models import OrderState, TopUp, TopUpStatus
from carrier.operator import Operator
from core.clock import SystemClock
from tests.carrier.given import together
from tests.carrier.operator_server import Server, running

CLOCK = SystemClock()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("operator")) as started:
        yield started


@pytest.fixture
def operator(server: Server) -> Iterator[Operator]:
    made = server.operator()
    yield made
    made.close()


def soon(seconds: float = 20.0) -> Deadline:
    """Generous: the machine may be busy, and what is tested here is not its speed."""
    return Deadline.after(CLOCK, seconds)


def top_up(operator: Operator, customer: dict[str, Any], key: str, fen: int = 5000, seconds: float = 20.0) -> TopUp:
    return operator.balance.top_up(
        customer["msisdn"],
        fen,
        method="wechat_pay",
        payer_id=customer["id"],
        channel="web",
        key=key,
        deadline=soon(seconds),
    )


def test_a_thousand_reads_over_fifty_numbers_on_a_cold_cache_ask_at_most_fifty_times(server: Server, operator: Operator) -> None:
    customers = [server.take() for _ in range(50)]
    server.admin("DELETE", "counts")

    def read(index: int) -> bool:
        customer = customers[index % 50]
        balance = operator.balance.read(customer["msisdn"], deadline=soon(40)).value
        return (balance.number, balance.money_fen) == (customer["msisdn"], customer["balanceFen"])

    assert together(read, 1000) == [True] * 1000
    assert server.admin("GET", "counts") == {"GET bucket": 50}


def test_everything_about_many_customers_can_be_read(server: Server, operator: Operator) -> None:
    for _ in range(15):
        taken = server.take()
        customer = operator.customers.by_number(taken["msisdn"].removeprefix("+86"), deadline=soon())
        assert (customer.id, customer.name, customer.language) == (taken["id"], taken["name"], taken["language"])
        assert operator.customers.by_id(taken["id"], deadline=soon()) == customer
        has = operator.inventory.of(customer.id, taken["msisdn"], deadline=soon()).value
        assert has.plan is not None
        assert operator.catalogue.offering(has.plan.offering_id, deadline=soon()).names == has.plan.names
        bills = operator.bills.recent(customer.id, 12, deadline=soon())
        assert bills == tuple(sorted(bills, key=lambda bill: bill.month, reverse=True))
        full = operator.bills.of_month(customer.id, bills[-1].month, deadline=soon())
        assert sum(line.amount_fen for line in full.lines) == full.total_fen
        assert operator.usage.read(taken["msisdn"], bills[-1].month, deadline=soon()).value.lines
        assert [o.id for o in operator.orders.recent(customer.id, 20, deadline=soon())] == [o["id"] for o in taken["orders"]]


def test_the_catalogue_is_whole_and_in_both_languages(operator: Operator) -> None:
    offerings = operator.catalogue.offerings(deadline=soon()).value
    assert len(offerings) >= 40
    assert all(offering.names.zh and offering.names.en and offering.price_fen > 0 for offering in offerings)
    plans = operator.catalogue.offerings("plan", deadline=soon()).value
    assert plans
    assert all(plan.category == "plan" and plan.period == "month" for plan in plans)


def test_a_pin_is_right_wrong_or_nobodys(server: Server, operator: Operator) -> None:
    customer = server.take()
    assert operator.pins.check(customer["msisdn"], customer["pin"], deadline=soon()) == "ok"
    wrong = "0000" if customer["pin"] != "0000" else "1111"
    assert operator.pins.check(customer["msisdn"], wrong, deadline=soon()) == "wrong"
    assert operator.pins.check("+8619900000000", "1234", deadline=soon()) == "unknown"


def test_nobody_has_this_number(operator: Operator) -> None:
    with pytest.raises(NotFound):
        operator.customers.by_number("19900000000", deadline=soon())
    with pytest.raises(NotFound):
        operator.balance.read("19900000000", deadline=soon())
    with pytest.raises(NotFound):
        operator.balance.read("not a number", deadline=soon())


@pytest.mark.parametrize("style", ["tmf", "provider"])
def test_a_top_up_is_the_same_in_both_styles(server: Server, style: str) -> None:
    operator = server.operator(style)
    customer = server.take()
    before = operator.balance.read(customer["msisdn"], deadline=soon()).value
    assert before.money_fen == customer["balanceFen"]
    done = top_up(operator, customer, f"same-{style}")
    assert (done.status, done.number, done.amount_fen) == (TopUpStatus.CONFIRMED, customer["msisdn"], 5000)
    assert done.payment_method == "wechat_pay"
    assert done.balance_after_fen == customer["balanceFen"] + 5000
    again = operator.balance.top_up_by_key(f"same-{style}", deadline=soon())
    assert again is not None
    assert (again.id, again.status) == (done.id, TopUpStatus.CONFIRMED)
    assert operator.balance.top_up_by_id(done.id, deadline=soon()).amount_fen == 5000
    assert operator.balance.read(customer["msisdn"], deadline=soon()).value.money_fen == customer["balanceFen"] + 5000
    assert [row["amount"] for row in server.ledger(customer["msisdn"], "topup")][-1:] == [5000]
    assert operator.balance.top_up_by_key("never-used", deadline=soon()) is None
    operator.close()


@pytest.mark.parametrize("style", ["tmf", "provider"])
def test_refusals_have_the_same_names_in_both_styles(server: Server, style: str) -> None:
    operator = server.operator(style)
    customer = server.take()
    for fen in (99, 300_001):
        with pytest.raises(BusinessRefusal, match="amountOutOfRange"):
            top_up(operator, customer, f"range-{style}-{fen}", fen)
    top_up(operator, customer, f"day-1-{style}", 300_000)
    with pytest.raises(BusinessRefusal, match="dailyLimitReached"):
        top_up(operator, customer, f"day-2-{style}", 300_000)
    with pytest.raises(KeyReused):
        top_up(operator, customer, f"day-1-{style}", 100)
    with pytest.raises(NotFound):
        top_up(operator, {**customer, "msisdn": "+8619900000000"}, f"nobody-{style}")
    operator.close()


@pytest.mark.parametrize("style", ["tmf", "provider"])
def test_a_declined_payment_is_a_failed_top_up_in_both_styles(server: Server, style: str) -> None:
    operator = server.operator(style)
    customer = server.take()
    path = "POST topupBalance" if style == "tmf" else "POST recharge"
    with server.fault(path, "sandbox", outcome="declined", msisdn=customer["msisdn"][3:]):
        failed = top_up(operator, customer, f"declined-{style}")
    assert (failed.status, failed.failure_code) == (TopUpStatus.FAILED, "paymentDeclined")
    assert operator.balance.read(customer["msisdn"], fresh=True, deadline=soon()).value.money_fen == customer["balanceFen"]
    operator.close()


@pytest.mark.parametrize("style", ["tmf", "provider"])
def test_a_slow_payment_is_pending_then_confirmed_and_never_told_as_failed(server: Server, style: str) -> None:
    operator = server.operator(style)
    customer = server.take()
    path = "POST topupBalance" if style == "tmf" else "POST recharge"
    with server.fault(path, "sandbox", outcome="slow", msisdn=customer["msisdn"][3:]):
        told = top_up(operator, customer, f"slow-{style}", seconds=0.9)
    assert told.status is TopUpStatus.PENDING
    deadline = soon()
    while told.status is TopUpStatus.PENDING and deadline.left():
        CLOCK.sleep(0.2)
        found = operator.balance.top_up_by_key(f"slow-{style}", deadline=soon())
        assert found is not None
        told = found
    assert told.status is TopUpStatus.CONFIRMED
    assert operator.balance.read(customer["msisdn"], deadline=soon()).value.money_fen == customer["balanceFen"] + 5000
    operator.close()


@pytest.mark.parametrize("style", ["tmf", "provider"])
def test_an_answer_cut_off_after_the_commit_is_asked_for_again_and_credits_once(server: Server, style: str) -> None:
    operator = server.operator(style)
    customer = server.take()
    before = len(server.ledger(customer["msisdn"], "topup"))
    path = "POST topupBalance" if style == "tmf" else "POST recharge"
    with server.fault(path, "cutAfterCommit", count=1, msisdn=customer["msisdn"][3:]):
        done = top_up(operator, customer, f"cut-{style}")
    assert done.status is TopUpStatus.CONFIRMED
    assert len(server.ledger(customer["msisdn"], "topup")) == before + 1
    operator.close()


def test_cut_off_every_time_the_outcome_is_unknown_until_asked_by_key(server: Server, operator: Operator) -> None:
    customer = server.take()
    with server.fault("POST topupBalance", "cutAfterCommit"), pytest.raises(OutcomeUnknown):
        top_up(operator, customer, "always-cut", seconds=1.2)
    found = operator.balance.top_up_by_key("always-cut", deadline=soon())
    assert found is not None
    assert found.status is TopUpStatus.CONFIRMED
    assert operator.balance.read(customer["msisdn"], deadline=soon()).value.money_fen == customer["balanceFen"] + 5000


def test_a_hundred_identical_top_ups_twenty_at_a_time_are_one(server: Server, operator: Operator) -> None:
    customer = server.take()
    before = len(server.ledger(customer["msisdn"], "topup"))
    done = [result for _ in range(5) for result in together(lambda _: top_up(operator, customer, "hundred"), 20)]
    assert {result.id for result in done} == {done[0].id}
    assert len(server.ledger(customer["msisdn"], "topup")) == before + 1


def test_an_operator_that_hangs_is_given_up_at_the_deadline_and_a_write_is_unknown(server: Server, operator: Operator) -> None:
    customer = server.take()
    with server.fault("/tmf-api/prepayBalanceManagement", "hang", seconds=5, msisdn=customer["msisdn"][3:]):
        with pytest.raises(TimedOut):
            operator.balance.read(customer["msisdn"], deadline=soon(0.4))
        with pytest.raises(OutcomeUnknown):
            top_up(operator, customer, "hung", seconds=0.4)


@pytest.mark.parametrize("kind", ["malformed", "wrongNumber"])
def test_answers_that_make_no_sense_or_speak_of_another_number_are_not_believed(
    server: Server, operator: Operator, kind: str
) -> None:
    customer = server.take()
    with server.fault("GET bucket", kind, msisdn=customer["msisdn"]), pytest.raises(Malformed):
        operator.balance.read(customer["msisdn"], deadline=soon())
    # Another carrier: three answers that are not JSON count towards the breaker of the first.
    second = server.operator()
    with server.fault("POST topupBalance", kind, msisdn=customer["msisdn"]), pytest.raises(OutcomeUnknown):
        top_up(second, customer, f"nonsense-{kind}")
    second.close()
    found = operator.balance.top_up_by_key(f"nonsense-{kind}", deadline=soon())
    assert found is not None
    assert found.status is TopUpStatus.CONFIRMED


def test_one_bad_moment_is_ridden_out_and_a_bad_minute_is_told(server: Server, operator: Operator) -> None:
    customer = server.take()
    with server.fault("GET bucket", "status", status=503, count=1):
        assert operator.balance.read(customer["msisdn"], deadline=soon()).value.money_fen == customer["balanceFen"]
    with server.fault("GET customer", "status", status=503), pytest.raises(ServerFault):
        operator.customers.by_number(customer["msisdn"], deadline=soon())


def test_an_order_can_be_cancelled_once_and_by_its_owner_only(server: Server, operator: Operator) -> None:
    customer, stranger = server.take(need=["active_order"]), server.take()
    order = next(o for o in operator.orders.recent(customer["id"], 20, deadline=soon()) if o.is_cancellable and not o.shipment)
    with pytest.raises(NotFound):
        operator.orders.get(order.id, stranger["id"], deadline=soon())
    with pytest.raises(NotFound):
        operator.orders.cancel(order.id, stranger["id"], reason="mine now", key="steal", deadline=soon())
    done = operator.orders.cancel(order.id, customer["id"], reason="changed my mind", key="cancel-1", deadline=soon())
    assert (done.status, done.order.state) == ("done", OrderState.CANCELLED)
    again = operator.orders.cancel(order.id, customer["id"], reason="changed my mind", key="cancel-1", deadline=soon())
    assert again.id == done.id
    found = operator.orders.cancellation_by_key("cancel-1", deadline=soon())
    assert found is not None
    assert found.id == done.id
    assert operator.orders.cancellation_by_key("no-such-key", deadline=soon()) is None
    with pytest.raises(BusinessRefusal, match="notCancellable"):
        operator.orders.cancel(order.id, customer["id"], reason="again", key="cancel-2", deadline=soon())


def test_a_parcel_on_its_way_tells_where_it_is_and_cannot_be_cancelled(server: Server, operator: Operator) -> None:
    customer = server.take(need=["shipped_order"])
    orders = operator.orders.recent(customer["id"], 20, deadline=soon())
    order = next(o for o in orders if o.shipment is not None and o.state is OrderState.IN_PROGRESS)
    assert order.shipment is not None
    assert order.shipment.carrier
    assert order.shipment.tracking_number
    assert order.shipment.last_event
    assert order.shipment.last_event_en
    with pytest.raises(BusinessRefusal, match="notCancellable"):
        operator.orders.cancel(order.id, customer["id"], reason="too late", key=f"late-{order.id}", deadline=soon())


def test_a_plan_change_waits_for_the_next_cycle_and_is_seen_at_once(server: Server, operator: Operator) -> None:
    customer = server.take()
    has = operator.inventory.of(customer["id"], customer["msisdn"], deadline=soon()).value
    assert has.plan is not None
    assert has.pending_change is None
    # The two plans everybody may have: one of them is not the customer's now.
    plan_id = "plan-59" if has.plan.offering_id != "plan-59" else "plan-99"
    order = operator.orders.change_plan(
        customer["id"], customer["msisdn"], plan_id, effective="nextCycle", key="plan-1", deadline=soon()
    )
    assert (order.category, order.effective, order.items[0].offering_id) == ("planChange", "nextCycle", plan_id)
    changed = operator.inventory.of(customer["id"], customer["msisdn"], deadline=soon()).value
    assert changed.pending_change is not None
    assert changed.pending_change.id == order.id
    found = operator.orders.by_key("plan-1", deadline=soon())
    assert found is not None
    assert found.id == order.id
    assert operator.orders.by_key("no-such-key", deadline=soon()) is None
    with pytest.raises(BusinessRefusal, match="changePending"):
        operator.orders.change_plan(
            customer["id"], customer["msisdn"], plan_id, effective="nextCycle", key="plan-2", deadline=soon()
        )


def test_a_data_pack_is_paid_from_the_balance_and_there_at_once(server: Server, operator: Operator) -> None:
    customer = server.take(minimumBalanceFen=5000)
    number = customer["msisdn"]
    before = operator.balance.read(number, deadline=soon()).value
    packs = operator.catalogue.offerings("dataPack", deadline=soon()).value
    pack = min((offer for offer in packs if offer.data_mb), key=lambda offer: offer.price_fen)
    order = operator.orders.add_pack(customer["id"], number, pack.id, key="pack-1", deadline=soon())
    assert order.items[0].offering_id == pack.id
    after = operator.balance.read(number, deadline=soon()).value
    assert after.money_fen == before.money_fen - pack.price_fen
    assert len(after.of("data")) == len(before.of("data")) + 1


def test_the_operator_keeps_our_trace_id_and_we_keep_one_record_a_call(server: Server) -> None:
    records: list[CallRecord] = []
    operator = server.operator(audit=records.append)
    customer = server.take()
    operator.balance.read(customer["msisdn"], deadline=soon())
    assert [(record.api, record.operation, record.outcome) for record in records] == [("balance", "GET bucket", "ok")]
    deadline = soon()
    rows: list[dict[str, Any]] = []
    while not rows and deadline.left():  # the operator writes its own audit in batches
        CLOCK.sleep(0.1)
        rows = server.admin("GET", "audit", params={"traceId": records[0].trace_id})
    assert any(row["operation"] == "GET bucket" for row in rows)
    operator.close()


def test_a_ticket_is_opened_once_under_its_key(server: Server, operator: Operator) -> None:
    customer = server.take()
    opened = operator.tickets.open(customer["id"], "fault", "宽带断了", key="ticket-1", deadline=soon())
    assert opened == operator.tickets.open(customer["id"], "fault", "宽带断了", key="ticket-1", deadline=soon())


def test_after_all_this_every_fen_is_accounted_for(server: Server) -> None:
    assert server.admin("GET", "books")["balanced"]
