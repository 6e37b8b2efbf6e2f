"""`python -m reference_api`: the stand-in operator on loopback."""

import logging
import sys

from reference_api.app import create_app
from reference_api.server import Server, serve
from reference_api.settings import SettingsError, from_environment

HOST = "127.0.0.1"


def main() -> int:
    """Serve until told to stop. Exit code 2: the environment is not fit; 1: the port is taken."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = from_environment()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    app = create_app(settings)
    try:
        server = Server(app, HOST, settings.port)
    except (OSError, SystemExit):
        print(f"Port {settings.port} is taken; free it or set REFERENCE_PORT to another one.", file=sys.stderr)
        return 1
    print(f"reference_api on http://{HOST}:{server.port}", flush=True)
    serve(app, server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
