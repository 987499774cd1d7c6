package main

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
)

// objects are written, conflict, and go.
func objects(s *stage) {
	made := s.create("one", map[string]string{"tier": "1"})
	say("created: %s %s generation %d, uid %t, version %t", made.GetKind(), made.GetName(), made.GetGeneration(), made.GetUID() != "", made.GetResourceVersion() != "")
	_, err := s.jobs.Create(s.ctx, job("one", nil), metav1.CreateOptions{})
	say("created twice: %s; IsAlreadyExists %t", outcome(err), apierrors.IsAlreadyExists(err))
	bad := job("bad", nil)
	unstructured.RemoveNestedField(bad.Object, "spec", "repository")
	_, err = s.jobs.Create(s.ctx, bad, metav1.CreateOptions{})
	say("created without repository: %s; IsInvalid %t", outcome(err), apierrors.IsInvalid(err))
	versioned := job("versioned", nil)
	versioned.SetResourceVersion("1")
	_, err = s.jobs.Create(s.ctx, versioned, metav1.CreateOptions{})
	say("created with a version: %s", outcome(err))
	tried, err := s.jobs.Create(s.ctx, job("tried", nil), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	say("created dry: %s, uid %t, version %q", outcome(err), tried.GetUID() != "", tried.GetResourceVersion())
	strict := job("strict", nil)
	must(unstructured.SetNestedField(strict.Object, "red", "spec", "colour"))
	_, err = s.jobs.Create(s.ctx, strict, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
	say("created strictly: %s; IsBadRequest %t", outcome(err), apierrors.IsBadRequest(err))

	got, err := s.jobs.Get(s.ctx, "one", metav1.GetOptions{})
	say("got: %s, same version %t", outcome(err), got.GetResourceVersion() == made.GetResourceVersion())
	_, err = s.jobs.Get(s.ctx, "none", metav1.GetOptions{})
	say("got none: %s; IsNotFound %t", outcome(err), apierrors.IsNotFound(err))

	stale := got.DeepCopy()
	must(unstructured.SetNestedField(got.Object, "first", "spec", "message"))
	got, err = s.jobs.Update(s.ctx, got, metav1.UpdateOptions{})
	say("updated: %s, generation %d", outcome(err), got.GetGeneration())
	same, err := s.jobs.Update(s.ctx, got, metav1.UpdateOptions{})
	say("updated without a change: %s, same version %t", outcome(err), same.GetResourceVersion() == got.GetResourceVersion())
	_, err = s.jobs.Update(s.ctx, stale, metav1.UpdateOptions{})
	say("updated what is stale: %s; IsConflict %t", outcome(err), apierrors.IsConflict(err))
	unversioned := job("one", nil)
	_, err = s.jobs.Update(s.ctx, unversioned, metav1.UpdateOptions{})
	say("updated without a version: %s", outcome(err))
	_, err = s.jobs.Update(s.ctx, job("none", nil), metav1.UpdateOptions{})
	say("updated none: %s", outcome(err))
	stranger := got.DeepCopy()
	stranger.SetUID("00000000-0000-4000-8000-000000000000")
	_, err = s.jobs.Update(s.ctx, stranger, metav1.UpdateOptions{})
	say("updated with another uid: IsConflict %t", apierrors.IsConflict(err))

	attempts := 0
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		attempts++
		current, err := s.jobs.Get(s.ctx, "one", metav1.GetOptions{})
		must(err)
		if attempts == 1 {
			_, err = s.jobs.Patch(s.ctx, "one", types.MergePatchType, []byte(`{"spec":{"message":"between"}}`), metav1.PatchOptions{})
			must(err)
		}
		must(unstructured.SetNestedField(current.Object, fmt.Sprintf("attempt %d", attempts), "spec", "message"))
		_, err = s.jobs.Update(s.ctx, current, metav1.UpdateOptions{})
		return err
	})
	say("retried on conflict: %s after %d attempts", outcome(err), attempts)

	for _, patch := range []struct {
		kind types.PatchType
		text string
	}{
		{types.MergePatchType, `{"metadata":{"labels":{"tier":null,"shelf":"a"}},"spec":{"message":"merged"}}`},
		{types.MergePatchType, `{"metadata":{"resourceVersion":"1"}}`},
		{types.MergePatchType, `{"spec":[]}`},
		{types.MergePatchType, `{`},
		{types.JSONPatchType, `[{"op":"replace","path":"/spec/message","value":"by JSON"}]`},
		{types.JSONPatchType, `[{"op":"test","path":"/spec/message","value":"other"}]`},
		{types.JSONPatchType, `[{"op":"add","path":"/spec/pull/none/deeper","value":1}]`},
		{types.JSONPatchType, `{}`},
		{types.StrategicMergePatchType, `{}`},
	} {
		patched, err := s.jobs.Patch(s.ctx, "one", patch.kind, []byte(patch.text), metav1.PatchOptions{})
		say("patched with %s %s: %s", patch.kind, patch.text, outcome(err))
		if err == nil {
			message, _, _ := unstructured.NestedString(patched.Object, "spec", "message")
			say("  labels %v, message %q, generation %d", patched.GetLabels(), message, patched.GetGeneration())
		}
	}
	_, err = s.jobs.Patch(s.ctx, "none", types.MergePatchType, []byte(`{}`), metav1.PatchOptions{})
	say("patched none: %s", outcome(err))
	_, err = s.jobs.Apply(s.ctx, "applied", job("applied", nil), metav1.ApplyOptions{FieldManager: "play"})
	say("applied: %s", outcome(err))
	_ = s.jobs.Delete(s.ctx, "applied", metav1.DeleteOptions{})

	other := types.UID("00000000-0000-4000-8000-000000000000")
	old := "1"
	err = s.jobs.Delete(s.ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &other}})
	say("deleted by another uid: %s; IsConflict %t", outcome(err), apierrors.IsConflict(err))
	err = s.jobs.Delete(s.ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{ResourceVersion: &old}})
	say("deleted by an old version: IsConflict %t", apierrors.IsConflict(err))
	err = s.jobs.Delete(s.ctx, "one", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}})
	say("deleted dry: %s", outcome(err))
	uid := made.GetUID()
	err = s.jobs.Delete(s.ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
	say("deleted by its uid: %s", outcome(err))
	err = s.jobs.Delete(s.ctx, "one", metav1.DeleteOptions{})
	say("deleted again: %s", outcome(err))

	for _, name := range []string{"a", "b", "c"} {
		s.create(name, map[string]string{"tier": name})
	}
	collection := func(what string, options metav1.DeleteOptions, selected metav1.ListOptions) {
		err := s.jobs.DeleteCollection(s.ctx, options, selected)
		left, listError := s.jobs.List(s.ctx, metav1.ListOptions{})
		must(listError)
		say("deleted collection %s: %s, %d left", what, outcome(err), len(left.Items))
	}
	collection("dry", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}, metav1.ListOptions{})
	collection("by label", metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "tier in (a)"})
	collection("by field", metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name=b"})
	collection("by a selector that is none", metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "tier in"})
	collection("whole", metav1.DeleteOptions{}, metav1.ListOptions{})
}
