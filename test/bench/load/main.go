// Load on a server from outside, with nothing but the standard library: HTTP/1.1 with keep-alive, TLS, no compression.
// Each command prints one line of JSON.
//
//	load list   -count requests for -path, one after the other
//	load write  -parallel workers that create, replace and delete a Job each in turn for -seconds, under one watch
//	load fanout -watchers watches, and -rate creates a second for -seconds: the time from sending one to its line in each watch
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var (
	flags    = flag.NewFlagSet("load", flag.ExitOnError)
	server   = flags.String("server", "", "base URL")
	caFile   = flags.String("ca", "", "CA of the server")
	token    = flags.String("token", "", "access token")
	path     = flags.String("path", "", "path and query of a list")
	count    = flags.Int("count", 200, "requests of list")
	parallel = flags.Int("parallel", 16, "requests of write at a time")
	seconds  = flags.Int("seconds", 5, "how long to write")
	watchers = flags.Int("watchers", 200, "watches of fanout")
	rate     = flags.Int("rate", 50, "creates a second of fanout")
)

const jobs = "/apis/provisioning.grafana.app/v0alpha1/namespaces/default/jobs"

var client *http.Client

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: load list|write|fanout [flags]"))
	}
	_ = flags.Parse(os.Args[2:])
	ca, err := os.ReadFile(*caFile)
	fail(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client = &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConnsPerHost: *parallel,
		DisableCompression:  true,
	}}
	commands := map[string]func() (map[string]any, error){"list": list, "write": write, "fanout": fanout}
	command, known := commands[os.Args[1]]
	if !known {
		fail(fmt.Errorf("unknown command %q", os.Args[1]))
	}
	result, err := command()
	fail(err)
	fail(json.NewEncoder(os.Stdout).Encode(result))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// call gives the whole body of an answer that is a success.
func call(method, target string, body []byte) ([]byte, error) {
	request, err := http.NewRequest(method, *server+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Access-Token", "Bearer "+*token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, target, answer.Status, text)
	}
	return text, err
}

// watch hands every line to each, until the server ends the stream.
func watch(opened func(), each func(line []byte)) error {
	request, err := http.NewRequest(http.MethodGet, *server+jobs+"?watch=1", nil)
	if err != nil {
		return err
	}
	request.Header.Set("X-Access-Token", "Bearer "+*token)
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("watch: %s", answer.Status)
	}
	opened()
	lines := bufio.NewReaderSize(answer.Body, 1<<16)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		each(line)
	}
}

func list() (map[string]any, error) {
	var took []float64
	size := 0
	// The first tenth warms both sides up.
	for index := range *count + *count/10 {
		started := time.Now()
		body, err := call(http.MethodGet, *path, nil)
		if err != nil {
			return nil, err
		}
		if index >= *count/10 {
			took = append(took, milliseconds(time.Since(started)))
		}
		size = len(body)
	}
	return map[string]any{"p50": quantile(took, 0.5), "p99": quantile(took, 0.99), "bytes": size}, nil
}

// As the phases of a claimed job have it, with a summary that is neither short nor long.
const job = `{"apiVersion":"provisioning.grafana.app/v0alpha1","kind":"Job","metadata":{"name":%q,"namespace":"default","resourceVersion":%q,
"labels":{"provisioning.grafana.app/repository":"demo","provisioning.grafana.app/claim":"1756111201000","provisioning.grafana.app/claim-owner":"w1a2b3c4d5e6f7"}},
"spec":{"action":"pull","repository":"demo","pull":{"incremental":false}},
"status":{"state":"working","started":1756111201060,"message":"syncing","progress":%d,
"summary":[{"group":"dashboard.grafana.app","kind":"Dashboard","total":4,"create":3,"noop":1}]}}`

func bodyOf(name, version string, progress int) []byte {
	return bytes.ReplaceAll(fmt.Appendf(nil, job, name, version, progress), []byte("\n"), nil)
}

func versionOf(body []byte) string {
	var object struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(body, &object)
	return object.Metadata.ResourceVersion
}

func write() (map[string]any, error) {
	var seen, writes atomic.Int64
	watching := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- watch(func() { close(watching) }, func([]byte) { seen.Add(1) }) }()
	select {
	case <-watching:
	case err := <-ended:
		return nil, err
	}
	started := time.Now()
	until := started.Add(time.Duration(*seconds) * time.Second)
	var group sync.WaitGroup
	failed := make(chan error, *parallel)
	for worker := range *parallel {
		group.Go(func() {
			for round := 0; time.Now().Before(until); round++ {
				name := "load-" + strconv.Itoa(worker) + "-" + strconv.Itoa(round)
				made, err := call(http.MethodPost, jobs, bodyOf(name, "", 10))
				if err == nil {
					_, err = call(http.MethodPut, jobs+"/"+name, bodyOf(name, versionOf(made), 50))
				}
				if err == nil {
					_, err = call(http.MethodDelete, jobs+"/"+name, nil)
				}
				if err != nil {
					failed <- err
					return
				}
				writes.Add(3)
			}
		})
	}
	group.Wait()
	took := time.Since(started).Seconds()
	select {
	case err := <-failed:
		return nil, err
	default:
	}
	// What is written is told: the watch has a moment to catch up.
	for deadline := time.Now().Add(5 * time.Second); seen.Load() < writes.Load() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	return map[string]any{"per_second": float64(writes.Load()) / took, "writes": writes.Load(), "events": seen.Load()}, nil
}

var nameKey = []byte(`"name":"fan-`)

func fanout() (map[string]any, error) {
	total := *rate * *seconds
	sent := make([]atomic.Int64, total)
	lags := make([][]float64, *watchers)
	var opened, done sync.WaitGroup
	ended := make(chan error, *watchers)
	start := time.Now()
	for watcher := range *watchers {
		opened.Add(1)
		done.Add(1)
		go func() {
			ended <- watch(opened.Done, func(line []byte) {
				at := bytes.Index(line, nameKey)
				if at < 0 || !bytes.HasPrefix(line, []byte(`{"type":"ADDED"`)) {
					return
				}
				rest := line[at+len(nameKey):]
				index, err := strconv.Atoi(string(rest[:bytes.IndexByte(rest, '"')]))
				if err != nil || index >= total {
					return
				}
				lags[watcher] = append(lags[watcher], milliseconds(time.Since(start)-time.Duration(sent[index].Load())))
				if len(lags[watcher]) == total {
					done.Done()
				}
			})
		}()
	}
	opened.Wait()
	begun := time.Now()
	var posts sync.WaitGroup
	failed := make(chan error, total)
	for index := range total {
		time.Sleep(time.Until(begun.Add(time.Duration(index) * time.Second / time.Duration(*rate))))
		posts.Go(func() {
			sent[index].Store(int64(time.Since(start)))
			if _, err := call(http.MethodPost, jobs, bodyOf("fan-"+strconv.Itoa(index), "", 10)); err != nil {
				failed <- err
			}
		})
	}
	posts.Wait()
	complete := make(chan struct{})
	go func() { done.Wait(); close(complete) }()
	select {
	case <-complete:
	case err := <-failed:
		return nil, err
	case err := <-ended:
		return nil, err
	case <-time.After(10 * time.Second):
		return nil, fmt.Errorf("fanout: lines are missing after 10 s")
	}
	for index := range total {
		if _, err := call(http.MethodDelete, jobs+"/fan-"+strconv.Itoa(index), nil); err != nil {
			return nil, err
		}
	}
	all := slices.Concat(lags...)
	return map[string]any{"p50": quantile(all, 0.5), "p99": quantile(all, 0.99), "max": quantile(all, 1), "lines": len(all)}, nil
}

func milliseconds(took time.Duration) float64 {
	return float64(took.Nanoseconds()) / 1e6
}

// quantile is by nearest rank.
func quantile(values []float64, q float64) float64 {
	slices.Sort(values)
	return values[max(0, min(len(values)-1, int(q*float64(len(values))+0.5)-1))]
}
