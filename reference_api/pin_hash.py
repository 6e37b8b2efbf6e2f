"""Service PINs are kept as salted scrypt hashes only."""

import hashlib
import hmac

SCRYPT_N = 256  # 0.5 ms each: six digits fall to any attacker who has the table, so the seed's build time decides


def hash_pin(pin: str, salt: str) -> str:
    """The hex scrypt hash of a PIN; `salt` is hex."""
    return hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), n=SCRYPT_N, r=8, p=1, dklen=32).hex()


def is_pin(pin: str, salt: str, digest: str) -> bool:
    """Whether this PIN gives that hash; compared in constant time."""
    return hmac.compare_digest(hash_pin(pin, salt), digest)
