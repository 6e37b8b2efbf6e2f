"""The whole carrier in a patched process, as in the gateway: greenlets instead of threads, real sockets."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
from gevent import monkey; monkey.patch_all()
import json, re
from urllib.parse import unquote
import gevent
from gevent.pywsgi import WSGIServer
from carrier.connect import CarrierSettings, connect
from carrier.deadline import Deadline
from carrier.errors import TimedOut
from core.clock import SystemClock

asked = []

def app(environ, start_response):
    number = re.search(r"value=([^&]+)", unquote(environ["QUERY_STRING"])).group(1)
    asked.append(number)
    gevent.sleep(60 if number.endswith("99") else 0.02)
    row = {"id": "B", "usageType": "monetary", "logicalResource": [{"value": number}]}
    row["remainingValue"] = {"amount": int(number[-2:]), "units": "CNY"}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps([row]).encode()]

server = WSGIServer(("127.0.0.1", 0), app, log=None)
server.start()
url = f"http://127.0.0.1:{server.server_port}"
operator = connect(CarrierSettings(balance_url=url, order_url=url, api_key="k"))
clock = SystemClock()

def read(index):
    return operator.balance.read(f"138000000{index % 50:02d}", deadline=Deadline.after(clock, 40)).value.money_fen

jobs = [gevent.spawn(read, index) for index in range(1000)]
gevent.joinall(jobs, timeout=50)
assert [job.value for job in jobs] == [index % 50 * 100 for index in range(1000)]
assert len(asked) == 50, len(asked)

# One number hangs: who asks for it is told so in time, and the others' reads go on meanwhile.
hanging = gevent.spawn(lambda: operator.balance.read("13800000099", deadline=Deadline.after(clock, 0.5)))
gevent.sleep(0.1)
read(1)
assert not hanging.ready()
hanging.join(20)
assert isinstance(hanging.exception, TimedOut), hanging.exception
print("fine")
"""


def test_a_thousand_greenlets_over_fifty_numbers_ask_fifty_times_and_one_that_hangs_stops_nobody() -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, timeout=90)
    assert done.stdout.strip() == "fine", done.stderr[-2000:]
