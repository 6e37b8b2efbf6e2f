"""TMF621 Trouble Ticket: telling the operator that something is broken."""

from carrier.deadline import Deadline
from carrier.tmf.wire import Id, Wire, one
from carrier.upstream import Reply, Upstream

BASE = "/tmf-api/troubleTicket/v4"
DESCRIPTION_LIMIT = 1000  # characters


class _Ticket(Wire):
    id: Id


class TmfTickets:
    """operator.Tickets over TMF621."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def open(self, customer_id: str, kind: str, description: str, *, key: str, deadline: Deadline | None = None) -> str:
        """See operator.Tickets."""
        payload = {
            "description": description[:DESCRIPTION_LIMIT],
            "severity": "minor",
            "ticketType": kind,
            "externalId": key,
            "relatedParty": [{"id": customer_id, "role": "customer", "@referredType": "Customer"}],
        }

        def read(reply: Reply) -> str:
            return one(_Ticket, reply).id

        return self._upstream.post("troubleTicket", payload, read, about=customer_id, key=key, deadline=deadline)
