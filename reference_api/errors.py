"""Refusals, and the one error body of every answer that is not a success (TMF630: code, reason, message, status).

ApiError
├── BadRequest        400  the request is not what the schema says
├── Unauthorized      401  no bearer key, or a wrong one
├── Forbidden         403  known, but not allowed
├── NotFound          404  nothing there, or not yours
├── Refusal           409  understood and refused by policy; `code` says which rule
├── KeyReused         422  this Idempotency-Key was used with another body
├── QuotaExceeded     429  carries Retry-After
└── Busy              503  the database did not become free in time, or a fault asked for it
"""

import logging

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

log = logging.getLogger(__name__)


class ApiError(Exception):
    """An answer other than success. `code` is for machines, `reason` a short English sentence."""

    status = 500
    code = "internalError"

    def __init__(self, reason: str, *, code: str | None = None, message: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message
        self.code = code or self.code
        self.headers = headers or {}

    def body(self) -> dict[str, str]:
        return error_body(self.status, self.code, self.reason, self.message)


class BadRequest(ApiError):
    status, code = 400, "schemaViolation"


class Unauthorized(ApiError):
    status, code = 401, "unauthorized"


class Forbidden(ApiError):
    status, code = 403, "forbidden"


class NotFound(ApiError):
    status, code = 404, "notFound"


class Refusal(ApiError):
    """A rule of the operator said no. Always made with its `code`."""

    status, code = 409, "conflict"


class KeyReused(ApiError):
    status, code = 422, "idempotencyKeyReused"


class QuotaExceeded(ApiError):
    status, code = 429, "quotaExceeded"


class Busy(ApiError):
    status, code = 503, "busy"


def error_body(status: int, code: str, reason: str, message: str = "") -> dict[str, str]:
    """The TMF error body."""
    return {"code": code, "reason": reason, "message": message or reason, "status": str(status), "@type": "Error"}


def register(app: Flask) -> None:
    """Every error of `app`, also those of the router, leaves with the one body."""

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> Response:
        response = jsonify(error.body())
        response.status_code = error.status
        response.headers.update(error.headers)
        return response

    @app.errorhandler(HTTPException)
    def routing(error: HTTPException) -> Response:
        status = error.code or 500
        response = jsonify(error_body(status, _camel(error.name), error.name, error.description or ""))
        response.status_code = status
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # The exception goes to the log; a stranger learns nothing about the inside.
        log.exception("request failed: %s", type(error).__name__)
        response = jsonify(error_body(500, ApiError.code, "The operator's system failed"))
        response.status_code = 500
        return response


def _camel(name: str) -> str:
    words = name.split()
    return "".join([words[0].lower(), *(word.capitalize() for word in words[1:])])
