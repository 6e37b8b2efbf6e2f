"""Yuan on the wire, integer fen with us, exactly."""

from decimal import Decimal

LARGEST_FEN = 10**13  # a hundred billion yuan: beyond it somebody's decimal point is wrong


def fen_of(yuan: Decimal) -> int:
    """Integer fen of an exact amount in yuan. ValueError when it is not a whole number of fen or beyond all sense."""
    fen = yuan * 100
    if not fen.is_finite() or abs(fen) > LARGEST_FEN or fen != fen.to_integral_value():
        raise ValueError("not a whole number of fen")
    return int(fen)


def yuan_of(fen: int) -> float:
    """The JSON number of an amount. Exact: the shortest decimal of fen/100 has two places, and that is what json writes."""
    return fen / 100
