package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// metadatas are read and written without the rest of the objects.
func metadatas(s *stage) {
	s.create("one", map[string]string{"tier": "1"})
	s.create("two", nil)
	jobs := s.partial.Resource(gvr).Namespace(*namespace)
	got, err := jobs.Get(s.ctx, "one", metav1.GetOptions{})
	say("got: %s, %s %s, %s, labels %v, uid %t", outcome(err), got.APIVersion, got.Kind, got.Name, got.Labels, got.UID != "")
	_, err = jobs.Get(s.ctx, "none", metav1.GetOptions{})
	say("got none: %s", outcome(err))
	list, err := jobs.List(s.ctx, metav1.ListOptions{Limit: 1})
	must(err)
	say("listed: %s %s, %d items, more %t, version %t", list.APIVersion, list.Kind, len(list.Items), list.Continue != "", list.ResourceVersion != "")
	say("  item: %q %q %s", list.Items[0].APIVersion, list.Items[0].Kind, list.Items[0].Name)
	whole, err := jobs.List(s.ctx, metav1.ListOptions{})
	must(err)
	watched, err := jobs.Watch(s.ctx, metav1.ListOptions{ResourceVersion: whole.ResourceVersion})
	must(err)
	patched, err := jobs.Patch(s.ctx, "one", types.MergePatchType, []byte(`{"metadata":{"annotations":{"note":"seen"}}}`), metav1.PatchOptions{})
	say("patched: %s, %s, annotations %v, generation %d", outcome(err), patched.Kind, patched.Annotations, patched.Generation)
	event := <-watched.ResultChan()
	if object, is := event.Object.(*metav1.PartialObjectMetadata); is {
		say("watched: %s %s %s %s, annotations %v", event.Type, object.APIVersion, object.Kind, object.Name, object.Annotations)
	} else {
		say("watched: %s %T", event.Type, event.Object)
	}
	watched.Stop()
	say("deleted: %s", outcome(jobs.Delete(s.ctx, "one", metav1.DeleteOptions{})))
	say("deleted collection: %s", outcome(jobs.DeleteCollection(s.ctx, metav1.DeleteOptions{}, metav1.ListOptions{})))
	left, err := jobs.List(s.ctx, metav1.ListOptions{})
	must(err)
	say("left: %d", len(left.Items))
}
