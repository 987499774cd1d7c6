package main

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/pager"
)

// pages are what a long list comes in.
func pages(s *stage) {
	for number := range 7 {
		s.create(fmt.Sprintf("job-%d", number), map[string]string{"odd": fmt.Sprint(number % 2)})
	}
	s.walk("all", metav1.ListOptions{Limit: 3})
	s.walk("odd ones", metav1.ListOptions{Limit: 2, LabelSelector: "odd=1"})
	s.walk("exactly as many as there are", metav1.ListOptions{Limit: 7})
	s.walk("without a limit", metav1.ListOptions{})

	first, err := s.jobs.List(s.ctx, metav1.ListOptions{Limit: 5})
	must(err)
	s.create("job-9", nil)
	must(s.jobs.Delete(s.ctx, "job-6", metav1.DeleteOptions{}))
	rest, err := s.jobs.List(s.ctx, metav1.ListOptions{Limit: 1, Continue: first.GetContinue()})
	must(err)
	say("another limit on the second page: %d item %s", len(rest.Items), rest.Items[0].GetName())
	rest, err = s.jobs.List(s.ctx, metav1.ListOptions{Continue: first.GetContinue()})
	must(err)
	names := []string{}
	for _, item := range rest.Items {
		names = append(names, item.GetName())
	}
	say("what came and went since the first page: %v, same version %t", names, rest.GetResourceVersion() == first.GetResourceVersion())
	_, err = s.jobs.List(s.ctx, metav1.ListOptions{Continue: "bm9uc2Vuc2U"})
	say("a continue that is none: %s", outcome(err))
	_, err = s.jobs.List(s.ctx, metav1.ListOptions{Limit: 2, Continue: first.GetContinue(), ResourceVersion: "5"})
	say("a continue and a version: %s", outcome(err))
	_, err = s.jobs.List(s.ctx, metav1.ListOptions{ResourceVersionMatch: metav1.ResourceVersionMatchExact})
	say("a match without a version: %s; IsInvalid %t", outcome(err), apierrors.IsInvalid(err))
	exact, err := s.jobs.List(s.ctx, metav1.ListOptions{ResourceVersion: first.GetResourceVersion(), ResourceVersionMatch: metav1.ResourceVersionMatchExact})
	say("as of the first page: %s, %d items", outcome(err), len(exact.Items))
	notOlder, err := s.jobs.List(s.ctx, metav1.ListOptions{ResourceVersion: first.GetResourceVersion(), ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan})
	say("not older than the first page: %s, %d items", outcome(err), len(notOlder.Items))
	cached, err := s.jobs.List(s.ctx, metav1.ListOptions{ResourceVersion: "0", Limit: 2})
	say("from the cache: %s, at least 2 items %t", outcome(err), len(cached.Items) >= 2)

	count := 0
	lists := pager.New(func(_ context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return s.jobs.List(s.ctx, options)
	})
	lists.PageSize = 2
	err = lists.EachListItem(s.ctx, metav1.ListOptions{}, func(runtime.Object) error { count++; return nil })
	say("client-go's pager: %s, %d items", outcome(err), count)
	s.clear()
}

// walk follows one list to its end.
func (s *stage) walk(what string, options metav1.ListOptions) {
	version := ""
	for page := 1; ; page++ {
		list, err := s.jobs.List(s.ctx, options)
		must(err)
		remaining := "unknown"
		if count := list.GetRemainingItemCount(); count != nil {
			remaining = fmt.Sprint(*count)
		}
		if version == "" {
			version = list.GetResourceVersion()
		}
		say("%s, page %d: %d items, %s remain, more %t, same version %t", what, page, len(list.Items), remaining, list.GetContinue() != "", version == list.GetResourceVersion())
		if options.Continue = list.GetContinue(); options.Continue == "" {
			return
		}
	}
}
