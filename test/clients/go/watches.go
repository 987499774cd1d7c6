package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
)

// facts are told by several goroutines.
type facts struct {
	mutex sync.Mutex
	lines []string
}

func (f *facts) add(format string, values ...any) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.lines = append(f.lines, fmt.Sprintf(format, values...))
}

func (f *facts) has(line string) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.Contains(f.lines, line)
}

// expect waits for a fact and tells it.
func (s *stage) expect(told *facts, line string) {
	s.await(line, func() bool { return told.has(line) })
	say("%s", line)
}

// informer follows jobs with a resync of one second.
func informer(s *stage) {
	s.create("early", nil)
	s.create("other", nil)
	s.cached("early", "other")
	told := &facts{}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(s.client, time.Second, *namespace, nil)
	jobs := factory.ForResource(gvr)
	name := func(object any) string { return object.(*unstructured.Unstructured).GetName() }
	message := func(object any) string {
		text, _, _ := unstructured.NestedString(object.(*unstructured.Unstructured).Object, "spec", "message")
		return text
	}
	version := func(object any) string { return object.(*unstructured.Unstructured).GetResourceVersion() }
	_, err := jobs.Informer().AddEventHandler(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(object any, initial bool) { told.add("added %s, initial %t", name(object), initial) },
		UpdateFunc: func(old, object any) {
			if version(old) == version(object) {
				told.add("resynced %s", name(object))
			} else {
				told.add("updated %s: %q to %q", name(object), message(old), message(object))
			}
		},
		DeleteFunc: func(object any) { told.add("deleted %s", name(object)) },
	})
	must(err)
	s.requests.take()
	stop := make(chan struct{})
	factory.Start(stop)
	s.await("the informer is synced", jobs.Informer().HasSynced)
	s.expect(told, "added early, initial true")
	s.expect(told, "added other, initial true")
	s.await("a watch is open", func() bool { return s.requests.watching() })
	s.sayRequests()
	s.create("late", nil)
	s.expect(told, "added late, initial false")
	_, err = s.jobs.Patch(s.ctx, "late", types.MergePatchType, []byte(`{"spec":{"message":"changed"}}`), metav1.PatchOptions{})
	must(err)
	s.expect(told, `updated late: "" to "changed"`)
	for _, name := range []string{"early", "late", "other"} {
		s.expect(told, "resynced "+name)
	}
	must(s.jobs.Delete(s.ctx, "early", metav1.DeleteOptions{}))
	s.expect(told, "deleted early")
	left, err := jobs.Lister().ByNamespace(*namespace).List(labels.Everything())
	must(err)
	say("in the cache: %d", len(left))
	s.requests.take()
	s.clear()
	s.expect(told, "deleted late")
	s.expect(told, "deleted other")
	close(stop)
	factory.Shutdown()
}

// watching tells whether a watch was asked for since the last take.
func (r *requests) watching() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.ContainsFunc(r.lines, func(line string) bool { return strings.Contains(line, "watch=true") })
}

// reflector keeps a store while its watches end after two seconds each; client-go takes less than one for an error.
func reflector(s *stage) {
	s.create("early", nil)
	s.cached("early")
	store := cache.NewStore(cache.MetaNamespaceKeyFunc)
	source := cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListFunc: func(options metav1.ListOptions) (runtime.Object, error) { return s.jobs.List(s.ctx, options) },
		WatchFunc: func(options metav1.ListOptions) (watch.Interface, error) {
			seconds := int64(2)
			options.TimeoutSeconds = &seconds
			return s.jobs.Watch(s.ctx, options)
		},
	}, s.client)
	s.requests.take()
	reflecting := cache.NewReflectorWithOptions(source, &unstructured.Unstructured{}, store, cache.ReflectorOptions{})
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() { defer close(ended); reflecting.Run(stop) }()
	s.await("early is in the store", func() bool { return len(store.ListKeys()) == 1 })
	s.await("it has a version", func() bool { return reflecting.LastSyncResourceVersion() != "" })
	s.await("a watch is open", func() bool { return s.requests.watching() })
	s.sayRequests()
	s.await("another watch is open", func() bool { return s.requests.watching() })
	say("a watch that has ended is followed by: %s", s.requests.take()[0])
	s.create("late", nil)
	s.await("late is in the store", func() bool { return len(store.ListKeys()) == 2 })
	say("after that: %v", slices.Sorted(slices.Values(store.ListKeys())))
	s.clear()
	s.await("the store is empty", func() bool { return len(store.ListKeys()) == 0 })
	close(stop)
	<-ended
}

// events are what a bare watch gives.
func events(s *stage) {
	s.create("seen", map[string]string{"tier": "1"})
	list, err := s.jobs.List(s.ctx, metav1.ListOptions{})
	must(err)
	read := func(what string, count int, options metav1.ListOptions, do func()) {
		options.TimeoutSeconds = new(int64)
		*options.TimeoutSeconds = 20
		watched, err := s.jobs.Watch(s.ctx, options)
		if err != nil {
			say("%s: %s", what, outcome(err))
			return
		}
		defer watched.Stop()
		if do != nil {
			do()
		}
		for range count {
			select {
			case event := <-watched.ResultChan():
				switch object := event.Object.(type) {
				case *unstructured.Unstructured:
					say("%s: %s %s %v", what, event.Type, object.GetName(), object.GetAnnotations())
				case *metav1.Status:
					say("%s: %s %d %s %s", what, event.Type, object.Code, object.Reason, object.Message)
				default:
					say("%s: %s %T", what, event.Type, object)
				}
			case <-s.ctx.Done():
				say("%s: nothing came", what)
				return
			}
		}
	}
	merge := func(text string) func() {
		return func() {
			_, err := s.jobs.Patch(s.ctx, "seen", types.MergePatchType, []byte(text), metav1.PatchOptions{})
			must(err)
		}
	}
	yes := true
	read("from a version", 1, metav1.ListOptions{ResourceVersion: list.GetResourceVersion()}, merge(`{"spec":{"message":"a"}}`))
	read("again from that version", 1, metav1.ListOptions{ResourceVersion: list.GetResourceVersion()}, nil)
	read("from nowhere", 1, metav1.ListOptions{}, nil)
	read("from 0", 1, metav1.ListOptions{ResourceVersion: "0"}, nil)
	read("with initial events", 2, metav1.ListOptions{SendInitialEvents: &yes, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true}, nil)
	read("with initial events, without bookmarks", 1, metav1.ListOptions{SendInitialEvents: &yes, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan}, nil)
	read("with initial events, without a match", 1, metav1.ListOptions{SendInitialEvents: &yes, AllowWatchBookmarks: true}, nil)
	read("what leaves the selection", 2, metav1.ListOptions{LabelSelector: "tier=1"}, merge(`{"metadata":{"labels":{"tier":"2"}}}`))
	read("what enters the selection", 1, metav1.ListOptions{LabelSelector: "tier=3"}, merge(`{"metadata":{"labels":{"tier":"3"}}}`))
	read("a version that is none", 1, metav1.ListOptions{ResourceVersion: "none"}, nil)
	s.clear()
}
