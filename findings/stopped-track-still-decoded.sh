#!/usr/bin/env bash
# aiortc: a received track that was stopped goes on being decoded, and every picture of it is kept
# Guess: what nobody reads is not decoded, or its newest few pictures are kept, as in a browser. At the latest
#   track.stop() ends it: the track says that it has ended, and reading it raises an error. A relay drops what one
#   reader of several leaves lying.
# Instead: the receiver's thread decodes as long as the sender sends and puts each picture into the track's queue,
#   which has no bound, whether the track is read, unread or stopped. 640x480 at 30 a second, what aiortc itself sends,
#   makes 13 MiB a second, sound 0.2. MediaRelay gives each reader such a queue unless it is told buffered=False.
#   Stopping the transceiver, or a reader that throws away (MediaBlackhole), ends it.
# Version: aiortc 1.11.0, PyAV 14.2.0, Python 3.13 (Debian 13); 1.4.0 (Debian 12) does the same.
# Why it matters: a recorder that stops the camera and keeps the sound, or only ever takes one of the two, grows by
#   47 GiB an hour for each peer's unread video and by 0.7 for its unread sound. The pictures stay when the connection
#   is closed, until the track itself is dropped.
# Seen (KiB a second of private memory): video read 280, unread 13783, stopped 13783, its transceiver stopped
#       140; sound stopped 217; a relay of which one reader of two stalls 13670, with buffered=False 280
. "$(dirname "$0")/common"
fetch_whole trixie python3-aiortc=1.11.0-1 python3-av=14.2.0-1
python=$(cd "$work" && find trixie/usr/bin -name 'python3.[0-9]*' ! -name '*-*' | head -n 1)
[ -n "$python" ] || skip "no Python came with aiortc"
cat >"$work/peer.py" <<'PY'
import asyncio
import os
import sys

import aioice.ice
from aiortc import AudioStreamTrack, RTCConfiguration, RTCPeerConnection, VideoStreamTrack
from aiortc.contrib.media import MediaRelay

SETTLE, SECONDS = 1, 3
aioice.ice.get_host_addresses = lambda *_, **__: ["127.0.0.1"]


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))


async def call(sent):
    """Two peers over the loopback: the received track and its connection, and the other end."""
    caller, called = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    received = asyncio.get_running_loop().create_future()
    called.on("track", received.set_result)
    caller.addTrack(sent)
    await caller.setLocalDescription(await caller.createOffer())
    await called.setRemoteDescription(caller.localDescription)
    await called.setLocalDescription(await called.createAnswer())
    await caller.setRemoteDescription(called.localDescription)
    track = await asyncio.wait_for(received, 10)
    await asyncio.wait_for(track.recv(), 10)
    return track, called, caller


async def read(track):
    while True:
        await track.recv()


async def main(kind, case):
    track, connection, other = await call(AudioStreamTrack() if kind == "sound" else VideoStreamTrack())
    readers = []
    if case == "read":
        readers.append(asyncio.ensure_future(read(track)))
    elif case == "stopped":
        track.stop()
    elif case == "transceiver-stopped":
        await connection.getTransceivers()[0].stop()
    elif case.startswith("relay"):
        relay = MediaRelay()
        one, two = (relay.subscribe(track, buffered=case != "relay-unbuffered") for _ in range(2))
        readers.append(asyncio.ensure_future(read(one)))
        await two.recv()
    await asyncio.sleep(SETTLE)
    before = resident()
    await asyncio.sleep(SECONDS)
    print((resident() - before) // SECONDS, flush=True)
    os._exit(0)  # what is left of the call needs no farewell


asyncio.run(main(*sys.argv[1:]))
PY
export PYTHONHOME=$work/trixie/usr PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
unset PYTHONPATH
# grows LOW HIGH KIND CASE: KiB a second
grows() {
    local low=$1 high=$2 kib
    shift 2
    kib=$(run_on trixie "" 40 "$python" "$work/peer.py" "$@") || skip "no call over the loopback ($*)"
    echo "$*: $kib KiB a second"
    [ "$kib" -ge "$low" ] && [ "$kib" -le "$high" ] && return
    differs+="; $*: $kib, expected $low to $high"
}
differs=""
grows -1000 1200 video read
grows 4000 20000 video unread
grows 4000 20000 video stopped
grows -1000 1200 video transceiver-stopped
grows 100 500 sound stopped
grows 4000 20000 video relay
grows -1000 1200 video relay-unbuffered
[ -z "$differs" ] || changed "KiB a second${differs#;}"
as_stated "a stopped track keeps every picture, as one that nobody reads"
