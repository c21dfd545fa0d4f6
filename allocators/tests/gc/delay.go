// The judge of the modelled collector: a delay line in Go. A program that makes a frame, puts it into a queue
// and drops the oldest one, beside other live data and beside garbage, as often as it is told, and sleeps
// after each frame, as a server does that waits for the next one: its collector has the time meanwhile.
//
//	GOGC=100 GOMEMLIMIT=100MiB delay MODE BYTES BLOCKS HELD FRAMES LIVE GARBAGE PIECE PAUSE
//
// MODE: heap (a frame is BLOCKS slices of BYTES each) or undeclared (it is BLOCKS handles, each with memory
// of BYTES outside of the heap, which a finalizer gives back). GARBAGE: bytes of it with each frame, in
// pieces of PIECE bytes. PAUSE: in us. Prints what layer.c prints.
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// 2304 B (a size class of Go's) with a link: the layer's have 64 B. Frames come here some thirty times as fast
// as in a server, so that what marking takes of the time between two is in proportion.
type node struct {
	before *node
	rest   [287]uint64
}

type handle struct {
	memory []byte
	rest   [5]uint64
}

var outsideBytes int64
var sink []byte

// Reached from one array, as marking goes side by side then; each links to the one before.
func makeData(n int) []*node {
	data := make([]*node, n)
	for i := range data {
		data[i] = &node{}
		if i > 0 {
			data[i].before = data[i-1]
		}
	}
	return data
}

func release(h *handle) {
	atomic.AddInt64(&outsideBytes, -int64(len(h.memory)))
	syscall.Munmap(h.memory)
}

func outside(bytes int) *handle {
	memory, err := syscall.Mmap(-1, 0, bytes, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		panic(err)
	}
	h := &handle{memory: memory}
	atomic.AddInt64(&outsideBytes, int64(bytes))
	runtime.SetFinalizer(h, release)
	return h
}

type frame struct {
	slices  [][]byte
	handles []*handle
}

func makeFrame(heap bool, bytes, blocks int) frame {
	var f frame
	for i := 0; i < blocks; i++ {
		if heap {
			f.slices = append(f.slices, make([]byte, bytes))
		} else {
			f.handles = append(f.handles, outside(bytes))
		}
	}
	return f
}

type look struct {
	peak, sum                         float64
	count, frames, ended, first, last uint64
	cycles, ends                      uint64
	samples                           []metrics.Sample
}

func (l *look) at(heap bool, full bool) {
	metrics.Read(l.samples)
	cycles, bytes := l.samples[0].Value.Uint64(), float64(l.samples[1].Value.Uint64())
	if !heap {
		bytes = float64(atomic.LoadInt64(&outsideBytes))
	}
	if !full {
		l.ended = cycles
		return
	}
	l.frames++
	l.pace(cycles)
	if l.first == 0 {
		return
	}
	l.peak = math.Max(l.peak, bytes)
	l.sum += bytes
	l.count++
}

func (l *look) pace(cycles uint64) {
	if cycles == l.ended {
		return
	}
	l.last = l.frames
	if l.first > 0 {
		l.cycles += cycles - l.ended
	} else if l.ends++; l.ends == 2 {
		l.first = l.last
	}
	l.ended = cycles
}

func (l *look) print() {
	pace := 0.0
	if l.last > l.first {
		pace = float64(l.cycles) * 1000 / float64(l.last-l.first)
	}
	fmt.Printf("%.2f %.2f %.3f\n", l.peak/(1<<20), l.sum/math.Max(1, float64(l.count))/(1<<20), pace)
}

func main() {
	var n [9]int
	for i := 2; i < len(os.Args); i++ {
		n[i-1], _ = strconv.Atoi(os.Args[i])
	}
	heap, bytes, blocks, held, frames := os.Args[1] == "heap", n[1], n[2], n[3], n[4]
	live, garbage, piece, pause := n[5], n[6], n[7], time.Duration(n[8])*time.Microsecond
	l := look{samples: []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/memory/classes/heap/objects:bytes"}}}
	data := makeData(live / int(unsafe.Sizeof(node{})))
	runtime.GC()
	queue := make([]frame, held)
	for i := 0; i < frames; i++ {
		queue[i%held] = makeFrame(heap, bytes, blocks)
		for g := 0; g+piece <= garbage; g += piece {
			sink = make([]byte, piece)
		}
		l.at(heap, i+1 >= held)
		queue[(i+1)%held] = frame{}
		time.Sleep(pause)
	}
	l.print()
	runtime.KeepAlive(data)
}
