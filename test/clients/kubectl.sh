# What kubectl is made to do on each server, a step from one "##" to the next. A step is run by sh after this preamble; its
# standard output, standard error and exit code are its transcript. KUBECTL, KUBECONFIG, NAMESPACE, SECOND and WORK are given.
set -u
cd "$WORK" || exit 1
jobs=jobs.provisioning.grafana.app
history=historicjobs.provisioning.grafana.app
repositories=repositories.provisioning.grafana.app
kubectl() {
  timeout 60 "$KUBECTL" --cache-dir=cache --namespace="$NAMESPACE" "$@"
}
# object KIND NAME [LINE OF METADATA] [LINE OF SPEC]
object() {
  cat <<EOF
apiVersion: provisioning.grafana.app/v0alpha1
kind: $1
metadata:
  name: $2
  ${3:-}
spec:
  action: pull
  repository: demo
  pull: {incremental: false}
  ${4:-}
status: {}
EOF
}
job() { object Job "$@"; }
# await FILE COUNT: until the file has so many lines
await() {
  tries=0
  until [ "$(wc -l <"$1")" -ge "$2" ] || [ $tries -ge 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}
# begin COMMAND...: runs a command of kubectl's in the background, its process id in $!, what it prints in `printed`
begin() {
  : >log
  kubectl "$@" -v=6 >printed 2>log &
}
# sent PATTERN: until the client that was begun has sent a request like that and has its answer
sent() {
  tries=0
  until grep -q "$1" log || [ $tries -ge 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}
# Ends what was started last in the background, and shows what it has written.
ended() {
  kill "$1"
  wait "$1" 2>/dev/null
  cat "$2"
}

## version
kubectl version

## api-resources
kubectl api-resources --api-group=provisioning.grafana.app

## api-resources -o wide
kubectl api-resources --api-group=provisioning.grafana.app -o wide

## api-resources -o name, those that can be watched
kubectl api-resources --api-group=provisioning.grafana.app -o name --verbs=list,watch

## api-resources by a category that nothing has
kubectl api-resources --api-group=provisioning.grafana.app --categories=nothing

## api-versions
kubectl api-versions | grep grafana

## explain spec
kubectl explain $jobs.spec

## explain status, recursively
kubectl explain $jobs.status --recursive

## explain a field in a list
kubectl explain $jobs.status.summary.create

## explain spec of a repository
kubectl explain $repositories.spec

## explain an API version
kubectl explain job.spec.push --api-version=provisioning.grafana.app/v0alpha1

## explain the kind
kubectl explain $jobs

## explain a field that is not there
kubectl explain $jobs.spec.colour

## explain a version that is not there
kubectl explain job --api-version=provisioning.grafana.app/v9

## get where nothing is
kubectl get $jobs

## get where nothing is, in all namespaces
kubectl get $jobs -A -l client=nobody

## get where nothing is, as JSON
kubectl get $jobs -o json

## get a resource that is not served
kubectl get dashboards.provisioning.grafana.app

## create -f
job alpha "labels: {tier: '1'}" | kubectl create -f -

## create what is there already
job alpha | kubectl create -f -

## create with generateName
job none | sed 's/name: none/generateName: gen-/' | kubectl create -f -

## get by generated name
kubectl get $jobs -o name | grep gen-

## create without a name
job none | sed '/name: none/d' | kubectl create -f -

## create with a name that is none
job Not_A_Name | kubectl create -f -

## create with a label that is none
job badlabel 'labels: {tier: "a b"}' | kubectl create -f -

## create in a namespace that is not there
job lost | kubectl create -n "missing-$NAMESPACE" -f - 2>&1 | sed "s/$NAMESPACE/<namespace>/"

## create in another namespace than the manifest says
job lost "namespace: $SECOND" | kubectl create -f -

## create in the manifest's namespace
job visitor "namespace: $SECOND" | kubectl create -n "$SECOND" -f -
kubectl delete $jobs visitor -n "$SECOND"

## create a kind that is not served
job lost | sed 's/kind: Job/kind: Work/' | kubectl create -f -

## create in a version that is not served
job lost | sed s/v0alpha1/v9/ | kubectl create -f -

## create without kind
job lost | sed '/kind/d' | kubectl create -f -

## create what is not YAML
echo '{ not: [yaml' | kubectl create -f -

## create from nothing
kubectl create -f - </dev/null

## create with an unknown field, --validate=strict
job strict "" "colour: red" | kubectl create --validate=strict -f -

## create with unknown fields in several places, --validate=strict
job strict "size: 3" "push: {colour: red, resources: [{name: a, size: 1}]}" | kubectl create --validate=strict -f -

## create with a field twice, --validate=strict
job twice | kubectl create --dry-run=client -o json -f - | sed 's/"action"/"action": "push", "action"/' | kubectl create --validate=strict -f -

## create with an unknown field, --validate=warn
job warned "" "colour: red" | kubectl create --validate=warn -f -

## create with an unknown field, --validate=ignore
job ignored "" "colour: red" | kubectl create --validate=ignore -f -

## an unknown field is not kept
kubectl get $jobs warned ignored -o jsonpath='{.items[*].spec}'

## create with a wrong type
job typed "" "message: [1, 2]" | kubectl create -f -

## create with wrong types in several places
job typed "" "push: {resources: {}, generateNewFolderIDs: 1}" | kubectl create -f - 2>&1 | sort

## create with wrong types, unchecked
job typed "" "message: 3" | kubectl create --validate=false -f -

## create with a wrong type in metadata
job typed "labels: {tier: 1}" | kubectl create -f -

## create without spec
job empty | sed '/spec/,/^status/d' | kubectl create -f -

## create without repository
job empty | sed '/repository/d' | kubectl create -f -

## create --dry-run=server
job dry | kubectl create --dry-run=server -f -
kubectl get $jobs dry

## create --dry-run=client -o yaml
job dry | kubectl create --dry-run=client -o yaml -f -

## create -o yaml
job shown "annotations: {note: hello}" | kubectl create -o yaml -f -

## create --save-config
job saved | kubectl create --save-config -f -
kubectl get $jobs saved -o jsonpath='{.metadata.annotations}'

## create several at once, one of them there already
{ job several-1; echo ---; job alpha; echo ---; job several-2; } | kubectl create -f -

## get
kubectl get $jobs -l tier

## get -o wide
kubectl get $jobs alpha shown -o wide

## get all of them, sorted
kubectl get $jobs --sort-by=.metadata.name

## get --show-labels
kubectl get $jobs alpha --show-labels

## get --label-columns
kubectl get $jobs alpha shown -L tier

## get --show-kind --no-headers
kubectl get $jobs alpha --show-kind --no-headers

## get -A
kubectl get $jobs -A -l tier

## get in pages
kubectl get $jobs --chunk-size=2 --no-headers -o custom-columns=NAME:.metadata.name,ACTION:.spec.action

## get in pages, as Table
kubectl get $jobs --chunk-size=3 -o name | wc -l

## get several kinds
kubectl get $jobs,$history,$repositories -l tier

## get two names, one of them missing
kubectl get $jobs alpha nobody

## get a name that is missing
kubectl get $jobs nobody

## get a name that is missing, --ignore-not-found
kubectl get $jobs nobody --ignore-not-found

## get -o yaml
kubectl get $jobs alpha -o yaml

## get -o json
kubectl get $jobs alpha -o json

## get a list as YAML
kubectl get $jobs -l tier -o yaml

## get -o jsonpath
kubectl get $jobs alpha -o jsonpath='{.metadata.name} {.spec.pull.incremental} {.metadata.generation}'

## get -o go-template
kubectl get $jobs -l tier -o go-template='{{range .items}}{{.kind}} {{.metadata.name}}{{"\n"}}{{end}}'

## get --field-selector
kubectl get $jobs --field-selector=metadata.name=alpha

## get --field-selector, not equal
kubectl get $jobs -l tier --field-selector=metadata.name!=alpha

## get --field-selector of a field that cannot be selected
kubectl get $jobs --field-selector=spec.action=pull

## get --field-selector that is none
kubectl get $jobs --field-selector='metadata.name'

## get -l with every operator
for selector in tier=1 tier==1 tier!=1,tier 'tier in (1,2)' 'tier notin (1),tier' '!tier' 'tier>0' 'tier<1'; do
  echo "$selector: $(kubectl get $jobs -l "$selector" -o name | grep -c alpha)"
done

## get -l that is none
kubectl get $jobs -l 'tier in ('

## get -l with a number that is none
kubectl get $jobs -l 'tier>x'

## get -w of a name
: >watched
job watched | kubectl create -f -
kubectl get $jobs watched -w >watched 2>&1 &
watch=$!
await watched 2
kubectl label $jobs watched seen=yes
await watched 3
kubectl delete $jobs watched
await watched 4
ended $watch watched

## get -w --output-watch-events
: >events
kubectl get $jobs -w --output-watch-events -l client=watch >events 2>&1 &
watch=$!
job event-1 "labels: {client: watch}" | kubectl create -f -
await events 2
kubectl patch $jobs event-1 --type=merge -p '{"status":{"state":"working","message":"half way"}}'
await events 3
kubectl label $jobs event-1 client-
await events 4
ended $watch events
kubectl delete $jobs event-1

## get -w -o json
: >objects
kubectl get $jobs alpha -w -o json >objects 2>&1 &
watch=$!
await objects 20
shown=$(wc -l <objects)
kubectl annotate $jobs alpha note=seen
await objects $((shown + 20))
ended $watch objects

## describe
kubectl describe $jobs alpha

## describe several by their prefix
kubectl describe $jobs several

## describe what is missing
kubectl describe $jobs nobody

## apply what is new
job applied | kubectl apply -f -

## apply without a change
job applied | kubectl apply -f -

## apply a change
job applied "labels: {tier: '2'}" "message: changed" | kubectl apply -f -

## apply takes away what it had set
job applied | kubectl apply -f -
kubectl get $jobs applied -o jsonpath='{.metadata.labels} {.spec}'

## apply view-last-applied
kubectl apply view-last-applied $jobs applied

## apply over what was created
job alpha "labels: {tier: '1'}" | kubectl apply -f -

## apply --dry-run=server
job applied "" "message: tried" | kubectl apply --dry-run=server -f -
job applied-not | kubectl apply --dry-run=server -f -
kubectl get $jobs applied -o jsonpath='{.spec.message}'

## apply --dry-run=server -o yaml
job applied "" "message: tried" | kubectl apply --dry-run=server -o yaml -f -

## apply an unknown field
job applied "" "colour: red" | kubectl apply -f -

## apply a wrong type
job applied "" "message: [1]" | kubectl apply -f -

## apply a list
{ job many-1; echo ---; job many-2; echo ---; job applied; } | kubectl apply -f -

## apply with a stale resourceVersion
job applied "resourceVersion: '1'" "message: stale" | kubectl apply -f -

## apply --server-side
job sided | kubectl apply --server-side -f -
code=$?
kubectl delete $jobs sided >deleted 2>&1
exit $code

## apply --prune
job many-1 "labels: {pruned: 'yes'}" | kubectl apply -f -
job many-2 "labels: {pruned: 'yes'}" | kubectl apply -f -
job many-1 "labels: {pruned: 'yes'}" | kubectl apply -f - --prune -l pruned=yes --prune-allowlist=provisioning.grafana.app/v0alpha1/Job

## diff of what is as it should be
job applied | kubectl diff -f -

## diff of a change
job applied "" "message: other" | kubectl diff -f - | grep '^[-+] '

## diff of what is new
job applied-not | kubectl diff -f - | grep '^[-+] '

## patch --type=merge
kubectl patch $jobs alpha --type=merge -p '{"metadata":{"labels":{"tier":"7"}},"spec":{"message":"patched"}}'
kubectl get $jobs alpha -o jsonpath='{.metadata.labels} {.spec} {.metadata.generation}'

## patch --type=merge, null takes away
kubectl patch $jobs alpha --type=merge -p '{"spec":{"message":null}}'
kubectl get $jobs alpha -o jsonpath='{.spec}'

## patch --type=merge without a change
kubectl patch $jobs alpha --type=merge -p '{"spec":{"action":"pull"}}'

## patch --type=merge, an unknown field
kubectl patch $jobs alpha --type=merge -p '{"spec":{"colour":"red"}}'

## patch --type=merge, a wrong type
kubectl patch $jobs alpha --type=merge -p '{"spec":{"message":["red"]}}'

## patch --type=merge, another name
kubectl patch $jobs alpha --type=merge -p '{"metadata":{"name":"beta"}}'

## patch --type=merge, another uid
kubectl patch $jobs alpha --type=merge -p '{"metadata":{"uid":"none"}}'

## patch --type=merge, a stale resourceVersion
kubectl patch $jobs alpha --type=merge -p '{"metadata":{"resourceVersion":"1"},"spec":{"message":"stale"}}'

## patch --type=merge, what is required
kubectl patch $jobs alpha --type=merge -p '{"spec":{"repository":null}}'

## patch --type=merge that is no object
kubectl patch $jobs alpha --type=merge -p '[1]'

## patch that is not JSON
kubectl patch $jobs alpha --type=merge -p '{"spec'

## patch --type=json
kubectl patch $jobs alpha --type=json -p '[{"op":"test","path":"/spec/action","value":"pull"},{"op":"add","path":"/spec/message","value":"by JSON"}]'

## patch --type=json, every operation
kubectl patch $jobs alpha --type=json -o jsonpath='{.spec}' -p '[{"op":"add","path":"/spec/push","value":{"folder":"a","branch":"b"}},
  {"op":"copy","from":"/spec/push/folder","path":"/spec/push/path"},{"op":"move","from":"/spec/push/branch","path":"/spec/push/message"},
  {"op":"replace","path":"/spec/push/folder","value":"c"},{"op":"remove","path":"/spec/message"}]'

## patch --type=json, a test that fails
kubectl patch $jobs alpha --type=json -p '[{"op":"test","path":"/spec/action","value":"push"}]'

## patch --type=json, a path that is not there
kubectl patch $jobs alpha --type=json -p '[{"op":"remove","path":"/spec/nothing"}]'

## patch --type=json, an operation that is none
kubectl patch $jobs alpha --type=json -p '[{"op":"paint","path":"/spec/action"}]'

## patch --type=json that is no list
kubectl patch $jobs alpha --type=json -p '{"op":"remove"}'

## patch --type=strategic
kubectl patch $jobs alpha --type=strategic -p '{"spec":{"message":"strategic"}}'

## patch --dry-run=server
kubectl patch $jobs alpha --type=merge -p '{"spec":{"message":"tried"}}' --dry-run=server
kubectl get $jobs alpha -o jsonpath='{.spec.message}'

## patch what is missing
kubectl patch $jobs nobody --type=merge -p '{"spec":{"message":"nobody"}}'

## label
kubectl label $jobs alpha shelf=a

## label that is there already
kubectl label $jobs alpha shelf=b

## label --overwrite
kubectl label $jobs alpha shelf=b --overwrite

## label without a change
kubectl label $jobs alpha shelf=b

## label taken away
kubectl label $jobs alpha shelf-

## label that is none
kubectl label $jobs alpha 'shelf=a b'

## label with a stale resourceVersion
kubectl label $jobs alpha shelf=c --resource-version=1

## label -l
kubectl label $jobs -l tier shelf=d

## label --list
kubectl label $jobs alpha --list | sort

## annotate
kubectl annotate $jobs alpha remark='first, second' other=1

## annotate --overwrite, and away
kubectl annotate $jobs alpha remark=third other- --overwrite
kubectl get $jobs alpha -o jsonpath='{.metadata.annotations.remark}/{.metadata.annotations.other}'

## replace
kubectl get $jobs alpha -o json | sed 's/"message": "by JSON"/"message": "replaced"/' | kubectl replace -f -
kubectl get $jobs alpha -o jsonpath='{.spec.message}'

## replace with a stale resourceVersion
kubectl get $jobs alpha -o json >stale.json
kubectl annotate $jobs alpha moved=on
kubectl replace -f stale.json

## replace with another uid
kubectl get $jobs alpha -o json | sed 's/"uid": ".*"/"uid": "00000000-0000-4000-8000-000000000000"/' | kubectl replace -f -

## replace without resourceVersion
job alpha "labels: {tier: '1'}" | kubectl replace -f -

## replace without a change
kubectl get $jobs alpha -o json | kubectl replace -f -

## replace what is missing
job nobody | kubectl replace -f -

## replace --force
job alpha "labels: {tier: '1'}" "message: anew" | kubectl replace --force -f -

## replace with an unknown field
kubectl get $jobs alpha -o json | sed 's/"message"/"colour"/' | kubectl replace -f -

## replace with an unknown field, --validate=warn
kubectl get $jobs alpha -o json | sed 's/"message"/"colour"/' | kubectl replace --validate=warn -f -

## edit
KUBE_EDITOR="sed -i s/repository:.*/repository:\ edited/" kubectl edit $jobs alpha
kubectl get $jobs alpha -o jsonpath='{.spec.repository}'

## edit without a change
KUBE_EDITOR=true kubectl edit $jobs alpha

## edit into what is refused
KUBE_EDITOR="sed -i s/action:.*/action:\ [1]/" kubectl edit $jobs alpha 2>&1 | sed "s#/tmp/[^ \"]*#<file>#g"

## wait --for=jsonpath of what is so
kubectl wait $jobs/alpha --for=jsonpath='{.spec.action}'=pull --timeout=10s

## wait --for=jsonpath of what becomes so
begin wait $jobs/alpha --for=jsonpath='{.status.state}'=success --timeout=20s
wait=$!
sent watch=true
kubectl patch $jobs alpha --type=merge -p '{"status":{"state":"working"}}'
kubectl patch $jobs alpha --type=merge -p '{"status":{"state":"success"}}'
wait $wait
echo "waited: $?"
cat printed

## wait --for=jsonpath in vain
kubectl wait $jobs/alpha --for=jsonpath='{.status.state}'=error --timeout=1s

## wait --for=create
begin wait $jobs/later --for=create --timeout=20s
wait=$!
sent 404
job later | kubectl create -f -
wait $wait
echo "waited: $?"
cat printed

## wait --for=delete
begin wait $jobs/later --for=delete --timeout=20s
wait=$!
sent watch=true
kubectl delete $jobs later
wait $wait
echo "waited: $?"
cat printed

## wait --for=delete of what is missing
kubectl wait $jobs/nobody --for=delete --timeout=5s

## delete --dry-run=server
kubectl delete $jobs shown --dry-run=server
kubectl get $jobs shown -o name

## delete
kubectl delete $jobs shown

## delete what is missing
kubectl delete $jobs shown

## delete what is missing, --ignore-not-found
kubectl delete $jobs shown --ignore-not-found

## delete several
kubectl delete $jobs several-1 nobody several-2

## delete -f
job saved | kubectl delete -f -

## delete --cascade=foreground, with nobody to look for dependents
job cascading | kubectl create -f -
kubectl delete $jobs cascading --cascade=foreground --wait=false
kubectl get $jobs cascading -o jsonpath='{.metadata.finalizers}'
kubectl patch $jobs cascading --type=merge -p '{"metadata":{"finalizers":null}}'

## delete --cascade=orphan, with nobody to look for dependents
job orphaning | kubectl create -f -
kubectl delete $jobs orphaning --cascade=orphan --wait=false
kubectl get $jobs orphaning -o jsonpath='{.metadata.finalizers}'
kubectl patch $jobs orphaning --type=merge -p '{"metadata":{"finalizers":null}}'

## delete --wait=false -o name
job unawaited | kubectl create -f -
kubectl delete $jobs unawaited --wait=false -o name

## delete --now
job hurried | kubectl create -f -
kubectl delete $jobs hurried --now

## delete --force --grace-period=0
job forced | kubectl create -f -
kubectl delete $jobs forced --force --grace-period=0

## delete of what has a finalizer
job held "finalizers: [example.com/hold]" | kubectl create -f -
kubectl delete $jobs held --timeout=1s
kubectl get $jobs held -o jsonpath='{.metadata.deletionTimestamp} {.metadata.deletionGracePeriodSeconds} {.metadata.finalizers} {.metadata.generation}'

## describe of what is being deleted
kubectl describe $jobs held

## a finalizer cannot be added to what is being deleted
kubectl patch $jobs held --type=merge -p '{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}'

## the last finalizer goes, and the object with it
kubectl patch $jobs held --type=merge -p '{"metadata":{"finalizers":null}}'
kubectl get $jobs held

## delete -l
kubectl label $jobs warned ignored swept=yes
kubectl delete $jobs -l swept=yes

## delete --field-selector
kubectl delete $jobs --field-selector=metadata.name=many-1

## delete neither by name nor all
kubectl delete $jobs

## delete --all
kubectl delete $jobs --all --wait=false
kubectl get $jobs

## create a record of history
object HistoricJob record | kubectl create -f -
kubectl get $history

## delete a record of history
kubectl delete $history record

## create a repository
object Repository shelf "" "title: Shelf" | sed '/action:/d;/pull:/d' | kubectl create -f -

## get a repository
kubectl get $repositories shelf

## patch --subresource=status
kubectl patch $repositories shelf --subresource=status --type=merge -p '{"status":{"health":{"healthy":true}},"spec":{"title":"Other"}}'
kubectl get $repositories shelf -o jsonpath='{.spec.title} {.status}'

## a status that is written with the object stays as it was
kubectl patch $repositories shelf --type=merge -p '{"status":{"health":{"healthy":false}},"spec":{"title":"Third"}}'
kubectl get $repositories shelf -o jsonpath='{.spec.title} {.status} {.metadata.generation}'

## get --subresource=status
kubectl get $repositories shelf --subresource=status -o jsonpath='{.status}'

## get --subresource=status where there is none
kubectl get $jobs shelf --subresource=status

## get by a field of the spec
kubectl patch $repositories shelf --type=merge -p '{"spec":{"connection":{"name":"hub"}}}'
kubectl get $repositories --field-selector=spec.connection.name=hub -o name
kubectl get $repositories --field-selector=spec.connection.name=other -o name

## delete a repository
kubectl delete $repositories shelf

## get --raw of a list
job raw | kubectl create -f - >made
kubectl get --raw "/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE/jobs?limit=1"

## get --raw of an object
kubectl get --raw "/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE/jobs/raw"

## get --raw of what is missing
kubectl get --raw "/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE/jobs/nobody"

## get --raw of a path that is not served
kubectl get --raw /apis/provisioning.grafana.app/v0alpha1/nothing

## get --raw of a group that is not served
kubectl get --raw /apis/example.com/v1

## get --raw of the group
kubectl get --raw /apis/provisioning.grafana.app

## get --raw /readyz
kubectl get --raw /readyz

## create --raw
job raw-2 | sed '/^  $/d' | kubectl create --dry-run=client -o json -f - | kubectl create --raw "/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE/jobs" -f -

## replace --raw
kubectl get $jobs raw-2 -o json | kubectl replace --raw "/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE/jobs/raw-2" -f -

## delete --raw
kubectl delete --raw "/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE/jobs/raw-2"

## get namespaces
kubectl get namespace "$NAMESPACE"

## auth can-i what everything is allowed to
kubectl auth can-i create $jobs
kubectl auth can-i delete $repositories/shelf
kubectl auth can-i list $history -A

## auth can-i what little is allowed to
kubectl --kubeconfig="$LIMITED" auth can-i list $jobs -A
kubectl --kubeconfig="$LIMITED" auth can-i watch $jobs
kubectl --kubeconfig="$LIMITED" auth can-i create $jobs
kubectl --kubeconfig="$LIMITED" auth can-i delete $jobs/alpha
kubectl --kubeconfig="$LIMITED" auth can-i delete $history --quiet || echo refused

## auth can-i with what is not served
kubectl --kubeconfig="$LIMITED" auth can-i get widgets.example.com

## create without the right to
job forbidden | kubectl --kubeconfig="$LIMITED" create -f -

## get without the right to
kubectl --kubeconfig="$LIMITED" get $repositories
kubectl --kubeconfig="$LIMITED" get $repositories -A

## delete without the right to
kubectl --kubeconfig="$LIMITED" delete $jobs raw

## get with a credential that is none
kubectl --kubeconfig="$UNKNOWN" get $jobs

## delete what is left
kubectl delete $jobs raw
