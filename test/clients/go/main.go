// What programs written with client-go see of a server: a line of text a fact, the same on every server that is right.
// In: a kubeconfig, a namespace that is empty, the name of a play. Features of client-go are chosen by its own environment.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

var (
	kubeconfig = flag.String("kubeconfig", "", "where the server is and who calls")
	namespace  = flag.String("namespace", "default", "a namespace without jobs")
	gvr        = schema.GroupVersionResource{Group: "provisioning.grafana.app", Version: "v0alpha1", Resource: "jobs"}
)

// plays are run one at a time; each leaves the namespace as it was.
var plays = map[string]func(*stage){
	"objects":   objects,
	"pages":     pages,
	"informer":  informer,
	"reflector": reflector,
	"events":    events,
	"metadata":  metadatas,
}

// stage is what a play is given.
type stage struct {
	ctx      context.Context
	client   dynamic.Interface
	jobs     dynamic.ResourceInterface
	partial  metadata.Interface
	requests *requests
}

func main() {
	flag.Parse()
	play, known := plays[flag.Arg(0)]
	if !known {
		fmt.Fprintf(os.Stderr, "unknown play %q\n", flag.Arg(0))
		os.Exit(2)
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	must(err)
	config.QPS = -1
	seen := &requests{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { seen.next = next; return seen })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client := dynamic.NewForConfigOrDie(rest.CopyConfig(config))
	play(&stage{
		ctx:      ctx,
		client:   client,
		jobs:     client.Resource(gvr).Namespace(*namespace),
		partial:  metadata.NewForConfigOrDie(rest.CopyConfig(config)),
		requests: seen,
	})
}

// requests notes what is sent.
type requests struct {
	next  http.RoundTripper
	mutex sync.Mutex
	lines []string
}

func (r *requests) RoundTrip(request *http.Request) (*http.Response, error) {
	line := fmt.Sprintf("%s %s?%s", request.Method, request.URL.Path, request.URL.Query().Encode())
	r.mutex.Lock()
	r.lines = append(r.lines, line)
	r.mutex.Unlock()
	return r.next.RoundTrip(request)
}

// take gives what was sent since the last time.
func (r *requests) take() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

func (s *stage) sayRequests() {
	for _, line := range s.requests.take() {
		say("sent: %s", line)
	}
}

// await fails the program unless the condition comes to hold.
func (s *stage) await(what string, holds func() bool) {
	for !holds() {
		select {
		case <-s.ctx.Done():
			fmt.Printf("in vain: %s\n", what)
			os.Exit(1)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func say(format string, values ...any) { fmt.Printf(format+"\n", values...) }

func must(err error) {
	if err != nil {
		fmt.Printf("failed: %v\n", err)
		os.Exit(1)
	}
}

// outcome tells an error as a program sees it: code, reason and causes, then the message.
func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	status, is := err.(apierrors.APIStatus)
	if !is {
		return err.Error()
	}
	facts := status.Status()
	text := fmt.Sprintf("%d %s", facts.Code, facts.Reason)
	if facts.Details != nil {
		text += fmt.Sprintf(" [%s %s %s]", facts.Details.Group, facts.Details.Kind, facts.Details.Name)
		for _, cause := range facts.Details.Causes {
			text += fmt.Sprintf(" {%s %s}", cause.Type, cause.Field)
		}
	}
	return text + ": " + facts.Message
}

func job(name string, labels map[string]string) *unstructured.Unstructured {
	made := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": gvr.GroupVersion().String(),
		"kind":       "Job",
		"metadata":   map[string]any{"name": name},
		"spec":       map[string]any{"action": "pull", "repository": "demo", "pull": map[string]any{"incremental": false}},
		"status":     map[string]any{},
	}}
	if labels != nil {
		made.SetLabels(labels)
	}
	return made
}

func (s *stage) create(name string, labels map[string]string) *unstructured.Unstructured {
	made, err := s.jobs.Create(s.ctx, job(name, labels), metav1.CreateOptions{})
	must(err)
	return made
}

// cached waits until a list that any cache may answer holds these, and forgets that it asked.
func (s *stage) cached(names ...string) {
	for _, name := range names {
		s.await(name+" is in the cache of the server", func() bool {
			list, err := s.jobs.List(s.ctx, metav1.ListOptions{ResourceVersion: "0"})
			must(err)
			return slices.ContainsFunc(list.Items, func(job unstructured.Unstructured) bool { return job.GetName() == name })
		})
	}
	s.requests.take()
}

func (s *stage) clear() {
	say("clear: %s", outcome(s.jobs.DeleteCollection(s.ctx, metav1.DeleteOptions{}, metav1.ListOptions{})))
}
