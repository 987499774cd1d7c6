package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// The least that a driver can be on the same protocol: claim, work, result, record, deletion. It renews no lease, takes
// nothing over, tries nothing again, writes no progress.

var (
	drivers = flags.Int("drivers", 3, "jobs at a time")
	program = flags.String("exec", "", "worker: a command with its arguments; empty = none")
)

const (
	claimLabel = "provisioning.grafana.app/claim"
	ownerLabel = "provisioning.grafana.app/claim-owner"
	uidLabel   = "provisioning.grafana.app/original-uid"
)

type object struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   metadata       `json:"metadata"`
	Spec       any            `json:"spec,omitempty"`
	Status     map[string]any `json:"status,omitempty"`
}

type metadata struct {
	Name              string            `json:"name"`
	Namespace         string            `json:"namespace,omitempty"`
	UID               string            `json:"uid,omitempty"`
	ResourceVersion   string            `json:"resourceVersion,omitempty"`
	CreationTimestamp string            `json:"creationTimestamp,omitempty"`
	Generation        int64             `json:"generation,omitempty"`
	Labels            map[string]string `json:"labels,omitempty"`
	Annotations       map[string]string `json:"annotations,omitempty"`
}

func claim() error {
	queue := make(chan object, 100_000)
	for index := range *drivers {
		go func() {
			for job := range queue {
				if err := drive(job, fmt.Sprintf("claimer-%d", index)); err != nil {
					fail(err)
				}
			}
		}()
	}
	version, err := waiting(queue)
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
		if !bytes.HasPrefix(line, []byte(`{"type":"ADDED"`)) {
			continue
		}
		var event struct {
			Object object `json:"object"`
		}
		if err := json.Unmarshal(line, &event); err != nil {
			return err
		}
		queue <- event.Object
	}
}

// waiting puts the jobs that are there into the queue and returns the list's version.
func waiting(queue chan<- object) (string, error) {
	answer, err := client.Get(collection(""))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var list struct {
		Metadata metadata `json:"metadata"`
		Items    []object `json:"items"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil || answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("list: %s %v", answer.Status, err)
	}
	for _, job := range list.Items {
		if job.Metadata.Labels[claimLabel] == "" {
			queue <- job
		}
	}
	return list.Metadata.ResourceVersion, nil
}

func drive(job object, owner string) error {
	jobs := collection(job.Metadata.Namespace)
	path := jobs + "/" + job.Metadata.Name
	now := time.Now().UnixMilli()
	labels := map[string]string{claimLabel: strconv.FormatInt(now, 10), ownerLabel: owner}
	for name, value := range job.Metadata.Labels {
		labels[name] = value
	}
	job.APIVersion, job.Kind, job.Metadata.Labels = "provisioning.grafana.app/v0alpha1", "Job", labels
	job.Status = map[string]any{"state": "working", "started": now}
	if err := send(http.MethodPut, path, job, &job); err != nil {
		return err
	}
	if err := work(job); err != nil {
		return err
	}
	job.Status["state"], job.Status["finished"], job.Status["message"] = "success", time.Now().UnixMilli(), "completed successfully"
	if err := send(http.MethodPut, path, job, &job); err != nil {
		return err
	}
	record := job
	record.Kind = "HistoricJob"
	delete(labels, claimLabel)
	delete(labels, ownerLabel)
	labels[uidLabel] = job.Metadata.UID
	record.Metadata = metadata{Name: job.Metadata.Name + "-" + job.Metadata.UID, Namespace: job.Metadata.Namespace, Labels: labels}
	if err := send(http.MethodPost, strings.TrimSuffix(jobs, "/jobs")+"/historicjobs", record, nil); err != nil {
		return err
	}
	preconditions := map[string]string{"uid": job.Metadata.UID, "resourceVersion": job.Metadata.ResourceVersion}
	options := map[string]any{"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions}
	return send(http.MethodDelete, path, options, nil)
}

func work(job object) error {
	if *program == "" {
		return nil
	}
	words := strings.Fields(*program)
	text, err := exec.Command(words[0], words[1:]...).Output()
	if err == nil {
		say("{\"msg\":\"worker says\",\"uid\":%q,\"text\":%q}\n", job.Metadata.UID, strings.TrimSpace(string(text)))
	}
	return err
}

func send(method, target string, body, result any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, target, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	answered, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, target, answer.Status, answered)
	}
	if err == nil && result != nil {
		err = json.Unmarshal(answered, result)
	}
	return err
}
