# What curl is made to do on each server, a step from one "##" to the next, each run by sh after this preamble. URL, CURLRC (how
# to reach the server and who calls), NAMESPACE and WORK are given.
set -u
cd "$WORK" || exit 1
api=$URL/apis/provisioning.grafana.app/v0alpha1/namespaces/$NAMESPACE
json="Content-Type: application/json"
# What came back, beside the body.
facts="%{stderr}HTTP/%{http_version} %{response_code} %{content_type}\n"
call() {
  curl --config "$CURLRC" "$@"
}
job() {
  echo "{\"apiVersion\":\"provisioning.grafana.app/v0alpha1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"$1\"},\"spec\":{\"action\":\"pull\",\"repository\":\"demo\",\"pull\":{}},\"status\":{}}"
}

## create over HTTP/2
job one | call --http2 -w "$facts" -H "$json" -d @- "$api/jobs"

## create over HTTP/1.1
job two | call --http1.1 -w "$facts" -H "$json" -d @- "$api/jobs"

## list over HTTP/2
call --http2 -w "$facts" "$api/jobs"

## list over HTTP/1.1
call --http1.1 -w "$facts" "$api/jobs"

## several requests over one connection of HTTP/2
call --http2 -o body -w '%{http_version} %{response_code} %{num_connects}\n' "$api/jobs" -o body "$api/jobs/one" -o body "$api/jobs/none"

## several requests over one connection of HTTP/1.1
call --http1.1 -o body -w '%{http_version} %{response_code} %{num_connects}\n' "$api/jobs" -o body "$api/jobs/one" -o body "$api/jobs/none"

## several requests at once over HTTP/2
call --http2 --parallel --parallel-max 8 -o 'body-#1' -w '%{http_version} %{response_code}\n' "$api/jobs?limit=[1-8]" 2>progress

## a watch over HTTP/2 that ends by itself
call --http2 -N -w "$facts" "$api/jobs?watch=1&timeoutSeconds=1" | sed 's/"object".*//'

## a watch over HTTP/1.1 that ends by itself
call --http1.1 -N -w "$facts" "$api/jobs?watch=1&timeoutSeconds=1" | sed 's/"object".*//'

## selectors in a query that curl encodes
call --get --data-urlencode 'fieldSelector=metadata.name!=two' --data-urlencode 'limit=5' -w "$facts" "$api/jobs"

## a list as a Table
call -H 'Accept: application/json;as=Table;v=v1;g=meta.k8s.io' -w "$facts" "$api/jobs?limit=1&fieldSelector=metadata.name=one" | sed 's/"description":"[^"]*"/"description":""/g'

## a list as metadata
call -H 'Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' -w "$facts" "$api/jobs"

## an Accept that cannot be met
call -H 'Accept: text/csv' -w "$facts" "$api/jobs"

## patch
call -X PATCH -H 'Content-Type: application/merge-patch+json' -d '{"spec":{"message":"by curl"}}' -w "$facts" "$api/jobs/one"

## patch with curl's own content type
call -X PATCH -d '{"spec":{"message":"by curl"}}' -w "$facts" "$api/jobs/one"

## create with curl's own content type
job three | call -d @- -w "$facts" "$api/jobs"

## create without a body
call -X POST -H "$json" -w "$facts" "$api/jobs"

## create with half a body
job three | head -c 50 | call -H "$json" -d @- -w "$facts" "$api/jobs"

## create YAML
printf 'apiVersion: provisioning.grafana.app/v0alpha1\nkind: Job\nmetadata: {name: yaml}\nspec: {action: pull, repository: demo, pull: {}}\nstatus: {}\n' |
  call -H 'Content-Type: application/yaml' --data-binary @- -o body -w "$facts" "$api/jobs"
call -X DELETE -o body "$api/jobs/yaml"

## create what is large
{ printf '{"apiVersion":"provisioning.grafana.app/v0alpha1","kind":"Job","metadata":{"name":"large","annotations":{"fill":"'
  head -c 200000 /dev/zero | tr '\0' x
  printf '"}},"spec":{"action":"pull","repository":"demo","pull":{}},"status":{}}'; } >large
call --http1.1 -H "$json" -d @large -o body -w "$facts" "$api/jobs"

## create what has too many annotations
sed 's/"fill":"/&'"$(head -c 70000 /dev/zero | tr '\0' y)"'/; s/"large"/"larger"/' large >larger
call -H "$json" -d @larger -w "$facts" "$api/jobs"

## create what is too large
{ job huge; head -c 3200000 /dev/zero | tr '\0' ' '; } | call --http1.1 -H "$json" --data-binary @- -w "$facts" "$api/jobs"

## what is large, compressed
call --http1.1 --compressed -D headers -o body -w "$facts" "$api/jobs/large"
grep -i '^content-encoding' headers | tr 'A-Z' 'a-z'
grep -c '"large"' body

## what is large, compressed over HTTP/2
call --http2 --compressed -D headers -o body -w "$facts%{size_download}" "$api/jobs" 2>sizes
grep -i '^content-encoding' headers
[ "$(tail -n1 sizes)" -lt 20000 ] && echo "fewer bytes than there are"

## what is large, not compressed
call -D headers -o body -w "$facts" "$api/jobs/large"
grep -ic '^content-encoding' headers

## what is small is not compressed
call --compressed -D headers -o body -w "$facts" "$api/jobs/one"
grep -ic '^content-encoding' headers

## a watch is not compressed
call --compressed -D headers -o body -w "$facts" "$api/jobs?watch=1&timeoutSeconds=1"
grep -ic '^content-encoding' headers

## HEAD
call -I -o body -w "$facts" "$api/jobs"

## OPTIONS
call -X OPTIONS -w "$facts" "$api/jobs"

## a method that nobody knows
call -X PAINT -w "$facts" "$api/jobs"

## PUT to a collection
job one | call -X PUT -H "$json" -d @- -w "$facts" "$api/jobs"

## POST to an object
job one | call -H "$json" -d @- -w "$facts" "$api/jobs/one"

## a path that is not served
call -w "$facts" "$URL/apis/provisioning.grafana.app/v0alpha1/nothing"

## a group that is not served
call -w "$facts" "$URL/apis/example.com/v1/things"

## a slash at the end
call -w "$facts" -o body "$api/jobs/"

## two slashes
call --path-as-is -w "$facts" -o body "$URL//apis/provisioning.grafana.app/v0alpha1/jobs"

## nobody calls
curl --silent --cacert "$CACERT" -w "$facts" "$api/jobs"

## somebody calls whom the server does not know
curl --silent --cacert "$CACERT" -H 'Authorization: Bearer nobody' -w "$facts" "$api/jobs"

## a limit that is none
call -w "$facts" "$api/jobs?limit=few"

## delete over HTTP/2
call --http2 -X DELETE -w "$facts" "$api/jobs/one"

## delete with options
call --http1.1 -X DELETE -H "$json" -d '{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"00000000-0000-4000-8000-000000000000"}}' -w "$facts" "$api/jobs/two"

## delete with options that are none
call -X DELETE -H "$json" -d '{"preconditions":3}' -w "$facts" "$api/jobs/two"

## delete a collection
call -X DELETE -o body -w "$facts" "$api/jobs"
grep -o '"kind": *"JobList"' body | tr -d ' '

## list what is left
call -w "$facts" "$api/jobs"
