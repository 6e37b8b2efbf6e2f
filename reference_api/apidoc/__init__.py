"""The description of everything a client may ask, kept beside the code and compared with it by tests."""

from .balance import BALANCE, PROVIDER_STYLE
from .care import CARE
from .operation import Operation, schema_of
from .refusals import CODES, PROVIDER_CODES, ErrorCode
from .sales import SALES, hub_operations

OPERATIONS: tuple[Operation, ...] = (*BALANCE, *SALES, *CARE)

__all__ = ["CODES", "OPERATIONS", "PROVIDER_CODES", "PROVIDER_STYLE", "ErrorCode", "Operation", "hub_operations", "schema_of"]
