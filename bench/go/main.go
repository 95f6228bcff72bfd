// The same with net/http and gorilla/websocket. Usage: client <port> <websockets> <requests>
package main

import (
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/gorilla/websocket"
)

// CLOCK_MONOTONIC, which the other clients use too.
func now() int64 {
	var t syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}

func main() {
	port := os.Args[1]
	websockets, _ := strconv.Atoi(os.Args[2])
	requests, _ := strconv.Atoi(os.Args[3])
	second, third := 16+rand.Intn(230), rand.Intn(256)
	dialer := func(i int) *net.Dialer {
		from := &net.TCPAddr{IP: net.IPv4(127, byte(second), byte(third), byte(1+i/500))}
		return &net.Dialer{LocalAddr: from}
	}
	var accounted atomic.Int64
	var standing, ended sync.WaitGroup
	total := websockets + requests
	standing.Add(total)
	ended.Add(total)
	gate := make(chan struct{}, 256)
	fmt.Println("begun", now())
	for i := 0; i < total; i++ {
		gate <- struct{}{}
		go func() {
			defer ended.Done()
			if i < websockets {
				d := websocket.Dialer{NetDial: dialer(i).Dial}
				c, _, err := d.Dial("ws://127.0.0.1:"+port+"/ws", nil)
				<-gate
				standing.Done()
				if err != nil {
					return
				}
				for err == nil {
					_, _, err = c.ReadMessage()
				}
				accounted.Add(1)
				c.Close()
				return
			}
			t := &http.Transport{DialContext: dialer(i).DialContext, DisableKeepAlives: true}
			connected := sync.OnceFunc(func() { <-gate; standing.Done() })
			client := &http.Client{Transport: writes{t, connected}}
			response, err := client.Get("http://127.0.0.1:" + port + "/slow")
			connected()
			if err == nil {
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
				accounted.Add(1)
			}
		}()
	}
	standing.Wait()
	fmt.Println("open", now())
	ended.Wait()
	fmt.Println("over", now(), accounted.Load())
}

// writes says when a request has been written: nothing else tells that it is in flight.
type writes struct {
	transport *http.Transport
	written   func()
}

func (w writes) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { w.written() }}
	return w.transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
}
