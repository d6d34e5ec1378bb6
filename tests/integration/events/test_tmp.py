from insieme_events.testing.road import *
from uuid import uuid4
async def test_a(way): 
    import time
    t=time.time(); await way.record(uuid4(), 3); print("T", time.time()-t)
async def test_b(way):
    import time
    t=time.time(); await way.fill(300, 10); print("T", time.time()-t)
