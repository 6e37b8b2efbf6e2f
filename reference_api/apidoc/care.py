"""Descriptions: customers, usage, bills, serviceability, tickets, PIN checks."""

from reference_api import pins, serviceability, tickets, usage

from .operation import Operation

PARTY = [{"id": "CZHANGWEI22", "role": "customer", "@referredType": "Customer"}]
CUSTOMER = {
    "id": "CZHANGWEI22",
    "name": "张伟",
    "status": "active",
    "characteristic": [
        {"name": "tier", "value": "gold"},
        {"name": "language", "value": "zh"},
        {"name": "familyNameMasked", "value": "张**"},
        {"name": "msisdn", "value": ["+8613800138000"]},
    ],
    "contactMedium": [{"mediumType": "phone", "characteristic": {"phoneNumber": "+8613800138001"}}],
    "account": [{"id": "AZHANGWEI22"}],
}
REPORT = {
    "id": "UCCZHANGWEI22202611",
    "month": "2026-11",
    "relatedParty": PARTY,
    "usageConsumption": [
        {
            "id": "8613800138000-2026-11",
            "state": "done",
            "logicalResource": [{"id": "+8613800138000", "value": "+8613800138000", "@referredType": "MSISDN"}],
            "bucketRefOrValue": [
                {
                    "id": "BK7",
                    "name": "99元全家套餐流量",
                    "name_en": "Family 99 data",
                    "usageType": "data",
                    "initialValue": {"amount": 81920, "units": "MB"},
                    "remainingValue": {"amount": 61693, "units": "MB"},
                    "bucketCounter": [{"counterType": "used", "level": "global", "value": {"amount": 20227, "units": "MB"}}],
                }
            ],
        }
    ],
}
BILL = {
    "id": "BLX2",
    "billingMonth": "2026-10",
    "state": "settled",
    "billDate": "2026-10-31T16:00:00.000Z",
    "paymentDueDate": "2026-11-25T16:00:00.000Z",
    "relatedParty": PARTY,
    "msisdn": "+8613800138000",
    "amountDue": {"unit": "CNY", "value": 261.1, "amountFen": 26110},
    "remainingAmount": {"unit": "CNY", "value": 0.0, "amountFen": 0},
}
RATE = {
    "id": "BLX2-2",
    "name": "套餐外流量",
    "name_en": "Data beyond your plan",
    "appliedBillingRateType": "overage",
    "bill": {"id": "BLX2"},
    "quantity": {"amount": 2, "units": "GB"},
    "taxIncludedAmount": {"unit": "CNY", "value": 10.0, "amountFen": 1000},
}
CHECK = {
    "id": "SQ3",
    "state": "done",
    "qualificationResult": "alternate",
    "serviceQualificationItem": [
        {
            "id": "1",
            "state": "done",
            "qualificationResult": "alternate",
            "service": {
                "maxMbps": 500,
                "place": [{"id": "RD0003", "name": "北京市海淀区学院路29号", "city": "北京市", "street": "学院路"}],
            },
            "eligibilityUnavailabilityReason": [{"code": "speedTooHigh", "label": "该地址达不到所选速率"}],
            "alternateServiceProposal": [{"id": "1", "alternateService": {"id": "broadband-500m", "maxMbps": 500}}],
        }
    ],
}
TICKET = {"id": "TT4", "status": "acknowledged", "description": "手机没信号", "severity": "minor", "ticketType": "fault"}
CUSTOMERS, USAGE, BILLS = "/tmf-api/customerManagement/v4", usage.BASE, "/tmf-api/customerBillManagement/v4"
CARE = (
    Operation(
        "GET", f"{CUSTOMERS}/customer", "Customers", "Whose number this is.", [CUSTOMER], query=(("msisdn", "E.164, +86…"),)
    ),
    Operation("GET", f"{CUSTOMERS}/customer/{{id}}", "Customers", "One customer.", CUSTOMER, errors=("notFound",)),
    Operation(
        "POST",
        f"{USAGE}/queryUsageConsumption",
        "Usage",
        "What a line used in a month and what is left.",
        REPORT,
        201,
        request=usage.ASKED.schema,
        example={"msisdn": "+8613800138000", "month": "2026-11"},
        errors=("notFound",),
    ),
    Operation(
        "GET",
        f"{USAGE}/queryUsageConsumption",
        "Usage",
        "The same as a query; empty without a number or customer.",
        [REPORT],
        query=(("msisdn", "E.164"), ("relatedParty.id", "customer"), ("month", "YYYY-MM; the running one when absent")),
        errors=("notFound",),
    ),
    Operation(
        "GET",
        f"{USAGE}/queryUsageConsumption/{{id}}",
        "Usage",
        "A report again, with the figures of now.",
        REPORT,
        errors=("notFound",),
    ),
    Operation(
        "GET",
        f"{BILLS}/customerBill",
        "Bills",
        "Bills, newest first; the running month's has the state new.",
        [BILL],
        query=(
            ("relatedParty.id", "customer"),
            ("msisdn", "E.164"),
            ("billingMonth", "YYYY-MM"),
            ("state", "new, settled, partiallyPaid …"),
        ),
    ),
    Operation("GET", f"{BILLS}/customerBill/{{id}}", "Bills", "One bill.", BILL, errors=("notFound",)),
    Operation(
        "GET",
        f"{BILLS}/appliedCustomerBillingRate",
        "Bills",
        "The lines of a bill: plan, pack, overage, voice, roaming, vas or discount (negative).",
        [RATE],
        query=(("bill.id", "bill"),),
    ),
    Operation("GET", f"{BILLS}/appliedCustomerBillingRate/{{id}}", "Bills", "One line.", RATE, errors=("notFound",)),
    Operation(
        "POST",
        f"{serviceability.BASE}/checkServiceQualification",
        "Broadband at an address",
        "Whether broadband can be had at an address, how fast, and if not, why and when. qualified, alternate or unqualified.",
        CHECK,
        201,
        request=serviceability.ASKED.schema,
        example={
            "serviceQualificationItem": [
                {
                    "service": {
                        "place": [{"role": "installation address", "name": "海淀区学院路29号"}],
                        "serviceCharacteristic": [{"name": "speedMbps", "value": 1000}],
                    }
                }
            ]
        },
    ),
    Operation("GET", f"{serviceability.BASE}/checkServiceQualification", "Broadband at an address", "Answers given.", [CHECK]),
    Operation(
        "GET",
        f"{serviceability.BASE}/checkServiceQualification/{{id}}",
        "Broadband at an address",
        "One answer again.",
        CHECK,
        errors=("notFound",),
    ),
    Operation(
        "POST",
        f"{tickets.BASE}/troubleTicket",
        "Tickets",
        "Report a fault or complaint.",
        TICKET,
        201,
        request=tickets.NEW.schema,
        example={"description": "手机没信号", "severity": "minor", "ticketType": "fault", "relatedParty": PARTY},
        errors=("notFound",),
    ),
    Operation(
        "GET",
        f"{tickets.BASE}/troubleTicket",
        "Tickets",
        "Tickets, newest first.",
        [TICKET],
        query=(("relatedParty.id", "customer"), ("status", "a state")),
    ),
    Operation("GET", f"{tickets.BASE}/troubleTicket/{{id}}", "Tickets", "One ticket.", TICKET, errors=("notFound",)),
    Operation(
        "PATCH",
        f"{tickets.BASE}/troubleTicket/{{id}}",
        "Tickets",
        "New words or another state.",
        {**TICKET, "status": "inProgress"},
        request=tickets.CHANGE.schema,
        example={"status": "inProgress"},
        errors=("notFound", "invalidTransition"),
    ),
    Operation("DELETE", f"{tickets.BASE}/troubleTicket/{{id}}", "Tickets", "Remove a ticket.", None, 204, errors=("notFound",)),
    Operation(
        "POST",
        "/careline/v1/pinChecks",
        "Service PIN",
        "Whether this is the service PIN of the number's owner: ok, wrong, or unknown (no such number). Counting and locking are"
        " the caller's; past 100 wrong ones in an hour a number is refused with 429.",
        {"result": "ok"},
        request=pins.CHECK.schema,
        example={"msisdn": "+8613800138000", "pin": "246810"},
        errors=("quotaExceeded",),
    ),
)
