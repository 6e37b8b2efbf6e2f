"""TMF629 Customer Management: who a number belongs to."""

from typing import Any

from pydantic import Field

from carrier.deadline import Deadline
from carrier.errors import Malformed, NotFound
from carrier.models import Customer
from carrier.numbers import asked, told
from carrier.tmf.paths import segment
from carrier.tmf.wire import Id, Named, Wire, one, some_rows
from carrier.upstream import Reply, Upstream

BASE = "/tmf-api/customerManagement/v4"


class _MediumCharacteristic(Wire):
    phone: str = Field(default="", alias="phoneNumber")


class _Medium(Wire):
    characteristic: _MediumCharacteristic = _MediumCharacteristic()


class _Customer(Named):
    id: Id
    medium: list[_Medium] = Field(default_factory=list, alias="contactMedium", max_length=50)


class TmfCustomers:
    """operator.Customers over TMF629."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def by_number(self, number: str, *, deadline: Deadline | None = None) -> Customer:
        """See operator.Customers."""
        wanted = asked(number)

        def theirs(row: _Customer) -> Customer:
            found = _mapped(row)
            if wanted not in found.numbers:
                raise Malformed("a customer without the number asked for")
            return found

        rows = some_rows(
            self._upstream, "customer", _Customer, theirs, about=wanted, limit=2, params={"msisdn": wanted}, deadline=deadline
        )
        if not rows:
            raise NotFound("notFound", "nobody has this number")
        if len(rows) > 1:
            raise Malformed("one number, two customers")
        return rows[0]

    def by_id(self, customer_id: str, *, deadline: Deadline | None = None) -> Customer:
        """See operator.Customers."""

        def read(reply: Reply) -> Customer:
            found = _mapped(one(_Customer, reply))
            if found.id != customer_id:
                raise Malformed("another customer than the one asked for")
            return found

        return self._upstream.get(f"customer/{segment(customer_id)}", read, about=customer_id, deadline=deadline)


def _mapped(row: _Customer) -> Customer:
    contacts = tuple(dict.fromkeys(told(m.characteristic.phone) for m in row.medium if m.characteristic.phone))
    numbers = tuple(told(str(number)) for number in _listed(row.about("msisdn")))
    return Customer(
        id=row.id,
        name=row.name,
        language=row.about("language"),
        tier=row.about("tier"),
        masked_surname=str(row.about("familyNameMasked") or ""),
        numbers=numbers,
        contact_numbers=tuple(number for number in contacts if number not in numbers),
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else str(value).split(",")
