// The limits that figures are held against, with nothing but the standard library: a streaming reader that keeps
// nothing, a parallel deleter that asks nothing, and the load for both.
//
//	raw watch   list in pages, then watch; one line per object
//	raw create  -count Jobs, at most -rate a second; one line each with the time its request was sent
//	raw delete  list all names, then delete them with -parallel requests at a time
//	raw claim   do jobs with -drivers at a time, see claim.go
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
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const pageSize = 2000

var (
	flags     = flag.NewFlagSet("raw", flag.ExitOnError)
	server    = flags.String("server", "", "base URL")
	caFile    = flags.String("ca", "", "CA of the server")
	certFile  = flags.String("cert", "", "client certificate")
	keyFile   = flags.String("key", "", "client key")
	resource  = flags.String("resource", "jobs", "jobs or historicjobs")
	namespace = flags.String("namespace", "default", "where objects are created")
	prefix    = flags.String("prefix", "load", "first part of the names created")
	count     = flags.Int("count", 1000, "objects to create")
	rate      = flags.Float64("rate", 0, "creates a second; 0 = as fast as possible")
	parallel  = flags.Int("parallel", 16, "requests at a time")
)

var (
	client *http.Client
	out    = bufio.NewWriterSize(os.Stdout, 1<<16)
	outMu  sync.Mutex
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: raw watch|create|delete|claim [flags]"))
	}
	_ = flags.Parse(os.Args[2:])
	fail(connect())
	commands := map[string]func() error{"watch": watch, "create": create, "delete": remove, "claim": claim}
	command, known := commands[os.Args[1]]
	if !known {
		fail(fmt.Errorf("unknown command %q", os.Args[1]))
	}
	fail(command())
	out.Flush()
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// HTTP/1.1, one connection per request at a time: as many as -parallel.
func connect() error {
	ca, err := os.ReadFile(*caFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	pair, err := tls.LoadX509KeyPair(*certFile, *keyFile)
	if err != nil {
		return err
	}
	client = &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}},
		MaxIdleConnsPerHost: max(*parallel, *drivers),
	}}
	return nil
}

func collection(namespace string) string {
	path := *server + "/apis/provisioning.grafana.app/v0alpha1"
	if namespace != "" {
		path += "/namespaces/" + namespace
	}
	return path + "/" + *resource
}

type item struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
		UID       string `json:"uid"`
	} `json:"metadata"`
}

// list calls each for every object and returns the version of the first page.
func list(each func(item)) (string, error) {
	version, token := "", ""
	for {
		query := url.Values{"limit": {fmt.Sprint(pageSize)}}
		if token != "" {
			query.Set("continue", token)
		}
		answer, err := client.Get(collection("") + "?" + query.Encode())
		if err != nil {
			return "", err
		}
		var page struct {
			Metadata struct {
				ResourceVersion string `json:"resourceVersion"`
				Continue        string `json:"continue"`
			} `json:"metadata"`
			Items []item `json:"items"`
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			return "", fmt.Errorf("list: %s %v", answer.Status, err)
		}
		for _, listed := range page.Items {
			each(listed)
		}
		out.Flush()
		if version == "" {
			version = page.Metadata.ResourceVersion
		}
		if token = page.Metadata.Continue; token == "" {
			return version, nil
		}
	}
}

// say writes a line at once.
func say(format string, values ...any) {
	outMu.Lock()
	fmt.Fprintf(out, format, values...)
	out.Flush()
	outMu.Unlock()
}

// notify leaves the line to the next flush.
func notify(uid string) {
	fmt.Fprintf(out, "{\"msg\":\"job create notification received\",\"uid\":%q}\n", uid)
}

var uidKey = []byte(`"uid":"`)

func watch() error {
	version, err := list(func(listed item) { notify(listed.Metadata.UID) })
	if err != nil {
		return err
	}
	answer, err := client.Get(collection("") + "?watch=1&resourceVersion=" + version)
	if err != nil {
		return err
	}
	say("{\"msg\":\"jobs controller started\"}\n")
	lines := bufio.NewReaderSize(answer.Body, 1<<20)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return err
		}
		if at := bytes.Index(line, uidKey); at >= 0 && bytes.HasPrefix(line, []byte(`{"type":"ADDED"`)) {
			rest := line[at+len(uidKey):]
			notify(string(rest[:bytes.IndexByte(rest, '"')]))
		}
		if lines.Buffered() == 0 {
			out.Flush()
		}
	}
}

const jobBody = `{"apiVersion":"provisioning.grafana.app/v0alpha1","kind":"Job",
"metadata":{"name":%q,"labels":{"provisioning.grafana.app/repository":"demo"}},
"spec":{"action":"pull","repository":"demo","pull":{"incremental":false}},"status":{}}`

func create() error {
	started := time.Now()
	err := inParallel(*count, func(index int) error {
		if *rate > 0 {
			time.Sleep(time.Until(started.Add(time.Duration(float64(index) / *rate * float64(time.Second)))))
		}
		body := fmt.Sprintf(jobBody, fmt.Sprintf("%s-%07d", *prefix, index))
		sent := time.Now()
		answer, err := client.Post(collection(*namespace), "application/json", bytes.NewReader([]byte(body)))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		var made item
		if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || answer.StatusCode != http.StatusCreated {
			return fmt.Errorf("create: %s %v", answer.Status, err)
		}
		say("{\"uid\":%q,\"sent\":%.3f}\n", made.Metadata.UID, float64(sent.UnixNano())/1e6)
		return nil
	})
	return summary("created", *count, started, err)
}

func remove() error {
	var found []item
	if _, err := list(func(listed item) { found = append(found, listed) }); err != nil {
		return err
	}
	started := time.Now()
	err := inParallel(len(found), func(index int) error {
		metadata := found[index].Metadata
		request, err := http.NewRequest(http.MethodDelete, collection(metadata.Namespace)+"/"+metadata.Name, nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			return fmt.Errorf("delete: %s %v", answer.Status, err)
		}
		return nil
	})
	return summary("deleted", len(found), started, err)
}

func summary(verb string, count int, started time.Time, err error) error {
	seconds := time.Since(started).Seconds()
	say("{\"msg\":\"%s\",\"count\":%d,\"seconds\":%.3f,\"per_second\":%.0f}\n", verb, count, seconds, float64(count)/seconds)
	return err
}

// inParallel hands out 0..count-1 in order to -parallel workers; the first error ends all.
func inParallel(count int, work func(index int) error) error {
	var next atomic.Int64
	var first atomic.Pointer[error]
	var group sync.WaitGroup
	for range *parallel {
		group.Go(func() {
			for first.Load() == nil {
				index := int(next.Add(1)) - 1
				if index >= count {
					return
				}
				if err := work(index); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	group.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}
