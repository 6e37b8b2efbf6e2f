"""What a door answers to a request it cannot serve: a status, a stable code and one sentence. One JSON shape for all doors (docs/errors.md)."""

from core.errors import CarelineError


class Problem(CarelineError):
    """`status` is HTTP's; `retry_after` in seconds goes out as a header."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.message = message
        self.retry_after = retry_after


def not_found() -> Problem:
    """The same whether it never was, is somebody else's, or is gone."""
    return Problem(404, "not_found", "There is nothing here.")


def unauthorised(message: str = "A valid bearer key or token is needed.") -> Problem:
    return Problem(401, "unauthorised", message)
