// The same controller on client-go, as the original is built: typed informers with full objects, one line per add,
// expired HistoricJobs deleted from the informer's handler. It takes the flags that both programs share, and `--limiter=off`.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

const jobsResync = 60 * time.Second

var (
	token       = flag.String("token", "", "token for the exchange")
	exchangeURL = flag.String("token-exchange-url", "", "token exchange endpoint")
	serverURL   = flag.String("provisioning-server-url", "", "provisioning API server")
	expiration  = flag.Duration("history-expiration", 0, "retention of HistoricJobs; 0 disables")
	caFile      = flag.String("tls-ca-file", "", "CA of the server")
	certFile    = flag.String("tls-cert-file", "", "client certificate")
	keyFile     = flag.String("tls-key-file", "", "client key")
	limiter     = flag.String("limiter", "default", "client-go's default of 5/s and burst 10, or off")
)

func main() {
	flag.Parse()
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("logger", "provisioning-job-controller")
	if err := run(log); err != nil {
		log.Error("controller failed", "error", err)
		os.Exit(1)
	}
}

func run(log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	client, err := newClient()
	if err != nil {
		return err
	}
	jobs := newInformer(client, "jobs", &Job{}, jobsResync)
	_, err = jobs.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(object any) { notify(log, object.(*Job)) }})
	if err != nil {
		return err
	}
	go jobs.Run(ctx.Done())
	if *expiration > 0 {
		history := newInformer(client, "historicjobs", &HistoricJob{}, *expiration)
		prune := func(object any) { prune(ctx, log, client, object.(*HistoricJob)) }
		_, err = history.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    prune,
			UpdateFunc: func(_, object any) { prune(object) },
		})
		if err != nil {
			return err
		}
		go history.Run(ctx.Done())
	}
	if !cache.WaitForCacheSync(ctx.Done(), jobs.HasSynced) {
		return nil
	}
	log.Info("jobs controller started")
	<-ctx.Done()
	return nil
}

func newClient() (rest.Interface, error) {
	codecs := serializer.NewCodecFactory(newScheme())
	config := &rest.Config{
		Host:    *serverURL,
		APIPath: "/apis",
		ContentConfig: rest.ContentConfig{
			GroupVersion:         &groupVersion,
			NegotiatedSerializer: codecs.WithoutConversion(),
			ContentType:          runtime.ContentTypeJSON,
		},
		TLSClientConfig: rest.TLSClientConfig{CAFile: *caFile, CertFile: *certFile, KeyFile: *keyFile},
	}
	if *limiter == "off" {
		config.QPS = -1
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &authorized{next: next} })
	return rest.RESTClientFor(config)
}

func newInformer(client rest.Interface, resource string, example runtime.Object, resync time.Duration) cache.SharedIndexInformer {
	source := cache.NewListWatchFromClient(client, resource, "", fields.Everything())
	return cache.NewSharedIndexInformer(source, example, resync, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
}

func notify(log *slog.Logger, job *Job) {
	log.Info("job create notification received", "namespace", job.Namespace, "job", job.Name, "uid", job.UID,
		"repository", job.Spec.Repository, "action", job.Spec.Action, "trigger", "add",
		"lag_ms", time.Since(job.CreationTimestamp.Time).Milliseconds())
}

func prune(ctx context.Context, log *slog.Logger, client rest.Interface, job *HistoricJob) {
	if time.Since(job.CreationTimestamp.Time) <= *expiration {
		return
	}
	err := client.Delete().Namespace(job.Namespace).Resource("historicjobs").Name(job.Name).Do(ctx).Error()
	if err != nil {
		log.Error("failed to delete expired history job", "name", job.Name, "error", err)
	}
}

// authorized mints a token through the exchange and keeps it until shortly before it ends.
type authorized struct {
	next  http.RoundTripper
	mutex sync.Mutex
	jwt   string
	until time.Time
}

func (a *authorized) RoundTrip(request *http.Request) (*http.Response, error) {
	jwt, err := a.mint()
	if err != nil {
		return nil, fmt.Errorf("failed to exchange token: %w", err)
	}
	request = request.Clone(request.Context())
	request.Header.Set("X-Access-Token", "Bearer "+jwt)
	return a.next.RoundTrip(request)
}

func (a *authorized) mint() (string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if time.Now().Before(a.until) {
		return a.jwt, nil
	}
	body := []byte(`{"namespace":"*","audiences":["provisioning.grafana.app"]}`)
	request, err := http.NewRequest(http.MethodPost, *exchangeURL, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+*token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Org-ID", "0")
	request.Header.Set("X-Realms", `[{"type": "system", "identifier": "system"}]`)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Data struct {
			Token string `json:"token"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	parts := strings.Split(answer.Data.Token, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("no token in an answer with status %s", response.Status)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct {
		Exp int64 `json:"exp"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return "", err
	}
	a.jwt, a.until = answer.Data.Token, time.Unix(claims.Exp, 0).Add(-15*time.Second)
	return a.jwt, nil
}
