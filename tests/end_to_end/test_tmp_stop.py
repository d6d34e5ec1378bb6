import asyncio, time, signal
from concurrent.futures import ThreadPoolExecutor
def one(s):
    t=time.time(); s.child.process.send_signal(signal.SIGTERM); s.child.process.wait(30); return s.name, round(time.time()-t,1), s.child.process.returncode
def test_stop(shared):
    with ThreadPoolExecutor(3) as p: print(list(p.map(one, shared.platform.services.values())))
    for s in shared.platform.services.values(): print(s.name, s.child.tail(6)[-1500:])
