package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Typed as in Grafana's generated client: what its informers hold in memory is metadata, spec and status of every object.

var groupVersion = schema.GroupVersion{Group: "provisioning.grafana.app", Version: "v0alpha1"}

type Job struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              JobSpec   `json:"spec,omitempty"`
	Status            JobStatus `json:"status,omitempty"`
}

type JobSpec struct {
	Action     string       `json:"action,omitempty"`
	Repository string       `json:"repository"`
	Message    string       `json:"message,omitempty"`
	Pull       *PullOptions `json:"pull,omitempty"`
	Push       *PushOptions `json:"push,omitempty"`
	PR         *PROptions   `json:"pr,omitempty"`
}

type PullOptions struct {
	Incremental bool `json:"incremental"`
}

type PushOptions struct {
	Message string `json:"message,omitempty"`
	Folder  string `json:"folder,omitempty"`
	Branch  string `json:"branch,omitempty"`
	Path    string `json:"path,omitempty"`
}

type PROptions struct {
	Ref  string `json:"ref,omitempty"`
	PR   int    `json:"pr,omitempty"`
	Hash string `json:"hash,omitempty"`
	URL  string `json:"url,omitempty"`
}

type JobStatus struct {
	State    string    `json:"state,omitempty"`
	Started  int64     `json:"started,omitempty"`
	Finished int64     `json:"finished,omitempty"`
	Message  string    `json:"message,omitempty"`
	Errors   []string  `json:"errors,omitempty"`
	Warnings []string  `json:"warnings,omitempty"`
	Progress float64   `json:"progress,omitempty"`
	Summary  []Summary `json:"summary,omitempty"`
}

type Summary struct {
	Group  string   `json:"group,omitempty"`
	Kind   string   `json:"kind,omitempty"`
	Total  int64    `json:"total,omitempty"`
	Create int64    `json:"create,omitempty"`
	Update int64    `json:"update,omitempty"`
	Delete int64    `json:"delete,omitempty"`
	Noop   int64    `json:"noop,omitempty"`
	Errors []string `json:"errors,omitempty"`
}

type JobList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Job `json:"items"`
}

// HistoricJob has the shape of a Job.
type HistoricJob Job

type HistoricJobList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []HistoricJob `json:"items"`
}

// Nothing here changes an object, so copies may share spec and status.

func (j *Job) DeepCopyObject() runtime.Object {
	copied := *j
	j.ObjectMeta.DeepCopyInto(&copied.ObjectMeta)
	return &copied
}

func (j *HistoricJob) DeepCopyObject() runtime.Object {
	copied := *j
	j.ObjectMeta.DeepCopyInto(&copied.ObjectMeta)
	return &copied
}

func (l *JobList) DeepCopyObject() runtime.Object {
	copied := *l
	return &copied
}

func (l *HistoricJobList) DeepCopyObject() runtime.Object {
	copied := *l
	return &copied
}

func newScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(groupVersion, &Job{}, &JobList{}, &HistoricJob{}, &HistoricJobList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
	return scheme
}
